"""How objects look: readable as text, safe and whole as HTML."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from httpkit import redact
from httpkit.archive import Archive
from httpkit.constants import METHODS, STATUS_CODES
from httpkit.difference import diff
from httpkit.draft import Draft
from httpkit.errors import NodeError, SystemCallError
from httpkit.exchange import Exchange
from httpkit.messages import Information, Phases, ReceivedResponse, SentRequest, SocketFacts, Wire
from httpkit.notebook.display import mimebundle
from httpkit.notebook.failures import Cause, Failed, Outcome, Step
from httpkit.notebook.html import STYLE, Html
from httpkit.notebook.live import Finished, Underway
from httpkit.notebook.recording import Traffic
from httpkit.notebook.serving import serve, serve_cell, stop_all
from httpkit.notebook.statuses import find_status
from httpkit.notebook.views import exchange as exchange_view
from httpkit.payload import Payload
from httpkit.recorder import Entry
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
    return Exchange(
        request,
        ReceivedResponse(code, reason, "1.1", received, Payload(body)),
        phases,
        None,
        SocketFacts(reused=reused),
    )


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
    assert re.match(r'<section class="httpkit[^"]*" aria-label="[^"]+">', page)
    assert page.count("<table") == page.count("<caption>")
    assert page.count("<details") == page.count("<summary>")
    assert re.findall("<th(?! scope=)[ >]", page) == []
    assert "<script" not in page


def test_redirects_are_told_in_order() -> None:
    first = exchange(
        url="http://h/old", code=302, reason="Found", received=(("Location", "/new?token=abcdefgh"),), body=b""
    )
    shown = replace(exchange(url="http://h/new"), redirects=(first,))
    assert words(shown).startswith(
        f"GET http://h/old 302 Found leads to /new?token={redact.HIDDEN} GET http://h/new 200 OK"
    )
    assert mimebundle(shown)["text/plain"].startswith(
        f"GET http://h/old: 302 Found leads to /new?token={redact.HIDDEN}\n\n"
    )


def test_what_was_added_to_a_request_is_told_from_what_was_asked_for() -> None:
    draft = Draft("GET", "http://h/", (("X-Mine", "1"),))
    shown = words(replace(exchange(sent=(("Host", "h"), ("X-Mine", "1"))), draft=draft))
    assert "Host h added by httpkit" in shown
    assert "X-Mine 1 added" not in shown


def test_a_request_without_an_answer() -> None:
    shown = exchange(code=0, reason="", received=(), body=b"")
    assert "There is no answer" in words(shown)
    assert mimebundle(shown)["text/plain"].endswith("There is no answer")
    for text in (words(shown), mimebundle(shown)["text/plain"]):
        assert "HTTP/ 0" not in text
        assert "500" not in text
    assert "no answer" in mimebundle(Archive([shown]))["text/plain"]


def test_a_request_says_what_its_method_asks_for() -> None:
    shown = mimebundle(exchange(method="PUT"))["text/html"]
    assert "Store this here, in place of what there was (idempotent) – <a" in shown
    assert "RFC 9110 §9.3.4" in shown
    assert "idempotent" not in mimebundle(exchange(method="PURGE"))["text/html"], "no standard says what it does"


def test_an_answer_that_is_not_complete_says_so() -> None:
    shown = replace(exchange(), complete=False)
    assert "The answer is not complete" in words(shown)
    assert mimebundle(shown)["text/plain"].endswith("; the answer is not complete")


def test_compression_is_undone_and_named() -> None:
    packed = exchange(
        received=(("Content-Type", "text/plain"), ("Content-Encoding", "gzip")), body=gzip.compress(b"tea")
    )
    assert "bytes of gzip · text/plain" in words(packed)
    assert "\n\ntea\n\n" in mimebundle(packed)["text/plain"]


def test_trailers_and_early_answers_are_shown() -> None:
    early = Information(103, "Early Hints", (("Link", "</a.css>"),))
    response = ReceivedResponse(200, "OK", "1.1", (), Payload(b"x"), (("X-Sum", "7"),), (early,))
    shown = words(replace(exchange(), response=response))
    assert "HTTP/1.1 103 Early Hints" in shown
    assert "Trailers" in shown
    assert "X-Sum 7" in shown


def test_a_revealed_exchange_hides_nothing() -> None:
    secret = exchange(url="http://h/?token=abcdefgh", sent=(("Authorization", "Bearer abcdefgh"),))
    for shown in (html(secret), mimebundle(secret)["text/plain"]):
        assert "abcdefgh" not in shown
    for shown in (html(secret.revealed()), mimebundle(secret.revealed())["text/plain"]):
        assert shown.count("abcdefgh") >= 2


def test_a_failure_tells_how_far_it_came() -> None:
    steps = (
        Step("connect", Outcome.DONE, 1.5),
        Step("agree on TLS", Outcome.FAILED),
        Step("send", Outcome.NOT_REACHED),
    )
    failed = Failed("GET", "http://h/", "CODE", Cause("It went wrong.", "Try `this`."), steps)
    assert words(failed) == (
        "GET http://h/ CODE It went wrong. ✓ connect 1.5 ms ✗ agree on TLS – failed · send – not reached Try this ."
    )
    assert mimebundle(failed)["text/plain"] == (
        "GET http://h/ failed: It went wrong.\n✓ connect → ✗ agree on TLS → · send\nTry `this`."
    )


def test_a_draft_shows_what_would_be_sent() -> None:
    draft = Draft(
        "POST",
        "http://h/a?token=abcdefgh",
        (("Authorization", "Bearer abcdefgh"),),
        Payload(b'{"password": "x1234567"}'),
    )
    assert words(draft).startswith(
        f"POST http://h/a?token={redact.HIDDEN} not sent POST /a?token={redact.HIDDEN} HTTP/1.1"
    )
    assert "1234567" not in html(draft)
    assert mimebundle(draft)["text/plain"].endswith(f"Not sent, to http://h/a?token={redact.HIDDEN}")


def test_progress_says_what_is_going_on() -> None:
    waiting = replace(exchange(code=0, reason="", received=(), body=b""), wire=Wire(b"GET", b"", 3, 0), complete=False)
    assert "waiting for the answer" in words(Underway(waiting))
    half = exchange(received=(("Content-Length", "10"), ("Content-Type", "text/plain")))
    assert "200 OK receiving: 5 bytes of 10 bytes" in words(Underway(half))
    assert '<progress max="10" value="5"' in html(Underway(half))
    assert words(Finished(half)) == "200 OK http://localhost:3000/a?b=1: 5 bytes"


def test_traffic_is_a_table() -> None:
    failed = Entry(3, exchange(code=0, body=b""), None, SystemCallError("no", "ECONNREFUSED"))
    listed = Traffic([Entry(1, exchange(url="http://h/?token=abcdefgh")), Entry(2, exchange(), exchange()), failed])
    shown = words(listed)
    assert f"1 GET h/?token={redact.HIDDEN} 200 plain 5 bytes 23.5 ms client" in shown
    assert "2 GET localhost:3000/a?b=1 200 plain 5 bytes 23.5 ms both" in shown
    assert "3 GET localhost:3000/a?b=1 ECONNREFUSED" in shown
    assert mimebundle(listed)["text/plain"].splitlines()[2].split()[:3] == ["3", "GET", "ECONNREFUSED"]


def test_a_long_list_shows_its_end() -> None:
    listed = Traffic([Entry(number, exchange()) for number in range(1, 501)])
    assert words(listed).startswith("The last 200 of 500.")
    assert html(listed).count("<tr>") == 201


def test_a_difference_is_a_table() -> None:
    shown = words(diff(exchange(), exchange(code=404, reason="Not Found")))
    assert "status changed 200 OK 404 Not Found" in shown
    assert words(diff(exchange(), exchange())).endswith("No difference.")


def test_code_is_coloured() -> None:
    snippet = exchange().to_python()
    assert mimebundle(snippet)["text/plain"] == snippet
    assert '<span class="httpkit-word">import</span>' in html(snippet)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text_in_every_view(hostile: str) -> None:
    bad = exchange(
        method="GET", url=f"http://h/{hostile}", sent=((hostile, hostile),), code=200, reason=hostile,
        received=(("Location", hostile), ("Content-Type", hostile)), body=hostile.encode("utf-8", "replace"),
    )  # fmt: skip
    draft = Draft(
        "GET", f"http://h/{hostile}", ((hostile, hostile),), Payload(hostile.encode("utf-8", "replace")), name=hostile
    )
    bad = replace(bad, redirects=(bad,), draft=draft, wire=Wire(b"", hostile.encode("utf-8", "replace"), 0, 10))
    failed = Failed(hostile, hostile, hostile, Cause(hostile, hostile), (Step(hostile, Outcome.FAILED),))
    entry = Entry(1, bad, None, SystemCallError(hostile, hostile))
    for shown in (
        bad,
        draft,
        failed,
        Traffic([entry]),
        Underway(bad),
        Finished(bad),
        diff(bad, exchange()),
        Archive([bad]),
    ):
        tags = Tags(html(shown))
        assert not {"script", "svg", "b-x"} & set(tags.tags)
        assert not [name for name in tags.attributes if name.startswith("on")]


# --- what is not over


def said(shown: Html) -> str:
    return Tags(shown).words


def waiting(phases: Phases) -> Exchange:
    return replace(
        exchange(code=0, reason="", received=(), body=b"", phases=phases),
        complete=False,
        started_at=datetime.now(UTC) - timedelta(seconds=9),
    )


def test_of_what_is_still_coming_nobody_says_that_it_was_cut() -> None:
    coming = replace(exchange(), complete=False)
    for shown in (exchange_view.content(coming, pending=True), exchange_view.bodies(coming, pending=True)):
        assert "Still coming: 5 bytes so far." in said(shown)
        assert "not complete" not in said(shown)
    assert "200 OK Still coming 23.5 ms" in said(exchange_view.headers(coming, pending=True))
    assert "200 OK The answer is not complete 23.5 ms" in said(exchange_view.headers(coming))
    assert "The answer is not complete, 5 bytes of it are here" in said(exchange_view.bodies(coming))
    half = replace(exchange(received=(("Content-Length", "10"),)), complete=False)
    assert "Still coming: 5 of 10 bytes so far." in said(exchange_view.bodies(half, pending=True))


def test_what_waits_is_said_to() -> None:
    shown = waiting(Phases(connect=1.0, send=1.0))
    for view in (exchange_view.content, exchange_view.headers, exchange_view.bodies):
        assert "Waiting for the answer" in said(view(shown, pending=True))
        assert "There is no answer" in said(view(shown))


@pytest.mark.parametrize(
    ("phases", "going_on"),
    [
        (Phases(), "queue"),
        (Phases(queue=2.0), "connect"),
        (Phases(queue=2.0, connect=1.0), "send"),
        (Phases(queue=2.0, connect=1.0, send=1.0), "wait"),
    ],
)
def test_the_time_of_a_request_that_waits_goes_on(phases: Phases, going_on: str) -> None:
    counted = exchange_view.counted_so_far(waiting(phases)).phases
    assert counted.total >= 8_999
    assert getattr(counted, going_on) >= 8_000
    assert f"{going_on} " in said(exchange_view.timing(waiting(phases), pending=True))
    assert exchange_view.counted_so_far(exchange()) == exchange()


def test_headers_stand_below_a_line_that_says_which_request_it_is() -> None:
    hop = exchange(url="http://h/old", code=302, reason="Found", received=(("Location", "/new"),))
    shown = said(exchange_view.headers(replace(exchange(), redirects=(hop,))))
    assert shown.startswith("GET http://h/old 302 Found leads to /new 200 OK It worked")
    assert said(exchange_view.headers(exchange())).startswith("200 OK It worked")


def test_headers_of_what_failed_say_why() -> None:
    failed = replace(exchange(code=0, reason="", received=(), body=b"", phases=Phases()), complete=False)
    shown = said(exchange_view.headers(failed, error=SystemCallError("connect ECONNREFUSED", "ECONNREFUSED")))
    assert shown.startswith("ECONNREFUSED Nothing listens on localhost:3000 (connection refused).")
    assert "✗ connect – failed" in shown
    assert "There is no answer" not in shown


def test_an_error_says_no_secret() -> None:
    failed = replace(exchange(code=0, sent=(("X-Api-Key", "S3CRETVALUE99"),)), complete=False)
    shown = said(exchange_view.headers(failed, error=NodeError("it was S3CRETVALUE99", "ODD")))
    assert "ODD" in shown
    assert "S3CRETVALUE99" not in shown


@pytest.mark.parametrize("digits", [19, 5_000])
def test_a_length_that_is_none_is_not_believed(digits: int) -> None:
    odd = replace(exchange(received=(("Content-Length", "9" * digits), ("Content-Type", "text/plain"))), complete=False)
    assert "The answer is not complete, 5 bytes of it are here" in words(odd)
    assert "receiving: 5 bytes" in words(Underway(odd))
    assert mimebundle(Underway(odd))["text/plain"].endswith("receiving: 5 bytes")


def test_each_phase_has_its_colour() -> None:
    names = ("queue", "dns", "connect", "tls", "send", "wait", "receive")
    shown = exchange_view.timing(exchange(phases=Phases(*(2.0 for _ in names))))
    for name in names:
        assert f'<span class="httpkit-mark httpkit-phase-{name}" aria-hidden="true">' in shown
        assert f'<span class="httpkit-bar httpkit-phase-{name}"' in shown
        assert f".httpkit-phase-{name}{{background:" in STYLE


# --- what has only begun


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        ("application/xml", b"<a><password>hunter2FIRSTPART"),
        ("text/plain", b"<a><password>hunter2FIRSTPART"),
        ("application/json", b'{"credentials": {"a": "nestedFIRSTPART", "b": ["listFIRSTPART",'),
        ("text/event-stream", b'data: {"credentials": {"a": "nestedFIRSTPART", "b": ["listFIRSTPART",\n\n'),
        ("x/y", b'\0{"credentials": {"a": "nestedFIRSTPART", "b": ["listFIRSTPART",'),
    ],
)
def test_secrets_that_are_still_arriving_show_nowhere(content_type: str, data: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n".encode()
    chunk = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(data), data)
    for received in (head + b"\r\n" + data, head + chunk):
        wire = Wire(b"GET / HTTP/1.1\r\n\r\n", received, 18, len(received))
        growing = replace(exchange(received=(("Content-Type", content_type),), body=data), wire=wire, complete=False)
        for shown in (growing, Underway(growing)):
            bundle = mimebundle(shown)
            assert "FIRSTPART" not in bundle["text/plain"]
            assert "FIRSTPART" not in Tags(bundle["text/html"]).text
            assert b"IRSTPART".hex(" ")[:11] not in bundle["text/html"]


@pytest.mark.parametrize("count", [1, 3, 12])
def test_the_first_characters_of_a_secret_do_not_show_while_it_comes(count: int) -> None:
    data = b"it is " + b"S3CRETVALUE99"[:count]
    received = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + data
    growing = replace(
        exchange(sent=(("X-Api-Key", "S3CRETVALUE99"),), body=data),
        wire=Wire(b"GET / HTTP/1.1\r\n\r\n", received, 18, len(received)),
        complete=False,
    )
    for shown in (growing, Underway(growing)):
        assert f"it is {redact.HIDDEN}" in words(shown)
        assert "it is S" not in words(shown)
