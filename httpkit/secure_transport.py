"""TLS between a plain socket and a secure one: a transport for the one, the handler of the other.

The records go through memory, by `ssl.MemoryBIO`, so that it is all the same which event loop moves the bytes, or
whether an event loop does at all: TLS runs through a tunnel as it does over TCP. Until the handshake is done what is
written waits, and the secure socket hears that its transport is full.

Source: https://docs.python.org/3/library/ssl.html#memory-bio-support
"""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .net import Socket

# The longest record there may be.
_RECORD = 16 * 1024


class Owner(Protocol):
    """Who decides about a secure connection."""

    destroyed: bool

    @property
    def wants_session(self) -> bool:
        """Whether `resumable` is worth a call."""

    def greeted(self, data: bytes, /) -> bool:
        """The client says this, and the handshake waits for `begin`; True if nothing more is to be read before."""

    def secured(self) -> None:
        """The handshake is done; nothing is sent if the owner then is `destroyed`."""

    def failed(self, exc: ssl.SSLError | None, /) -> None:
        """TLS cannot go on, or there was no more to read before the handshake was done (None)."""

    def resumable(self, session: ssl.SSLSession, /) -> None:
        """This would shorten the next handshake."""


class SecureTransport(asyncio.Transport):
    """What the secure socket writes goes encrypted to the `plain` one, and what arrives there comes back decrypted."""

    def __init__(self, plain: Socket, protocol: asyncio.Protocol, owner: Owner) -> None:
        super().__init__()
        self.tls: ssl.SSLObject | None = None
        self.secured = False
        self._plain = plain
        self._protocol = protocol
        self._owner = owner
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        # Written before the handshake was done.
        self._waiting: list[bytes] = []
        self._greeting = bytearray()
        self._held = False
        self._reading = True
        self._full = True
        self._closing = False
        self._said_goodbye = False
        self._ended = False
        self._has_offered = False
        plain._handler = self
        protocol.pause_writing()

    # --- the handshake

    def begin(
        self,
        context: ssl.SSLContext,
        *,
        server_side: bool = False,
        server_hostname: str | None = None,
        session: ssl.SSLSession | None = None,
    ) -> None:
        """Begin, or as a server answer, the handshake. Raises ValueError for a name that cannot be one."""
        self.tls = context.wrap_bio(
            self._incoming, self._outgoing, server_side=server_side, server_hostname=server_hostname, session=session
        )
        self._incoming.write(self._greeting)
        self._greeting.clear()
        self._proceed()
        if self._held:
            self._held = False
            if not self._owner.destroyed and (self._reading or not self.secured):
                self._plain.start_reading()

    def refuse(self, alert: int) -> None:
        """Answer a greeting with a fatal alert (RFC 8446 section 6)."""
        self._plain.send(bytes([21, 3, 3, 0, 2, 2, alert]))

    def _proceed(self) -> None:
        assert self.tls is not None
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
        except ssl.SSLError as exc:
            if not isinstance(exc, ssl.SSLCertVerificationError):
                # As in Node, a peer whose certificate is refused is not told why.
                self._flush()
            self._owner.failed(exc)
        else:
            self._secure()

    def _secure(self) -> None:
        self.secured = True
        assert self.tls is not None
        self._owner.secured()
        if self.tls.version() != "TLSv1.3":
            self._offer_session()
        if self._owner.destroyed:
            return
        self._full = False
        waiting, self._waiting = self._waiting, []
        for data in waiting:
            self._encrypt(data)
        self._flush()
        if not self._full:
            self._protocol.resume_writing()
        if self._closing:
            self._say_goodbye()
            self._plain.destroySoon()
        elif not self._reading:
            self._plain.stop_reading()

    # --- what the plain socket tells

    def data(self, data: bytes) -> None:
        if self._owner.destroyed or self._ended:
            return
        if self.tls is None:
            self._greet(data)
            return
        self._incoming.write(data)
        was_secured = self.secured
        if not was_secured:
            self._proceed()
        if self.secured and not self._owner.destroyed:
            # Tickets of TLS 1.3 come behind the handshake, and before any data.
            self._decrypt(self.tls, offers=was_secured)

    def _greet(self, data: bytes) -> None:
        self._greeting += data
        if self._owner.greeted(data) and self.tls is None and not self._owner.destroyed:
            # Whoever has to decide takes time; what comes meanwhile is not to pile up.
            self._held = True
            self._plain.stop_reading()

    def eof(self) -> None:
        if not self.secured:
            self._owner.failed(None)
        else:
            # Perhaps without a goodbye; whether anything is missing, HTTP tells.
            self._end()

    def drained(self) -> None:
        if self._full and self.secured:
            self._full = False
            self._protocol.resume_writing()

    def timed_out(self) -> None:
        """Nobody sets a timeout for the plain socket but who asked for its 'timeout' event."""

    def closed(self, err: BaseException | None) -> None:
        self._protocol.connection_lost(err if isinstance(err, Exception) else None)

    def _decrypt(self, tls: ssl.SSLObject, offers: bool) -> None:
        chunks: list[bytes] = []
        failure: ssl.SSLError | None = None
        try:
            while chunk := tls.read(_RECORD):
                chunks.append(chunk)
            said_goodbye = True
        except ssl.SSLError as exc:
            said_goodbye = isinstance(exc, ssl.SSLZeroReturnError)
            if not (said_goodbye or isinstance(exc, ssl.SSLWantReadError)):
                failure = exc
        self._flush()
        if offers:
            self._offer_session()
        if chunks:
            self._protocol.data_received(chunks[0] if len(chunks) == 1 else b"".join(chunks))
        if failure is not None:
            self._owner.failed(failure)
        elif said_goodbye:
            self._end()

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._protocol.eof_received()

    def _offer_session(self) -> None:
        if self._has_offered or self._owner.destroyed or not self._owner.wants_session:
            return
        self._has_offered = True
        session = self.session()
        if session is not None:
            self._owner.resumable(session)

    def session(self) -> ssl.SSLSession | None:
        """What would shorten the next handshake, on a client. Python loses a little memory each time it is asked."""
        if self.tls is None or self.tls.server_side:
            return None
        session = self.tls.session
        if session is None or not (session.has_ticket or (self.tls.version() != "TLSv1.3" and session.id)):
            return None
        return session

    # --- what the secure socket asks for

    def write(self, data: Any) -> None:
        if not self.secured:
            self._waiting.append(bytes(data))
        elif data:
            self._encrypt(data)
            self._flush()

    def _encrypt(self, data: Any) -> None:
        assert self.tls is not None
        try:
            self.tls.write(data)
        except ssl.SSLError as exc:
            self._owner.failed(exc)

    def _flush(self) -> None:
        data = self._outgoing.read()
        if data and not self._plain.send(data) and not self._full:
            self._full = True
            self._protocol.pause_writing()

    def get_write_buffer_size(self) -> int:
        return sum(map(len, self._waiting)) + self._plain.writableLength

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """The plain socket's are what counts."""

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self._say_goodbye()
        self._plain.end()

    def _say_goodbye(self) -> None:
        if self.tls is not None and self.secured and not self._said_goodbye:
            self._said_goodbye = True
            # It wants to read the peer's goodbye, for which nobody waits here.
            with suppress(ssl.SSLError):
                self.tls.unwrap()
            self._flush()

    def close(self) -> None:
        if self._closing:
            return
        self._closing = True
        if self.secured:
            self._say_goodbye()
            self._plain.destroySoon()
        elif not self._waiting:
            self.abort()

    def abort(self) -> None:
        self._closing = True
        self._plain.destroy()

    def is_closing(self) -> bool:
        return self._closing or self._plain.destroyed

    def pause_reading(self) -> None:
        self._reading = False
        if self.secured:
            self._plain.stop_reading()

    def resume_reading(self) -> None:
        self._reading = True
        if not self._held:
            self._plain.start_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        transport = self._plain._transport
        return default if transport is None else transport.get_extra_info(name, default)
