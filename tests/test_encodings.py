"""Text and bytes under Node's names for encodings."""

from __future__ import annotations

import pytest

import httpkit as http
from httpkit.encodings import decoder, known, to_bytes


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        ("é€", None, "é€".encode()),
        ("é€", "UTF-8", "é€".encode()),
        ("\ud83d", "utf8", "\ufffd".encode()),
        ("é€", "latin1", b"\xe9\xac"),
        ("é", "ascii", b"\xe9"),
        ("é", "ucs2", b"\xe9\x00"),
        ("ABcd", "hex", b"\xab\xcd"),
        ("abxyz", "hex", b"\xab"),
        ("abc", "hex", b"\xab"),
        ("dGV4dA==", "base64", b"text"),
        ("dGV4dA", "base64", b"text"),
        ("_-A!", "base64", b"\xff\xe0"),
        ("+/A", "base64url", b"\xfb\xf0"),
        ("YQ==YQ", "base64", b"a"),
        ("YQYQY", "base64", b"a\x06\x10"),
    ],
)
def test_text_becomes_bytes(text: str, encoding: str | None, expected: bytes) -> None:
    assert to_bytes(text, encoding) == expected


@pytest.mark.parametrize("chunk", [b"x", bytearray(b"x"), memoryview(b"x")])
def test_bytes_stay_bytes(chunk: bytes) -> None:
    assert to_bytes(chunk, "hex") == b"x"


@pytest.mark.parametrize(
    ("chunks", "encoding", "expected"),
    [
        ([b"a\xe2", b"\x82", b"\xac"], "utf8", ["a", "", "€", ""]),
        ([b"a\xe2"], "utf8", ["a", "\ufffd"]),
        ([b"\x41\x00\x42", b"\x00"], "utf16le", ["A", "B", ""]),
        ([b"\xe9\xff"], "latin1", ["éÿ", ""]),
        ([b"\xe9\xff"], "ascii", ["i\x7f", ""]),
        ([b"\xe9", b"\xff"], "hex", ["e9", "ff", ""]),
        ([b"te", b"xt"], "base64", ["", "dGV4", "dA=="]),
        ([b"\xff\xfe\xfd\xfc"], "base64url", ["__79", "_A"]),
    ],
)
def test_bytes_become_text_as_they_come(chunks: list[bytes], encoding: str, expected: list[str]) -> None:
    decode = decoder(encoding)
    assert [*(decode.decode(chunk) for chunk in chunks), decode.decode(b"", final=True)] == expected


def test_an_encoding_has_one_name() -> None:
    assert [known(name) for name in ("UTF-8", "binary", "ucs-2")] == ["utf8", "latin1", "utf16le"]


@pytest.mark.parametrize("encoding", ["nope", 7, ""])
def test_an_unknown_one_is_named(encoding: str) -> None:
    with pytest.raises(http.NodeError) as refused:
        known(encoding)
    assert (refused.value.code, str(refused.value)) == ("ERR_UNKNOWN_ENCODING", f"Unknown encoding: {encoding}")
    assert "utf8, utf-8, latin1" in refused.value.__notes__[0]


@pytest.mark.parametrize(
    ("chunk", "code"), [(None, "ERR_STREAM_NULL_VALUES"), (7, "ERR_INVALID_ARG_TYPE"), ({}, "ERR_INVALID_ARG_TYPE")]
)
def test_what_is_neither_is_refused(chunk: object, code: str) -> None:
    with pytest.raises(http.NodeError) as refused:
        to_bytes(chunk)
    assert refused.value.code == code
