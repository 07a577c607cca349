from __future__ import annotations

from pathlib import Path

import pytest

from httpkit.draft import Delivery, Draft
from httpkit.notebook.http_drafts import draft_of
from httpkit.notebook.http_reader import parse_http
from httpkit.payload import Payload
from httpkit.snippets import http
from tests.snippets.cases import JSON, TEXT, Recorder, cases, odd_cases

MULTIPART = ("Content-Type", "multipart/form-data; boundary=b")
CANNOT_HOLD = "# This format cannot hold"


def shown(*headers: tuple[str, str], body: bytes | Path = b"") -> str:
    return http(Draft("POST", "http://host/", headers, Payload(body), Delivery(follow=True)))


def test_all_of_it() -> None:
    draft = Draft(
        "put",
        "http://host/a b?q=1",
        (JSON, ("X-Empty", "")),
        Payload(b'{\n  "a": 1\n}'),
        Delivery(timeout=1500),
        "change",
    )
    assert http(draft) == (
        "# @name change\n"
        "# @no-redirect\n"
        "# @timeout 1500 ms\n"
        "PUT http://host/a%20b?q=1\n"
        "Content-Type: application/json\n"
        "X-Empty:\n"
        "\n"
        '{\n  "a": 1\n}'
    )


def test_nothing_but_the_request() -> None:
    assert http(Draft("GET", "http://host/", delivery=Delivery(follow=True))) == "GET http://host/"


def test_how_long_nothing_may_come() -> None:
    draft = Draft("GET", "http://host/", delivery=Delivery(timeout=30_000, idle=1500, follow=True))
    assert http(draft) == "# @timeout 1500 ms\nGET http://host/"


def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a b.png").write_bytes(b"x")
    assert shown(body=Path("a b.png")) == "POST http://host/\n\n< ./a b.png"
    assert shown(body=tmp_path / "a b.png") == f"POST http://host/\n\n< {tmp_path}/a b.png"
    payload = Payload(b"--b\r\nX: 1\r\n\r\n", Path("a b.png"), b"\r\n--b--\r\n")
    assert http(Draft("POST", "http://host/", (MULTIPART,), payload, Delivery(follow=True))) == (
        "POST http://host/\nContent-Type: multipart/form-data; boundary=b\n\n--b\nX: 1\n\n< ./a b.png\n--b--"
    )
    for parts in (
        (b"--b\r\n<", Path("a b.png"), b"\r\n"),
        (b"--b\n", Path("a b.png"), b"\n"),
        (b"\xff", Path("a b.png")),
    ):
        assert CANNOT_HOLD in http(Draft("POST", "http://host/", (MULTIPART,), Payload(*parts)))


@pytest.mark.parametrize(
    "body",
    [
        b"\xff",
        b"a\0",
        b"\nafter a blank line",
        b"before a blank line\n",
        b"  \t",
        b"CRLF\r\nends",
        b"one\x0bline",
        b"a\n### separator",
        b"a\n# comment",
        b"// comment",
        b"< file",
        b"<@latin1 file",
        b"<> file",
        b"> {% script %}",
        b">> file",
        b"{{template}}",
        b"{{ }",
        b"@a=1",
        b"?? status == 200",
        b"HTTP/1.1 200 OK\n\nGET http://evil/",
        b"a\nGET http://evil/",
        b"a \x1b]0;title\x07",
        "\u202eright to left".encode(),
    ],
)
def test_bodies_that_the_format_cannot_hold(body: bytes) -> None:
    note = f"# This format cannot hold the body ({len(body)} bytes): save it as ./body.bin."
    assert shown(TEXT, body=body) == f"{note}\nPOST http://host/\nContent-Type: text/plain\n\n< ./body.bin"


@pytest.mark.parametrize("body", [b"<a href='x'>\n<b/>\n</a>", b"{ }", b"a # b", b"a\n\nb", "é ✓".encode(), b"a@b=1"])
def test_bodies_that_only_look_like_that(body: bytes) -> None:
    assert shown(TEXT, body=body).endswith(f"plain\n\n{body.decode()}")


def test_the_lines_of_a_form_would_be_joined() -> None:
    form = ("Content-Type", "application/x-www-form-urlencoded")
    assert shown(form, body=b"a=1&b=2").endswith("\n\na=1&b=2")
    assert CANNOT_HOLD in shown(form, body=b"a=1\n&b=2")


def test_headers_that_the_format_cannot_hold() -> None:
    assert shown(("X-A", "a\x85b")).startswith("# This format cannot hold the value of X-A as it is.\n")


@pytest.mark.parametrize(
    ("name", "value"), [("X-A", "{{secret_of_yours}}"), ("###", "go"), ("# @name", "x"), ("a b", "")]
)
def test_headers_that_would_be_something_else_are_left_out(name: str, value: str) -> None:
    assert shown((name, value), ("X-B", "1")) == (
        f"# This format cannot hold the header {name}: it is left out.\nPOST http://host/\nX-B: 1"
    )


def test_nothing_of_what_others_sent_is_evaluated() -> None:
    """What a server was asked, or a HAR file holds, is exported and read again."""
    evil = "{{1 / 0}}"
    for draft in (
        Draft("GET", f"http://host/?q={evil}"),
        Draft("GET", f"http://{evil}/"),
        Draft("GET", "http://host/", (("User-Agent", evil),)),
        Draft("GET", "http://host/", ((evil, "1"),)),
        Draft("GET", "http://host/", name=evil),
        Draft(evil, "http://host/"),
        Draft("POST", "http://host/", (JSON,), Payload(b'"@base=http://evil"\n@base=http://evil')),
    ):
        text = parse_http(http(draft))
        assert len(text.requests) == 1
        assert not text.variables
        assert "1 / 0" not in "".join(line for line in http(draft).splitlines() if "{{" in line and "}}" in line)


def test_nothing_begins_a_line_of_its_own() -> None:
    draft = Draft("GET\nX", "nonsense\n\n### ", (("X-A\n", "1\r\nX-B: 2"),), name="a\nb")
    assert [line for line in http(draft).splitlines() if not line.startswith("#")] == ["GET X nonsense  ### "]


def test_it_is_read_as_it_was(arrivals: Recorder, tmp_path: Path) -> None:
    drafts = {n: each.draft(arrivals.server.url, n) for n, each in {**cases(tmp_path), **odd_cases()}.items()}
    held = {name: draft for name, draft in drafts.items() if CANNOT_HOLD not in http(draft, reveal=True)}
    assert drafts.keys() - held.keys() == {"headers", "lines", "nul", "bytes", "mixed"}
    expected = arrivals.sent(held)
    text = parse_http("\n\n###\n\n".join(http(draft, reveal=True) for draft in held.values()))
    read = [draft_of(text, request, {}, tmp_path, Delivery(follow=True)) for request in text.requests]
    assert not any(draft.delivery.follow for draft in read)
    got = arrivals.sent(dict(zip(held, read, strict=True)))
    for name, draft in held.items():
        is_respelled = "# Some characters of this URL" in http(draft)
        assert (got[name] != expected[name]) == is_respelled, http(draft, reveal=True)[:2000]
