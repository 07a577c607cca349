"""How objects look: readable as text, safe and whole as HTML."""

from __future__ import annotations

import re
from typing import Any

import pytest

from httpkit import redact
from httpkit.constants import METHODS, STATUS_CODES
from httpkit.exchange import Exchange
from httpkit.messages import Phases, ReceivedResponse, SentRequest, SocketFacts
from httpkit.notebook.display import mimebundle
from httpkit.notebook.serve import serve, serve_cell, stop_all
from httpkit.notebook.statuses import find_status
from httpkit.payload import Payload
from httpkit.server import createServer

from .test_html import HOSTILE, Tags


def exchange(
    *,
    method: str = "GET",
    url: str = "http://localhost:3000/a?b=1",
    sent: tuple[tuple[str, str], ...] = (("Host", "localhost:3000"),),
    sent_body: bytes = b"",
    code: int = 200,
    reason: str = "OK",
    received: tuple[tuple[str, str], ...] = (("Content-Type", "text/plain"),),
    body: bytes = b"hello",
    phases: Phases = Phases(connect=1.0, send=0.5, wait=20.0, receive=2.0),  # noqa: B008 - frozen
    reused: bool = False,
) -> Exchange:
    request = SentRequest(method, url, sent, Payload(sent_body))
    return Exchange(request, ReceivedResponse(code, reason, "1.1", received, Payload(body)), phases, None, SocketFacts(reused=reused))


def html(shown: Any) -> str:
    """The HTML without its style."""
    return re.sub(r"<style>.*?</style>", "", mimebundle(shown)["text/html"])


def words(shown: Any) -> str:
    return Tags(html(shown)).words


def test_an_exchange_as_text_is_as_on_the_wire() -> None:
    assert mimebundle(exchange(method="POST", sent_body=b"a=1"))["text/plain"] == (
        "POST /a?b=1 HTTP/1.1\nHost: localhost:3000\n\na=1\n\n"
        "HTTP/1.1 200 OK\nContent-Type: text/plain\n\nhello\n\n"
        "It worked, and here is the result (23.5 ms, 5 bytes, text/plain)"
    )


def test_an_exchange_as_html() -> None:
    shown = words(exchange())
    for part in (
        "GET http://localhost:3000/a?b=1",
        "200 OK It worked, and here is the result 23.5 ms · 5 bytes · text/plain",
        "wait waiting for the first byte of the answer 20.0 ms",
        "Request 1 header · no body",
        "GET /a?b=1 HTTP/1.1",
        "Host localhost:3000 The site that is meant: one server may host many. HTTP/1.1 requires it – RFC 9110 §7.2",
        "HTTP/1.1 200 OK",
        "Content-Type text/plain",
        "hello",
    ):
        assert part in shown


def test_a_reused_connection_has_no_connect_time() -> None:
    shown = words(exchange(phases=Phases(send=0.5, wait=20.0, receive=2.0), reused=True))
    assert "connect the connection was open already (keep-alive) send" in shown


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_from_the_wire_becomes_markup(text: str) -> None:
    fields = ((text, text), ("Content-Type", text), ("Location", text))
    shown = Tags(html(exchange(method=text, url=f"http://h/{text}", sent=fields, reason=text, received=fields)))
    assert not {"script", "img", "iframe", "svg"} & set(shown.tags)
    assert not [name for name in shown.attributes if name.startswith("on")]


def test_nothing_from_the_wire_acts_on_a_terminal() -> None:
    text = mimebundle(exchange(reason="\x1b[2J", received=(("X", "\x1b[2J"),), body=b"\x1b[2J", url="http://h/\x1b"))
    assert "\x1b" not in text["text/plain"]


SECRETS = ["inTheUrl", "urlPassword", "bearerSecret", "cookieSecret", "setCookieSecret", "keySecret", "bodySecret"]


def test_no_secret_shows_even_where_the_server_echoes_it() -> None:
    echo = " ".join(SECRETS).encode()
    shown = exchange(
        url="http://ann:urlPassword@h/?token=inTheUrl",
        sent=(("Authorization", "Bearer bearerSecret"), ("Cookie", "sid=cookieSecret"), ("X-Api-Key", "keySecret")),
        sent_body=b'{"password": "bodySecret"}',
        received=(("Set-Cookie", "sid=setCookieSecret; Path=/"), ("Content-Type", "text/html")),
        body=b"<p>" + echo + b"</p>",
    )
    bundle = mimebundle(shown)
    for secret in SECRETS:
        assert secret not in bundle["text/plain"]
        assert secret not in bundle["text/html"]
    assert f"{redact.HIDDEN} hides a secret" in words(shown)
    assert shown.response.body == b"<p>" + echo + b"</p>"


def test_a_view_without_secrets_does_not_speak_of_them() -> None:
    assert redact.HIDDEN not in words(exchange())


def test_a_status() -> None:
    assert "404 Not Found There is nothing at this URL" in words(find_status("404"))
    assert 'href="https://www.rfc-editor.org/rfc/rfc9110#section-15.5.5"' in html(find_status("404"))
    assert mimebundle(find_status("404"))["text/plain"].startswith("404 Not Found: There is nothing at this URL\n")
    assert mimebundle(find_status("299"))["text/plain"].startswith("299: Not a defined code")


def test_the_table_of_statuses_has_them_all_by_class() -> None:
    shown = Tags(html(STATUS_CODES))
    assert shown.tags.count("details") == 5
    assert all(f"{code}{reason}" in shown.text for code, reason in STATUS_CODES.items())
    text = mimebundle(STATUS_CODES)["text/plain"]
    assert [int(line[:5]) for line in text.splitlines() if re.match(r"  \d{3}  ", line)] == list(STATUS_CODES)


@pytest.mark.parametrize(("query", "unfolded"), [("", 0), ("4xx", 1), ("redirect", 1), ("request", 3)])
def test_a_class_or_a_few_codes_are_shown_at_once(query: str, unfolded: int) -> None:
    assert html(find_status(query)).count("<details open>") == unfolded


def test_the_table_of_methods() -> None:
    shown = words(METHODS)
    assert "GET Send me this yes yes yes RFC 9110 §9.3.1" in shown
    assert "POST Take this and process it: make, order, log in no no – RFC 9110 §9.3.3" in shown
    assert html(METHODS).count('<th scope="row">') == len(METHODS)
    assert len(mimebundle(METHODS)["text/plain"].splitlines()) == len(METHODS) + 1


def test_a_method_that_somebody_added_is_shown_too() -> None:
    assert "BREW" in words(type(METHODS)(["GET", "BREW"]))


def test_servers() -> None:
    try:
        served = serve_cell("0", "res.write('x')", {})
        assert mimebundle(served)["text/plain"] == (
            f"Listening on http://localhost:{served.port}/\n"
            "It never ends its response, so clients will wait: add res.end()."
        )
        assert f'href="http://localhost:{served.port}/"' in html(served)
        assert "new handler, same port and connections" in words(serve(lambda req, res: None, served.port))
        assert mimebundle(served.server)["text/plain"] == f"Listening on http://127.0.0.1:{served.port}/"
    finally:
        stop_all()
    assert mimebundle(createServer())["text/plain"] == "Server, not listening"


@pytest.mark.parametrize(
    "shown", [exchange(), STATUS_CODES, METHODS, find_status("404")], ids=lambda o: type(o).__name__
)
def test_every_view_can_be_heard_and_operated(shown: Any) -> None:
    page = html(shown)
    assert re.match(r'<section class="httpkit" aria-label="[^"]+">', page)
    assert page.count("<table") == page.count("<caption>")
    assert page.count("<details") == page.count("<summary>")
    assert re.findall("<th(?! scope=)[ >]", page) == []
    assert "<script" not in page
