"""The bytes of an exchange beside what they say: readable, safe, and without any secret."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from httpkit import redact
from httpkit.exchange import Exchange
from httpkit.messages import NO_RESPONSE, SentRequest, Wire
from httpkit.notebook.html import card
from httpkit.notebook.views import wire
from httpkit.payload import Payload

from .test_html import HOSTILE, Tags

GET = b"GET /a?b=1 HTTP/1.1\r\nHost: h\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def exchange(
    sent: bytes = GET,
    received: bytes = b"",
    *,
    headers: tuple[tuple[str, str], ...] = (),
    body: bytes = b"",
    method: str = "GET",
    **options: Any,
) -> Exchange:
    request = SentRequest(method, "http://h/", headers, Payload(body))
    return Exchange(request, NO_RESPONSE, wire=Wire(sent, received, len(sent), len(received)), **options)


def words(shown: Exchange) -> str:
    return Tags(wire.html(shown)).words


def chunks(*pieces: bytes) -> bytes:
    return CHUNKED + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def left(shown: Exchange) -> list[str]:
    """The bytes of a response as they are shown, line by line."""
    cells = re.findall(r'<th scope="row">(.*?)</th>', wire.html(shown).partition("Received:")[2], re.DOTALL)
    return [Tags(cell).text for cell in cells]


def test_as_text() -> None:
    shown = exchange(b"GET /a HTTP/1.1\r\n\r\n", OK + b"Content-Length: 3\r\n\r\na\nb")
    assert wire.text(shown) == (
        "Sent: 19 bytes\n"
        "GET /a HTTP/1.1␍␊  method: Send me this (RFC 9110 §9.3.1)\n"
        "                   target: What is asked for: the path, and after ? the query (RFC 9112 §3.2.1)\n"
        "                   version: The version its sender speaks (RFC 9112 §2.3)\n"
        "                   line end: CR LF ends a line (RFC 9112 §2.2)\n"
        "␍␊                 empty line: Ends the head (RFC 9112 §2.1)\n"
        "\n"
        "Received: 41 bytes\n"
        "HTTP/1.1 200 OK␍␊    version: The version its sender speaks (RFC 9112 §2.3)\n"
        "                     status: It worked, and here is the result (RFC 9110 §15.3.1)\n"
        "                     reason: The status in words, for people; clients ignore it (RFC 9112 §4)\n"
        "                     line end: CR LF ends a line (RFC 9112 §2.2)\n"
        "Content-Length: 3␍␊  header: The length of the body in bytes (RFC 9110 §8.6)\n"
        "␍␊                   empty line: Ends the head (RFC 9112 §2.1)\n"
        "a␊                   body: 3 bytes, as Content-Length says (RFC 9112 §6.2)\n"
        "b"
    )


def test_text_is_at_most_110_wide() -> None:
    shown = exchange(GET.replace(b"/a", b"/" + b"a" * 500), OK + b"\r\n" + bytes(range(256)) + "日本".encode() * 99)
    assert max(map(len, wire.text(shown).split("\n"))) <= wire.WIDTH


def test_as_html() -> None:
    shown = words(exchange(received=chunks(b"hello")))
    for part in (
        "Sent: 32 bytes Bytes What it says GET /a?b=1 HTTP/1.1 CR LF method Send me this RFC 9110 §9.3.1 target What",
        "Host : h CR LF header The site that is meant",
        "5 CR LF chunk size In hexadecimal: 5 bytes follow RFC 9112 §7.1",
        "hello CR LF chunk 5 bytes of the body RFC 9112 §7.1",
    ):
        assert part in shown


def test_each_part_has_its_meaning_as_a_title_too() -> None:
    shown = wire.html(exchange())
    assert '<span class="httpkit-p0 httpkit-word" title="method: Send me this (RFC 9110 §9.3.1)">GET</span>' in shown
    assert 'title="colon: Separates name and value (RFC 9112 §5)">: </span>' in shown


def test_a_part_and_its_meaning_are_joined_by_a_class() -> None:
    row = wire.html(exchange()).partition("<tbody>")[2].partition("</tr>")[0]
    for place, name in ((0, "method"), (2, "target"), (4, "version"), (5, "line end")):
        assert re.search(f'<span class="httpkit-p{place}[ "][^>]*title="{name}:', row)
        assert re.search(f'<div class="httpkit-p{place}"><b[^>]*>{name}</b>', row)


def test_a_server_sent_the_response() -> None:
    shown = wire.text(exchange(OK + b"\r\nhi", side="server"))
    assert "Sent: 21 bytes\nHTTP/1.1 200 OK␍␊  version" in shown
    assert "Received" not in shown


def test_a_response_to_head_has_no_body() -> None:
    shown = exchange(received=OK + b"Content-Length: 9\r\n\r\n", method="HEAD")
    assert "cut" not in words(shown)


def test_nothing_was_kept() -> None:
    assert words(exchange(b"")) == wire.text(exchange(b"")) == "No bytes of this exchange were kept."


def test_what_was_not_kept_is_said() -> None:
    shown = exchange(received=OK + b"Content-Length: 99999\r\n\r\nabc")
    shown = replace(shown, wire=replace(shown.wire, received_size=100_123))
    assert "Received: 100,123 bytes" in words(shown)
    assert "body, cut The first 3 of 99,999 bytes. The bytes end here, in the body" in words(shown)
    assert "Of 100,123 bytes the first 45 were kept" in words(shown)


def test_many_lines_are_capped_and_counted() -> None:
    shown = exchange(received=OK + b"\r\n" + b"line\n" * 500)
    assert wire.text(shown).count("line␊") == wire.MAX_LINES - 2
    assert "… 382 more lines, 2,292 more characters" in words(shown)
    assert wire.html(shown).count(">LF<") == wire.MAX_LINES + 3


def test_many_rows_are_capped_and_counted() -> None:
    shown = exchange(received=OK + b"X: y\r\n" * 500 + b"\r\n")
    assert wire.text(shown).count("X: y") == wire.MAX_LINES - 1
    assert "… 382 more lines, 2,288 more characters" in wire.text(shown)


def test_a_long_line_is_capped() -> None:
    shown = exchange(received=OK + b"\r\n" + b"x" * 50_000)
    assert wire.html(shown).count("x" * 1_000) == (wire.MAX_CHARACTERS - 19) // 1_000
    assert "… 0 more lines, 30,019 more characters" in words(shown)


def test_what_is_no_text_is_hexadecimal() -> None:
    shown = exchange(received=OK + b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n" + bytes(200))
    assert left(shown)[-1].split("\n")[0] == "89 50 4e 47 0d 0a 1a 0a  ·PNG····"
    assert left(shown)[-1].endswith("\n… 80 more bytes")


def test_a_charset_is_heeded() -> None:
    assert "größer" in words(exchange(received=OK + b"Content-Type: text/plain; charset=latin-1\r\n\r\ngr\xf6\xdfer"))
    assert "größer" in words(exchange(received=OK + b"\r\n" + "größer".encode()))
    # What is no charset counts as UTF-8.
    assert "gr body" in words(exchange(received=OK + b"Content-Type: text/plain; charset=hex\r\n\r\ngr"))


def test_a_character_in_two_chunks() -> None:
    first, second = "aö"[:1].encode() + "ö".encode()[:1], "ö".encode()[1:]
    assert left(exchange(received=chunks(first, second)))[4:7:2] == ["aCRLF", "öCRLF"]
    assert left(exchange(received=CHUNKED + b"2\r\n" + first))[-1] == "a\\xc3"


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_from_the_wire_becomes_markup(text: str) -> None:
    data = text.encode()
    head = b"HTTP/1.1 200 " + data + b"\r\nX: " + data + b"\r\n\r\n"
    for received in (head + data, data, CHUNKED + b"1;" + data + b"\r\na\r\n0\r\n" + data):
        shown = Tags(wire.html(exchange(b"GET /" + data + b" HTTP/1.1\r\n\r\n", received)))
        assert not {"script", "img", "iframe", "svg"} & set(shown.tags)
        assert not [name for name in shown.attributes if name.startswith("on")]


def test_nothing_from_the_wire_acts_on_a_terminal() -> None:
    for received in (b"\x1b[2J", OK + b"X: \x1b[2J\r\n\r\n\x1b[2J", b"HTTP/1.1 200 \x1b[2J\r\n\r\n"):
        assert "\x1b" not in wire.text(exchange(received=received))


# --- secrets

SECRET = "q7Xw9KdZr4TnBv"
KEY = SECRET.encode()
KNOWN: dict[str, Any] = {"headers": (("Authorization", f"Bearer {SECRET}"),)}
SENT = f"GET /?token={SECRET} HTTP/1.1\r\nAuthorization: Bearer {SECRET}\r\nCookie: sid={SECRET}\r\n\r\n".encode()


def pieces_of(secret: str) -> set[str]:
    return {secret[at : at + 4] for at in range(len(secret) - 3)}


def hides(shown: Exchange) -> bool:
    """Neither the secret is shown nor four characters of it, and with `reveal` it would be."""
    views = [Tags(wire.html(shown)).text, wire.html(shown), wire.text(shown)]
    return not any(piece in view for view in views for piece in pieces_of(SECRET))


@pytest.mark.parametrize(
    "received",
    [
        OK + b"Set-Cookie: sid=" + KEY + b"; Path=/\r\n\r\n",
        OK + b"X-Echo: <" + KEY + b">\r\n\r\n",
        OK + b"WWW-Authenticate: Echo " + KEY + b"\r\n\r\n",
        OK + b"X-Api-Key:\r\n  unknown\r\n " + KEY + b"\r\n\r\n",
        OK + KEY + b": x\r\n\r\n",
        b"HTTP/1.1 200 " + KEY + b"\r\n\r\n",
        OK + b"\r\nechoed " + KEY,
        OK + b'\r\n{"token": "' + KEY + b'"}',
        # Not HTTP at all.
        b"Set-Cookie: a=" + KEY + b"\r\nX-Token:" + KEY + b"\r\n",
        b"\x00\x01 " + KEY,
        # Over a boundary.
        chunks(b"echoed " + KEY[:7], KEY[7:] + b" and more"),
        chunks(*(bytes([byte]) for byte in KEY)),
        chunks(b'{"token": "' + KEY[:4], KEY[4:8], KEY[8:] + b'", "b": 1}'),
        chunks(b'{"tok', b'en": "' + KEY + b'"}'),
        OK + b"Content-Length: 13\r\n\r\nechoed " + KEY,
        OK + b'Content-Length: 7\r\n\r\n{"passw' + b'ord": "' + KEY + b'"}',
        CHUNKED + b"10\r\nechoed " + KEY,
        CHUNKED + b"4;" + KEY + b"\r\nabcd\r\n0\r\nX-Token: " + KEY + b"\r\n\r\n",
        # The end was not kept.
        OK + b"Content-Length: 99\r\n\r\nechoed " + KEY[:-4],
        CHUNKED + b"ff\r\nechoed " + KEY[:-4],
        chunks(b"echoed " + KEY[:4])[:-5] + b"4\r\n" + KEY[4:8],
        OK + b"X-Echo: " + KEY[:-4],
        OK + b"Set-Cookie: sid=" + KEY[:-4],
        # As bytes.
        OK + b"Content-Type: image/png\r\n\r\n\x89\x00" + KEY,
        OK + b"Content-Type: text/plain; charset=utf-16\r\n\r\n" + SECRET.encode("utf-16"),
    ],
)
def test_no_secret_is_shown_however_it_comes(received: bytes) -> None:
    assert hides(exchange(SENT, received, **KNOWN))


@pytest.mark.parametrize(
    "received",
    [
        OK + b"Set-Cookie: sid=" + KEY + b"\r\n\r\n",
        OK + b"X-Api-Key:\r\n  unknown\r\n " + KEY + b"\r\n\r\n",
        b"Set-Cookie: a=" + KEY + b"\r\nX-Token:" + KEY + b"\r\n",
        OK + b"Bad : x\r\nSet-Cookie: a=" + KEY + b"\r\n\r\n",
        OK + b'Content-Length: 7\r\n\r\n{"passw' + b'ord": "' + KEY + b'"}',
        OK + b'Content-Length: 70\r\n\r\n{"password": "' + KEY,
        chunks(b'{"tok', b'en": "' + KEY + b'"}'),
        b"\x00\x01\r\nSet-Cookie: a=" + KEY + b"\r\n",
    ],
)
def test_secrets_that_nobody_knew_are_found_where_they_stand(received: bytes) -> None:
    assert hides(exchange(received=received))


def test_a_secret_that_looks_like_a_header_is_hidden_too() -> None:
    shown = exchange(received=OK + b"Name: value1\r\nA: b\r\n\r\n", body=b'{"password": "Name: value1"}')
    assert "value1" not in words(shown)
    assert "A : b" in words(shown)


def hexes(shown: Exchange) -> list[str]:
    return re.findall(r"(?:[0-9a-f]{2} ){7}[0-9a-f]{2}", wire.text(shown))


@pytest.mark.parametrize("secret", [f"echo {SECRET}", '{"token": "unheardOf"}'])
def test_compressed_secrets_are_not_shown_as_bytes_either(secret: str) -> None:
    packed = gzip.compress(secret.encode())
    head = OK + b"Content-Encoding: gzip\r\n"
    for received in (
        head + b"\r\n" + packed,
        head + b"Content-Length: 999\r\n\r\n" + packed[:-9],
        head + chunks(packed[:20], packed[20:])[len(OK) :],
    ):
        shown = exchange(received=received, **KNOWN)
        assert hexes(shown) == []
        assert redact.HIDDEN in wire.text(shown)
        assert hexes(replace(shown, reveal=True))
    assert hexes(exchange(received=head + b"\r\n" + gzip.compress(b"nothing of that kind"), **KNOWN))


def test_chunks_without_a_secret_stay_readable() -> None:
    shown = exchange(received=chunks(b"before ", KEY[:7], KEY[7:], b" after ", KEY), **KNOWN)
    assert left(shown)[4:13:2] == [
        "before CRLF",
        "•••••• 7 bytesCRLF",
        "•••••• 7 bytesCRLF",
        " after CRLF",
        "••••••CRLF",
    ]


def test_a_secret_in_other_spellings() -> None:
    sent: dict[str, Any] = {"headers": (("X-Token", "größerAls".encode().decode("latin-1")),)}
    assert "größerAls" not in words(exchange(received=OK + b"\r\n" + "größerAls".encode(), **sent))
    assert "größerAls" not in words(exchange(received="HTTP/1.1 200 größerAls\r\n\r\n".encode(), **sent))


def test_all_is_shown_on_request() -> None:
    shown = exchange(SENT, chunks(KEY[:7], KEY[7:]), reveal=True, **KNOWN)
    assert words(shown).count(SECRET) == 3
    assert redact.HIDDEN not in words(shown)


def test_the_object_keeps_all() -> None:
    shown = exchange(SENT, OK + b"\r\n", **KNOWN)
    assert hides(shown)
    assert KEY in shown.wire.sent


# --- by ear and by keyboard


def test_it_can_be_heard_and_operated(page: Page) -> None:
    page.set_content(card("Wire", wire.html(exchange(received=OK + b"\r\n"))))
    sent = page.get_by_role("table", name="Sent: 32 bytes")
    for name in ("Bytes", "What it says"):
        expect(sent.get_by_role("columnheader", name=name)).to_be_visible()
    expect(sent.get_by_role("rowheader", name="Host: h")).to_be_visible()
    expect(sent.get_by_role("cell", name="header The site that is meant")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("region", name="Sent: 32 bytes")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="RFC 9110 §9.3.1")).to_be_focused()


def test_it_has_no_script_and_no_id() -> None:
    shown = Tags(wire.html(exchange()))
    assert "script" not in shown.tags
    assert "id" not in shown.attributes


def test_what_is_still_coming_may_be_a_secret() -> None:
    pieces = (b'{"user": "ann", ', b'"credentials": {"a"', b': "nestedFIRSTPART", ')
    body = CHUNKED + b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    for received in (body, OK + b"\r\n" + b"".join(pieces)):
        coming = exchange(received=received, complete=False)
        assert "nested" not in words(coming)
        assert '{"user": "ann", ' in words(coming)
        assert "nested" in words(replace(coming, reveal=True))


def test_a_compressed_body_that_goes_on_may_hold_a_secret() -> None:
    packed = gzip.compress(b'{"credentials": {"a": "nested", "b": "%s"' % bytes(range(97, 122)))
    received = OK + b"Content-Encoding: gzip\r\n\r\n" + packed
    assert hexes(exchange(received=received, complete=False)) == []
    assert hexes(exchange(received=OK + b"\r\n" + bytes(99) + b"<abc", complete=False))


def test_a_dump_keeps_its_columns() -> None:
    assert '<code class="httpkit-dump" tabindex="0" role="region" aria-label="Body as bytes">' in wire.html(
        exchange(received=OK + b"\r\n" + bytes(99))
    )
    assert "httpkit-dump" not in wire.html(exchange(received=OK + b"\r\nhello"))
