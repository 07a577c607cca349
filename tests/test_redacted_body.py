"""No secret is left in a body that is saved or quoted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from httpkit import redact
from httpkit.messages import NO_RESPONSE, SentRequest
from httpkit.payload import Payload
from httpkit.redact import field, header, secrets_of
from httpkit.redacted_body import holds_secret, json_value, text

H = redact.HIDDEN


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"password": "abc", "name": "Ann"}, {"password": H, "name": "Ann"}),
        ({"password": 1234}, {"password": H}),
        ({"token": ["a", {"x": "b"}]}, {"token": [H, {"x": H}]}),
        ({"token": None, "auth": True, "secret": ""}, {"token": None, "auth": True, "secret": ""}),
        ([{"url": "http://h/?token=abc"}], [{"url": f"http://h/?token={H}"}]),
        ({"echo": "so mysecret is"}, {"echo": f"so {H} is"}),
        ({"mysecret": 1}, {H: H}),
        (7, 7),
    ],
)
def test_json(value: Any, shown: Any) -> None:
    assert json_value(value, frozenset({"mysecret"})) == shown
    assert json.loads(text(json.dumps(value), "application/json", frozenset({"mysecret"}))) == shown


def test_json_without_secrets_keeps_its_spelling() -> None:
    body = '{"a":1.0,  "b": 1e400, "a": 2}'
    assert text(body, "application/json") == body


def test_json_with_secrets_keeps_its_lines_and_escapes_hide_nothing() -> None:
    assert text('{\n  "pass\\u0077ord": "abc"\n}', "application/json") == f'{{\n  "password": "{H}"\n}}'


def test_what_says_that_it_is_json_and_is_not_is_text() -> None:
    assert text('{"password": "abc", ', "application/json") == f'{{"password": "{H}", '
    nested = "[" * 100_000
    assert text(nested, "application/json") == nested


def test_forms() -> None:
    assert text("user=ann&password=a%20b", "application/x-www-form-urlencoded") == f"user=ann&password={H}"
    body = (
        '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nabc\r\ndef\r\n'
        '--b\r\nContent-Disposition: form-data; name="token"; filename="t"\r\nContent-Type: text/plain\r\n\r\nxyz\r\n'
        '--b\r\nContent-Disposition: form-data; name="note"; filename="password"\r\n\r\nseen\r\n--b--\r\n'
    )
    shown = text(body, "multipart/form-data; boundary=b")
    assert shown == body.replace("abc\r\ndef", H).replace("xyz", H)


@pytest.mark.parametrize(
    ("data", "media_type", "holds"),
    [
        (b"\x00plain\xff", "image/png", False),
        (b"\x00mysecret\xff", "image/png", True),
        (b"\xffpass=1&password=abc", "application/octet-stream", True),
        (b'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\nabc\xff\r\n--b', "multipart/form-data", True),
    ],
)
def test_bytes(data: bytes, media_type: str, holds: bool) -> None:
    assert holds_secret(data, media_type, frozenset({"mysecret"})) is holds


def test_what_was_remembered_is_found_in_bytes() -> None:
    redact.remember("hunter2")
    try:
        assert holds_secret(b"\xffhunter2", "image/png")
    finally:
        redact.forget()


def test_headers_and_fields() -> None:
    secrets = frozenset({"mysecret"})
    assert header("Authorization", "Bearer abc", secrets) == f"Bearer {H}"
    assert header("X-Echo", "got mysecret", secrets) == f"got {H}"
    assert header("WWW-Authenticate", 'Bearer realm="api"', secrets) == 'Bearer realm="api"'
    assert (field("token", "abc"), field("token", ""), field("q", "mysecret", secrets)) == (H, "", H)


def test_secrets_are_known_in_every_spelling(tmp_path: Path) -> None:
    gone = tmp_path / "body"
    gone.write_bytes(b"abc")
    sent = SentRequest("POST", "http://h/", (("X-Token", 'a "b" c/d'),), Payload(gone))
    gone.unlink()
    assert secrets_of([(sent, NO_RESPONSE)]) == {
        'a "b" c/d', 'a "b" c\\/d', "a &quot;b&quot; c/d", "a%20%22b%22%20c%2Fd", "a+%22b%22+c%2Fd",
        "a%20%22b%22%20c%2fd", 'a \\"b\\" c/d',
    }  # fmt: skip
