"""Texts are edited without being shown."""

from __future__ import annotations

import pytest

from httpkit.redact import HIDDEN
from httpkit.widgets.hiding import Hidden


@pytest.mark.parametrize(
    ("text", "redacted", "shown"),
    [
        ("plain", "plain", "plain"),
        ("Bearer abc", f"Bearer {HIDDEN}", f"Bearer {HIDDEN}"),
        ("a=1&b=2&c", f"a={HIDDEN}&b={HIDDEN}&c", f"a={HIDDEN}&b={HIDDEN}&c"),
        ("Bearer {{token}}", f"Bearer {HIDDEN}", "Bearer {{token}}"),
        ("Bearer {{token}}", HIDDEN, "Bearer {{token}}"),
        ("a={{x}}&b=2", f"a={HIDDEN}&b={HIDDEN}", f"a={{{{x}}}}&b={HIDDEN}"),
        # It was spelled anew.
        ('{"a":"b"}', f'{{ "a": "{HIDDEN}" }}', HIDDEN),
        ("", "", ""),
    ],
)
def test_secrets_are_dots_and_come_back(text: str, redacted: str, shown: str) -> None:
    hidden = Hidden()
    assert hidden.shown("it", text, redacted) == shown
    assert hidden.filled("it", shown) == text


def test_what_is_edited_around_the_dots_keeps_them() -> None:
    hidden = Hidden()
    hidden.shown("it", "user=ann&password=abc", f"user=ann&password={HIDDEN}")
    assert hidden.filled("it", f"user=bob&password={HIDDEN}&x=1") == "user=bob&password=abc&x=1"
    assert hidden.filled("it", "user=bob") == "user=bob"
    assert hidden.filled("another", HIDDEN) == ""
