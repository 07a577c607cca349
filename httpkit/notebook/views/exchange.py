"""A request and its response, in the order of the wire."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from httpkit import redact
from httpkit.errors import NodeError
from httpkit.exchange import Exchange
from httpkit.messages import Information, Phases, ReceivedResponse
from httpkit.notebook.body import Body, body_html, body_text, declared_size, size_of
from httpkit.notebook.failures import failure
from httpkit.notebook.html import Html, card, folded, join, plain, prose, table, tag, visible
from httpkit.notebook.methods import METHOD_TABLE
from httpkit.notebook.statuses import status_of
from httpkit.notebook.urls import target_of
from httpkit.veil import Veil

from . import code as code_view
from . import headers as header_view
from . import method as method_view
from . import wire as wire_view
from .status import badge, explanation

_PHASES = (
    ("queue", "waiting for a connection of the Agent's"),
    ("dns", "looking up the name"),
    ("connect", "opening the connection"),
    ("tls", "agreeing on keys, and checking who the server is"),
    ("send", "sending the request"),
    ("wait", "waiting for the first byte of the answer"),
    ("receive", "reading the answer"),
)
# A queue shorter than this, in ms, is only the time it takes to ask for a connection.
_NO_QUEUE = 1.0

_HIDDEN_NOTE = f"{redact.HIDDEN} hides a secret from this view; exchange.revealed() shows it."

_NO_ANSWER = "There is no answer"
_WAITING = "Waiting for the answer"


def ms(value: float) -> str:
    """Milliseconds for people."""
    if value >= 1000:
        return f"{value / 1000:.2f} s"
    return f"{value:.1f} ms" if value >= 0.05 or not value else "<0.1 ms"


def shown_url(exchange: Exchange, veil: Veil | None = None) -> str:
    """The URL as it may be shown."""
    return (veil or exchange.veil).url(exchange.request.url)


def _bodies(exchange: Exchange, veil: Veil) -> tuple[Body, Body]:
    sent, received = exchange.request, exchange.response
    return (
        # Of a request that was only looked at more may be on its way.
        Body(sent.payload, sent.headers, veil, ".request.body", exchange.draft is None and not exchange.complete),
        Body(received.payload, received.headers, veil, ".content", not exchange.complete),
    )


def _reason(response: ReceivedResponse | Information, veil: Veil) -> str:
    return veil.text(response.statusMessage)


def _start_lines(exchange: Exchange, veil: Veil) -> tuple[str, str]:
    request, response = exchange.request, exchange.response
    status_line = f"HTTP/{response.httpVersion} {response.statusCode} {_reason(response, veil)}"
    return f"{request.method} {veil.url(target_of(request.url))} HTTP/1.1", status_line.rstrip()


def _facts(exchange: Exchange, received: Body) -> list[str]:
    size = size_of(received.payload.size) if received.payload else "no body"
    if received.encoding:
        size += f" of {received.encoding}"
    return [ms(exchange.phases.total), size, received.shown_type]


def html(exchange: Exchange) -> Html:
    return card(f"{exchange.request.method} {shown_url(exchange)}: {exchange.status}", content(exchange))


# What follows is for exchanges of which more may come, too: those that are `pending`.


def content(exchange: Exchange, *, pending: bool = False) -> Html:
    """All that a card shows of it, to stand elsewhere."""
    exchange = counted_so_far(exchange) if pending else exchange
    veil = exchange.veil
    sent, received = _bodies(exchange, veil)
    sections = [*_hops(exchange, veil), _asked(exchange, veil)]
    if exchange.status:
        sections += [_status(exchange, received, veil, pending=pending), _request(exchange, sent, veil)]
        sections += [_response(exchange, veil), body_html(received), _saved(exchange)]
        sections += [_incomplete(exchange, pending=pending)]
    else:
        sections += [folded(_no_answer(pending=pending), _timing(exchange)), _request(exchange, sent, veil)]
    whole = join([*sections, _more(exchange)])
    note = tag("p", tag("small", _HIDDEN_NOTE)) if redact.HIDDEN in whole and not exchange.reveal else ""
    return join((whole, note))


def headers(exchange: Exchange, *, pending: bool = False, error: NodeError | None = None) -> Html:
    """The request and the answer without their bodies, below a line that says which one it is; `error` is its end."""
    veil = exchange.veil
    sent, received = _bodies(exchange, veil)
    if exchange.status:
        status = _status(exchange, received, veil, pending=pending)
    else:
        status = Html() if error is not None else tag("p", _no_answer(pending=pending))
    failed = _failure(exchange, error) if error is not None else ""
    request = _request_head(exchange, sent, veil, unfolded=True)
    response = _response(exchange, veil) if exchange.status else ""
    return join([*_hops(exchange, veil), status, failed, request, response])


def bodies(exchange: Exchange, *, pending: bool = False) -> Html:
    """The body of the answer, and that of the request where it has one."""
    veil = exchange.veil
    sent, received = _bodies(exchange, veil)
    incomplete = _incomplete(exchange, pending=pending) if exchange.status else ""
    answered = join((body_html(received), _saved(exchange), incomplete))
    answer = answered or tag("p", "The answer has no body." if exchange.status else _no_answer(pending=pending))
    asked = folded(tag("b", "Body of the request"), body_html(sent), unfolded=not received.payload)
    return join((answer, asked if sent.payload else ""))


def timing(exchange: Exchange, *, pending: bool = False) -> Html:
    """How long each step took, and over which connection."""
    exchange = counted_so_far(exchange) if pending else exchange
    return join((_timing(exchange) or tag("p", "Nothing was measured."), _connection(exchange)))


def counted_so_far(exchange: Exchange) -> Exchange:
    """A pending exchange whose times add up to now, also where nothing has come of the answer."""
    phases, began = exchange.phases, exchange.started_at
    if exchange.status or exchange.side == "server" or began is None:
        return exchange
    rest = (datetime.now(UTC) - began).total_seconds() * 1000 - phases.total
    return replace(exchange, phases=replace(phases, **{_going_on(exchange): max(0.0, rest)}))


def _going_on(exchange: Exchange) -> str:
    """The phase of a request that waits."""
    phases = exchange.phases
    if phases.send is not None:
        return "wait"
    if phases.queue is None:
        return "queue"
    return "send" if exchange.socket.reused or phases.connect is not None else "connect"


def _no_answer(*, pending: bool) -> str:
    return _WAITING if pending else _NO_ANSWER


def _failure(exchange: Exchange, error: NodeError) -> Html:
    """What an error means."""
    # That view shows exchanges, too.
    from .failure import content as failure_content

    # An error that is kept has let go of its exchange.
    known = NodeError(error.message, getattr(error, "code", ""))
    known.exchange = exchange
    return failure_content(failure(known, exchange.request.method, exchange.request.url).failed)


def _asked(exchange: Exchange, veil: Veil) -> Html:
    known = METHOD_TABLE.get(exchange.request.method)
    method = tag(
        "strong", exchange.request.method, class_="httpkit-method", title=plain(known.meaning) if known else None
    )
    name = join((" ", tag("small", exchange.name))) if exchange.name else ""
    return tag("p", method, " ", tag("code", shown_url(exchange, veil)), name, class_="httpkit-line")


def _hops(exchange: Exchange, veil: Veil) -> Iterator[Html]:
    """The redirects that led here."""
    for hop in exchange.redirects:
        yield _asked(hop, veil)
        location = veil.url(str(hop.headers.get("location", "")))
        answer = badge(hop.status, _reason(hop.response, veil))
        yield tag("p", answer, " leads to ", tag("code", location), class_="httpkit-line")


def _status(exchange: Exchange, received: Body, veil: Veil, *, pending: bool) -> Html:
    status = status_of(exchange.status)
    answer = badge(status.code, _reason(exchange.response, veil))
    facts = " · ".join(filter(None, _facts(exchange, received)))
    unfinished = "Still coming" if pending else "The answer is not complete"
    meaning = prose(status.meaning) if exchange.complete else unfinished
    summary = join((answer, " ", meaning, " ", tag("small", facts)))
    return folded(summary, explanation(status), _timing(exchange), _connection(exchange), class_="httpkit-line")


def _timing(exchange: Exchange) -> Html:
    times = [(name, what, getattr(exchange.phases, name)) for name, what in _PHASES]
    rows = [
        (join((_mark(name), name)), what, _bar(name, exchange.phases))
        for name, what, time in times
        if time is not None and (name != "queue" or time >= _NO_QUEUE)
    ]
    if exchange.socket.reused:
        rows.insert(0, (join((_mark("connect"), "connect")), "the connection was open already (keep-alive)", Html()))
    return table("Timing", ("Phase", "What happened", "Time"), rows, class_="httpkit-timing") if rows else Html()


def _mark(name: str) -> Html:
    """The colour of a phase, in the bars and in the traffic inspector."""
    return tag("span", class_=f"httpkit-mark httpkit-phase-{name}", aria_hidden="true")


def _bar(name: str, phases: Phases) -> Html:
    """A phase on the time line of the whole."""
    total = phases.total or 1
    before = sum(getattr(phases, each) or 0 for each, _ in _PHASES[: [each for each, _ in _PHASES].index(name)])
    value = getattr(phases, name)
    style = f"margin-left:{100 * before / total:.0f}px;width:{100 * value / total:.0f}px"
    return join(
        (
            tag("span", ms(value), class_="httpkit-ms"),
            tag("span", class_=f"httpkit-bar httpkit-phase-{name}", style=style, aria_hidden="true"),
        )
    )


def _connection(exchange: Exchange) -> Html:
    socket, wire = exchange.socket, exchange.wire
    if not socket.remote:
        return Html()
    facts = [f"{socket.local} ↔ {socket.remote}"]
    if socket.protocol:
        facts.append(f"{socket.protocol}, {socket.cipher}")
    if wire.sent_size:
        facts.append(f"{size_of(wire.sent_size)} sent, {size_of(wire.received_size)} received")
    return tag("p", tag("small", "Connection: " + " · ".join(facts)))


def _request(exchange: Exchange, body: Body, veil: Veil) -> Html:
    return _request_head(exchange, body, veil, body_html(body))


def _request_head(exchange: Exchange, body: Body, veil: Veil, *below: Html, unfolded: bool = False) -> Html:
    pairs = exchange.request.raw_headers
    size = size_of(body.payload.size) if body.payload else "no body"
    summary = join((tag("b", "Request"), " ", tag("small", f"{header_view.count(pairs)} · {size}")))
    lines = header_view.html(_start_lines(exchange, veil)[0], pairs, "Request", veil, _own(exchange))
    explained = method_view.explanation(exchange.request.method)
    return folded(summary, explained, lines, *below, unfolded=unfolded)


def _own(exchange: Exchange) -> frozenset[str] | None:
    """The names of the headers that were asked for; the others were added by the kit."""
    if exchange.draft is None:
        return None
    return frozenset(name.lower() for name, _ in exchange.draft.raw_headers)


def _response(exchange: Exchange, veil: Veil) -> Html:
    response = exchange.response
    pairs = response.raw_headers
    summary = join((tag("b", "Response"), " ", tag("small", header_view.count(pairs))))
    early = [
        header_view.html(f"HTTP/1.1 {each.statusCode} {_reason(each, veil)}", each.raw_headers, "Information", veil)
        for each in response.information
    ]
    lines = header_view.html(_start_lines(exchange, veil)[1], pairs, "Response", veil)
    trailers = header_view.html("Trailers", response.raw_trailers, "Trailers", veil) if response.raw_trailers else ""
    return folded(summary, *early, lines, trailers, unfolded=True)


def _saved(exchange: Exchange) -> Html:
    path = exchange.draft.delivery.download if exchange.draft is not None else None
    return tag("p", "Saved to ", tag("code", str(path)), class_="httpkit-line") if path is not None else Html()


def _incomplete(exchange: Exchange, *, pending: bool) -> Html:
    if exchange.complete:
        return Html()
    expected = declared_size(exchange.headers)
    came = f"{exchange.response.payload.size:,}"
    of = f" of {expected:,}" if expected is not None and not exchange.headers.get("content-encoding") else ""
    if pending:
        return tag("p", f"Still coming: {came}{of} bytes so far.", class_="httpkit-note")
    reason = "the connection ended, nobody waited for the rest, or it is more than is kept"
    return tag("p", f"The answer is not complete, {came}{of} bytes of it are here: {reason}.", class_="httpkit-hint")


def _more(exchange: Exchange) -> Html:
    """What is there for those who want to know: the bytes, and the same request elsewhere."""
    wire = folded(tag("b", "Wire"), wire_view.html(exchange)) if exchange.wire.sent else ""
    return join((wire, folded(tag("b", "As code"), code_view.html(exchange))))


def _saved_text(exchange: Exchange) -> str:
    path = exchange.draft.delivery.download if exchange.draft is not None else None
    return f"Saved to {path}" if path is not None else ""


def text(exchange: Exchange) -> str:
    veil = exchange.veil
    sent, received = _bodies(exchange, veil)
    request_line, status_line = _start_lines(exchange, veil)
    meaning = plain(status_of(exchange.status).meaning)
    hops = "\n".join(visible(_hop_text(hop, veil)) for hop in exchange.redirects)
    parts = [hops, *_message_text(request_line, exchange.request.raw_headers, sent, veil)]
    if not exchange.status:
        return "\n\n".join([*filter(None, parts), _NO_ANSWER])
    parts += _message_text(status_line, exchange.response.raw_headers, received, veil)
    parts.append(_saved_text(exchange))
    end = "" if exchange.complete else "; the answer is not complete"
    return "\n\n".join(
        [*filter(None, parts), visible(f"{meaning} ({', '.join(filter(None, _facts(exchange, received)))}){end}")]
    )


def _hop_text(hop: Exchange, veil: Veil) -> str:
    location = veil.url(str(hop.headers.get("location", "")))
    return (
        f"{hop.request.method} {shown_url(hop, veil)}: {hop.status} {_reason(hop.response, veil)} leads to {location}"
    )


def _message_text(start_line: str, pairs: header_view.Pairs, body: Body, veil: Veil) -> tuple[str, str]:
    head = "\n".join(filter(None, (visible(start_line), header_view.text(pairs, veil))))
    return head, visible(body_text(body))
