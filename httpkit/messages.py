"""The two messages of an exchange as they were, and what was measured of them: plain values, without sockets and loops.

Times are milliseconds, headers are pairs in wire order and case, bodies are bytes exactly as they went over the wire.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from . import redact
from .headers import IncomingHeaders
from .payload import Payload

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class SentRequest:
    """The request as it went out."""

    method: str
    url: str
    raw_headers: Pairs
    payload: Payload = field(default_factory=Payload)

    def __repr__(self) -> str:
        # Headers and bodies hold secrets, and a repr ends up in logs. So does the query of a URL.
        return f"<SentRequest {plain(self.method)} {without_secrets(self.url)}, {self.payload.size} bytes>"

    @property
    def headers(self) -> IncomingHeaders:
        return IncomingHeaders.joined(self.raw_headers)

    @property
    def body(self) -> bytes:
        """The whole body; of a large one rather use `payload`."""
        return self.payload.read()


class Information(NamedTuple):
    """An answer before the answer: 100 Continue, 103 Early Hints."""

    statusCode: int
    statusMessage: str
    raw_headers: Pairs

    def __repr__(self) -> str:
        return f"<Information {self.statusCode}>"


@dataclass(frozen=True)
class ReceivedResponse:
    """The response as it came in; `statusCode` 0 is for none yet. Its body is still encoded as on the wire."""

    statusCode: int
    statusMessage: str
    httpVersion: str
    raw_headers: Pairs
    payload: Payload = field(default_factory=Payload)
    raw_trailers: Pairs = ()
    information: tuple[Information, ...] = ()

    def __repr__(self) -> str:
        # The reason is the server's to choose, and may repeat a secret of the request.
        return f"<ReceivedResponse {self.statusCode}, {self.payload.size} bytes>"

    @property
    def headers(self) -> IncomingHeaders:
        return IncomingHeaders.joined(self.raw_headers)

    @property
    def trailers(self) -> IncomingHeaders:
        return IncomingHeaders.joined(self.raw_trailers)

    @property
    def body(self) -> bytes:
        """The whole body; of a large one rather use `payload`."""
        return self.payload.read()


NO_RESPONSE = ReceivedResponse(0, "", "", ())


@dataclass(frozen=True)
class Phases:
    """How long each step took, in ms; None where the step did not happen (a reused socket has no `connect`).

    `queue` is the time an Agent let the request wait for a socket, `dns` that of the name look-up.
    """

    queue: float | None = None
    dns: float | None = None
    connect: float | None = None
    tls: float | None = None
    send: float | None = None
    wait: float | None = None
    receive: float | None = None

    @property
    def total(self) -> float:
        return sum(time or 0.0 for time in vars(self).values())


@dataclass(frozen=True)
class Wire:
    """The bytes that went over the socket, in the clear: the first 64 KiB each way, and how many there were."""

    sent: bytes = b""
    received: bytes = b""
    sent_size: int = 0
    received_size: int = 0

    def __repr__(self) -> str:
        return f"<Wire {self.sent_size} bytes sent, {self.received_size} received>"


class Moment(NamedTuple):
    """Something that happened: `at` ms after the exchange began, with `size` bytes.

    A client's: 'write' (bytes to be sent), 'socket', 'lookup', 'connect', 'secureConnect', 'finish', 'data' (bytes came
    in), 'information', 'response', 'end'. A server's: 'request', 'data' (of the body), 'write', 'full' (`write()` gave
    False: the client is behind), 'drain', 'finish'.
    """

    at: float
    what: str
    size: int = 0


@dataclass(frozen=True)
class SocketFacts:
    """The connection an exchange used. `reused`: it had served before; `protocol` and `cipher` are those of TLS."""

    local: str = ""
    remote: str = ""
    reused: bool = False
    protocol: str = ""
    cipher: str = ""


def plain(text: str) -> str:
    """A text for one line of a log: without secrets, and with control and direction characters spelled out."""
    return "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in redact.text(text))


def without_secrets(url: str) -> str:
    """A URL without its query and its userinfo."""
    url = url.partition("?")[0].partition("#")[0]
    scheme, mark, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return plain(f"{scheme}{mark}{authority.rpartition('@')[2]}{slash}{path}" if mark else url)
