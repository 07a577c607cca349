"""Bytes as they are: a message typed byte by byte, also one that is wrong, and what a server makes of it."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from httpkit.encodings import utf8
from httpkit.exchange import Exchange
from httpkit.messages import NO_RESPONSE, Pairs, Phases, ReceivedResponse, SentRequest, SocketFacts, Wire
from httpkit.observer import MAX_WIRE
from httpkit.payload import Payload

from .annotation import Part, annotate
from .mistakes import Mistake
from .shown import Shown

_TIMEOUT = 5_000  # ms

_REQUEST_LINE = re.compile(r"([^ \r\n]+) ([^ \r\n]+)")


@dataclass(frozen=True)
class WireBytes(Shown):
    """The bytes of an exchange, line by line, each with what it says."""

    exchange: Exchange


def wire(exchange: Exchange) -> WireBytes:
    """What went over the wire, annotated: the first 64 KiB each way. Raises Mistake for what is no exchange."""
    if not isinstance(exchange, Exchange):
        raise Mistake(
            f"wire() is given {type(exchange).__name__}. Expected an exchange, as %http and send_raw give one."
        )
    return WireBytes(exchange)


def send_raw(data: bytes | str, port: int, *, timeout: float = _TIMEOUT) -> Exchange:
    """Send these bytes, whatever they are, to the server on `port` here, and read until it closes the connection.

    After the last byte this side is closed, so that the server knows that no more will come; what it answered within
    `timeout` ms is the exchange's `wire`, up to 64 KiB. Of several answers the first one counts as its status; 0 stands
    for none. A str goes out in UTF-8, and a line of HTTP ends with `\\r\\n`. Raises Mistake where nobody listens.
    """
    if not isinstance(data, (str, bytes, bytearray, memoryview)):
        raise Mistake(
            f"send_raw() is given {type(data).__name__}. Expected bytes, or a str such as 'GET / HTTP/1.1\\r\\n…'."
        )
    if type(port) is not int or not 0 < port < 65_536:
        raise Mistake(f"{port!r} is not a port. Expected a number from 1 to 65535.")
    if type(timeout) not in (int, float) or not 0 < timeout < 1e9:
        raise Mistake(f"The timeout is {timeout!r}. Expected a number of ms above 0.")
    sent = utf8(data) if isinstance(data, str) else bytes(data)
    began, until = datetime.now(UTC), monotonic() + timeout / 1000
    try:
        connection = socket.create_connection(("127.0.0.1", port), timeout=timeout / 1000)
    except OSError as error:
        raise Mistake(
            f"Nothing listens on port {port} ({error.strerror or error}): %%serve {port} starts a server."
        ) from None
    with connection:
        local, remote = (f"127.0.0.1:{each[1]}" for each in (connection.getsockname(), connection.getpeername()))
        received, is_closed = _talk(connection, sent, until)
    waited = (monotonic() - until) * 1000 + timeout
    method, target = _request_line(sent)
    return Exchange(
        SentRequest(method, f"http://localhost:{port}{target}", _fields(sent, _head(annotate(sent)), "name")),
        _first_response(received, method),
        Phases(wait=waited),
        began,
        SocketFacts(local, remote),
        Wire(sent[:MAX_WIRE], received, len(sent), len(received)),
        complete=is_closed,
    )


def _talk(connection: socket.socket, sent: bytes, until: float) -> tuple[bytes, bool]:
    """Everything that came back, and whether the server has ended it."""
    received = bytearray()
    # A server that refuses the beginning may be gone before the end is sent; its answer can be read all the same.
    with suppress(OSError):
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
    while len(received) < MAX_WIRE and (left := until - monotonic()) > 0:
        connection.settimeout(left)
        try:
            piece = connection.recv(MAX_WIRE - len(received))
        except TimeoutError:
            break
        except OSError:
            return bytes(received), True
        if not piece:
            return bytes(received), True
        received += piece
    return bytes(received), False


def _request_line(sent: bytes) -> tuple[str, str]:
    """Method and path, where there is something like them."""
    found = _REQUEST_LINE.match(sent.decode("latin-1").lstrip("\r\n"))
    method, target = found.groups() if found else ("?", "/")
    return method, target if target.startswith("/") else "/"


def _first_response(received: bytes, method: str) -> ReceivedResponse:
    """The first final response in these bytes, or none."""
    for message in _messages(annotate(received, response=True, method=method)):
        texts = {part.kind: received[part.start : part.end].decode("latin-1") for part in message}
        status = texts.get("status", "0")
        if not re.fullmatch("[2-9][0-9][0-9]|101", status):
            continue
        body = b"".join(received[part.start : part.end] for part in message if part.kind in ("body", "data"))
        headers, trailers = (_fields(received, message, kind) for kind in ("name", "trailer"))
        version = texts.get("version", "").removeprefix("HTTP/")
        return ReceivedResponse(int(status), texts.get("reason", ""), version, headers, Payload(body), trailers)
    return NO_RESPONSE


def _messages(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """The parts of each response; what is not HTTP is none."""
    message: list[Part] = []
    for part in parts:
        if part.kind == "version" and message:
            yield message
            message = []
        message.append(part)
    if any(part.kind == "status" for part in message):
        yield message


def _head(parts: Iterable[Part]) -> Iterator[Part]:
    """Those up to the first empty line."""
    for part in parts:
        if part.kind == "end":
            return
        yield part


def _fields(data: bytes, parts: Iterable[Part], kind: str) -> Pairs:
    """The headers, kind 'name', or the trailers among these parts."""
    pairs: list[tuple[str, str]] = []
    is_wanted = False
    for part in parts:
        text = data[part.start : part.end].decode("latin-1")
        if part.kind in ("name", "trailer"):
            is_wanted = part.kind == kind
            if is_wanted:
                pairs.append((text, ""))
        elif part.kind in ("value", "fold") and pairs and is_wanted:
            name, value = pairs[-1]
            pairs[-1] = (name, f"{value} {text.strip()}".strip())
    return tuple(pairs)
