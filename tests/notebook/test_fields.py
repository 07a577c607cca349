"""What the common headers mean."""

from __future__ import annotations

import pytest

from httpkit.notebook import fields
from httpkit.notebook.fields import field_of
from httpkit.notebook.specs import spec_url

# All that Node adds or treats specially.
# fmt: off
NODE = [
    "accept", "age", "authorization", "connection", "content-encoding", "content-length", "content-type", "cookie",
    "date", "etag", "expect", "expires", "from", "host", "if-modified-since", "if-none-match", "if-unmodified-since",
    "keep-alive", "last-modified", "link", "location", "max-forwards", "proxy-authorization", "referer", "retry-after",
    "server", "set-cookie", "te", "trailer", "transfer-encoding", "upgrade", "user-agent", "vary",
]
# fmt: on


@pytest.mark.parametrize("name", NODE)
def test_known_names(name: str) -> None:
    assert field_of(name) == field_of(name.upper())
    assert field_of(name) is not None


@pytest.mark.parametrize(("name", "field"), sorted(fields._FIELDS.items()))
def test_an_explanation_is_whole(name: str, field: fields.Field) -> None:
    assert field.meaning
    assert not field.meaning.endswith(".")
    assert field.meaning.count("`") % 2 == 0
    assert spec_url(field.spec), name


def test_an_unknown_name_has_no_explanation() -> None:
    assert field_of("X-Whatever") is None


@pytest.mark.parametrize(
    ("spec", "url"),
    [
        ("RFC 9110 §15.5.5", "https://www.rfc-editor.org/rfc/rfc9110#section-15.5.5"),
        ("RFC 6455", "https://www.rfc-editor.org/rfc/rfc6455"),
        ("Fetch", "https://fetch.spec.whatwg.org/"),
        ("in no RFC", None),
    ],
)
def test_links(spec: str, url: str | None) -> None:
    assert spec_url(spec) == url
