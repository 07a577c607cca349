"""Bodies of forms."""

from __future__ import annotations

from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path

import pytest

from httpkit.notebook.forms import Part, media_type_of, multipart, urlencoded


@pytest.mark.parametrize(
    ("pairs", "body"),
    [
        ([], b""),
        ([("a", "1"), ("b", ""), ("a", "2")], b"a=1&b=&a=2"),
        ([("a b", "c&d=e+f")], b"a+b=c%26d%3De%2Bf"),
        ([("ä", "日")], b"%C3%A4=%E6%97%A5"),
        ([("a", "1\n2")], b"a=1%0A2"),
    ],
)
def test_urlencoded(pairs: list[tuple[str, str]], body: bytes) -> None:
    assert urlencoded(pairs).read() == body


def test_multipart(tmp_path: Path) -> None:
    picture = tmp_path / "a b.png"
    picture.write_bytes(b"\x89PNG\r\n")
    payload, kind = multipart(
        [
            Part("name", "Änn"),
            Part("raw", b"\x00"),
            Part("picture", picture),
            Part("other", picture, "c.txt", "text/x"),
            Part("typed", "{}", content_type="application/json"),
            Part("file-like", "x", "d.csv"),
            Part("hidden", picture, ""),
        ],
        "B",
    )
    assert kind == "multipart/form-data; boundary=B"
    assert payload.paths == (picture, picture, picture)
    heads = [
        'form-data; name="name"\r\n\r\nÄnn',
        'form-data; name="raw"\r\n\r\n\0',
        'form-data; name="picture"; filename="a b.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n',
        'form-data; name="other"; filename="c.txt"\r\nContent-Type: text/x\r\n\r\n\x89PNG\r\n',
        'form-data; name="typed"\r\nContent-Type: application/json\r\n\r\n{}',
        'form-data; name="file-like"; filename="d.csv"\r\nContent-Type: text/csv\r\n\r\nx',
        'form-data; name="hidden"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n\x89PNG\r\n',
    ]
    parts = (f"--B\r\nContent-Disposition: {head}\r\n" for head in heads)
    assert payload.read().replace(b"\x89", "\x89".encode()).decode() == "".join(parts) + "--B--\r\n"


def test_names_cannot_begin_lines_of_their_own() -> None:
    payload, _ = multipart([Part('a"\r\nX: y', "1", 'b"\r\n\r\nbody')], "B")
    assert payload.read() == (
        b'--B\r\nContent-Disposition: form-data; name="a%22%0D%0AX: y"; filename="b%22%0D%0A%0D%0Abody"\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n1\r\n--B--\r\n"
    )


def test_each_form_has_its_own_boundary_and_others_can_read_it() -> None:
    payload, kind = multipart([Part("a", "1"), Part("b", "2")])
    assert kind != multipart([])[1]
    read = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + payload.read())
    assert [part.get_payload() for part in read.iter_parts()] == ["1", "2"]


def test_a_form_of_nothing() -> None:
    assert multipart([], "B")[0].read() == b"--B--\r\n"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        multipart([Part("a", tmp_path / "none")])


@pytest.mark.parametrize(
    ("name", "kind"), [("a.json", "application/json"), ("a.HTML", "text/html"), ("a", "application/octet-stream")]
)
def test_media_types(name: str, kind: str) -> None:
    assert media_type_of(Path(name)) == kind
