"""TLS through memory: two ends, and no network between them."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from typing import Any

import pytest

from httpkit.secure_context import SecureContext
from httpkit.secure_transport import SecureTransport
from tests.certificates import CA, LOCALHOST

CLIENT = SecureContext({"ca": CA}).for_client(verify=True)
SERVER = SecureContext(LOCALHOST).for_server(ask=False, verify=True)


class Wire:
    """Carries what either end sends to the other, when it is told to."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[Any, Any, bytes]] = deque()

    def carry(self) -> None:
        while self.waiting:
            to, tell, data = self.waiting.popleft()
            if not to.destroyed:
                tell(data)


class Plain:
    """A plain socket as far as its handler knows."""

    _transport = None
    writableLength = 0
    destroyed = False
    reading = True
    ended = False
    full = False
    _handler: Any = None
    peer: Plain

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.sent = b""

    def send(self, data: bytes) -> bool:
        self.sent += data
        self.wire.waiting.append((self.peer, lambda data: self.peer._handler.data(data), data))
        return not self.full

    def end(self) -> None:
        self.ended = True
        self.wire.waiting.append((self.peer, lambda _: self.peer._handler.eof(), b""))

    def destroy(self) -> None:
        self.destroyed = True
        self._handler.closed(None)

    def destroySoon(self) -> None:
        self.end()
        self.destroy()

    def stop_reading(self) -> None:
        self.reading = False

    def start_reading(self) -> None:
        self.reading = True


class End(asyncio.Protocol):
    """The secure socket of one end: what it hears, in order."""

    destroyed = False

    def __init__(self, wire: Wire) -> None:
        self.heard: list[Any] = []
        self.plain = Plain(wire)
        self.transport = SecureTransport(self.plain, self, self)  # type: ignore[arg-type]
        self.sessions: list[ssl.SSLSession] = []

    # as a protocol

    def data_received(self, data: bytes) -> None:
        self.heard.append(data)

    def eof_received(self) -> bool:
        self.heard.append("eof")
        return True

    def pause_writing(self) -> None:
        self.heard.append("pause")

    def resume_writing(self) -> None:
        self.heard.append("resume")

    def connection_lost(self, exc: Exception | None) -> None:
        self.heard.append("lost")

    # as an owner

    wants_session = True
    answers = True

    def greeted(self, data: bytes) -> bool:
        if self.answers:
            self.transport.begin(SERVER, server_side=True)
        return True

    def secured(self) -> None:
        self.heard.append("secured")

    def failed(self, exc: ssl.SSLError | None) -> None:
        self.destroyed = True
        self.heard.append(exc.reason if exc is not None else "ended")

    def resumable(self, session: ssl.SSLSession) -> None:
        self.sessions.append(session)

    def since(self) -> list[Any]:
        heard, self.heard = self.heard, []
        return heard


class Pair:
    def __init__(self) -> None:
        self.wire = Wire()
        self.client, self.server = End(self.wire), End(self.wire)
        self.client.plain.peer, self.server.plain.peer = self.server.plain, self.client.plain

    def secured(self, context: ssl.SSLContext = CLIENT, session: ssl.SSLSession | None = None) -> Pair:
        self.client.transport.begin(context, server_hostname="localhost", session=session)
        self.wire.carry()
        assert self.client.since() == ["pause", "secured", "resume"]
        assert self.server.since() == ["pause", "secured", "resume"]
        return self


def test_what_is_written_arrives_and_nobody_else_can_read_it() -> None:
    pair = Pair().secured()
    pair.client.transport.write(b"to the server")
    pair.server.transport.write(b"to the client")
    pair.wire.carry()
    assert (pair.client.since(), pair.server.since()) == ([b"to the client"], [b"to the server"])
    assert b"to the" not in pair.client.plain.sent + pair.server.plain.sent


def test_what_is_written_before_the_handshake_comes_with_its_end() -> None:
    pair = Pair()
    pair.client.transport.write(b"early ")
    pair.client.transport.write(b"bird")
    assert pair.client.transport.get_write_buffer_size() == 10
    pair.client.transport.begin(CLIENT, server_hostname="localhost")
    pair.wire.carry()
    assert pair.server.since() == ["pause", "secured", "resume", b"early bird"]
    assert pair.client.transport.get_write_buffer_size() == 0


def test_much_comes_in_one_piece_where_it_was_sent_in_one() -> None:
    pair = Pair().secured()
    pair.client.transport.write(b"x" * 1_000_000)
    pair.wire.carry()
    assert [len(each) for each in pair.server.since()] == [1_000_000]


@pytest.mark.parametrize("size", [1, 7, 100])
def test_bytes_come_as_they_come(size: int) -> None:
    pair = Pair().secured()
    pair.client.transport.write(b"hello")
    pair.client.transport.write(b"world")
    data = b"".join(data for _, _, data in pair.wire.waiting)
    for at in range(0, len(data), size):
        pair.server.transport.data(data[at : at + size])
    assert b"".join(pair.server.since()) == b"helloworld"


def test_one_side_may_end_and_still_be_told_things() -> None:
    pair = Pair().secured()
    pair.client.transport.write_eof()
    pair.wire.carry()
    assert pair.client.plain.ended
    assert pair.server.since() == ["eof"]
    pair.server.transport.write(b"the rest")
    pair.server.transport.write_eof()
    pair.wire.carry()
    assert pair.client.since() == [b"the rest", "eof"]


def test_a_connection_that_is_closed_says_goodbye() -> None:
    pair = Pair().secured()
    pair.server.transport.write(b"last words")
    pair.server.transport.close()
    pair.wire.carry()
    assert pair.client.since() == [b"last words", "eof"]
    assert pair.server.since() == ["lost"]
    assert pair.server.transport.is_closing()


def test_a_connection_that_is_cut_ends() -> None:
    pair = Pair().secured()
    pair.server.plain.end()
    pair.wire.carry()
    assert pair.client.since() == ["eof"]


def test_closing_waits_for_what_waits_for_the_handshake() -> None:
    pair = Pair()
    pair.client.transport.write(b"wait for me")
    pair.client.transport.close()
    pair.client.transport.begin(CLIENT, server_hostname="localhost")
    pair.wire.carry()
    assert pair.server.since() == ["pause", "secured", "resume", b"wait for me", "eof"]


def test_closing_with_nothing_to_say_needs_no_handshake() -> None:
    pair = Pair()
    pair.client.transport.close()
    assert pair.client.since() == ["pause", "lost"]


def test_back_pressure() -> None:
    pair = Pair().secured()
    pair.client.plain.full = True
    pair.client.transport.write(b"too much")
    pair.client.transport.write(b"even more")
    assert pair.client.since() == ["pause"]
    pair.client.plain.full = False
    pair.client.transport.drained()
    assert pair.client.since() == ["resume"]
    pair.server.transport.pause_reading()
    assert not pair.server.plain.reading
    pair.server.transport.resume_reading()
    assert pair.server.plain.reading


def test_a_pause_does_not_stop_the_handshake() -> None:
    pair = Pair()
    pair.server.transport.pause_reading()
    assert pair.server.plain.reading
    pair.secured()
    assert not pair.server.plain.reading


def test_who_is_not_trusted_is_told_nothing() -> None:
    pair = Pair()
    pair.client.transport.write(b"secret")
    pair.client.transport.begin(SecureContext({"ca": LOCALHOST["cert"]}).for_client(verify=True))
    greeting = pair.client.plain.sent
    pair.wire.carry()
    assert pair.client.since() == ["pause", "CERTIFICATE_VERIFY_FAILED"]
    assert pair.client.plain.sent == greeting


def test_nothing_is_sent_to_a_peer_the_owner_does_not_want() -> None:
    pair = Pair()
    client = pair.client

    def secured() -> None:
        client.destroyed = True

    client.secured = secured  # type: ignore[method-assign]
    client.transport.write(b"secret")
    client.transport.begin(CLIENT, server_hostname="localhost")
    greeting = client.plain.sent
    pair.wire.carry()
    assert client.plain.sent == greeting
    assert pair.server.since() == ["pause"]


def test_what_is_no_tls_is_refused() -> None:
    pair = Pair()
    pair.server.transport.data(b"GET / HTTP/1.1\r\n\r\n")
    assert pair.server.since() == ["pause", "HTTP_REQUEST"]


def test_an_end_before_the_handshake_is_none_of_its() -> None:
    pair = Pair()
    pair.client.transport.begin(CLIENT, server_hostname="localhost")
    pair.client.transport.eof()
    assert pair.client.since() == ["pause", "ended"]


def test_a_garbled_record_is_noticed() -> None:
    pair = Pair().secured()
    pair.client.transport.write(b"hello")
    _, _, data = pair.wire.waiting[0]
    pair.server.transport.data(data[:-1] + bytes([data[-1] ^ 1]))
    assert pair.server.since() == ["DECRYPTION_FAILED_OR_BAD_RECORD_MAC"]


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_a_session_is_offered_once_and_resumed(version: str) -> None:
    context = SecureContext({"ca": CA, "maxVersion": version}).for_client(verify=True)
    pair = Pair().secured(context)
    [session] = pair.client.sessions
    again = Pair().secured(context, session)
    assert again.client.transport.tls is not None
    assert again.client.transport.tls.session_reused


def test_nothing_is_kept_behind_the_goodbye() -> None:
    pair = Pair().secured()
    pair.client.transport.write_eof()
    pair.wire.carry()
    assert pair.server.since() == ["eof"]
    pair.server.transport.data(b"x" * 100_000)
    assert pair.server.transport._incoming.pending == 0


def test_nothing_more_is_read_while_somebody_decides() -> None:
    pair = Pair()
    pair.server.answers = False
    pair.client.transport.begin(CLIENT, server_hostname="localhost")
    pair.wire.carry()
    seen = [pair.server.plain.reading]
    pair.server.transport.resume_reading()
    seen.append(pair.server.plain.reading)
    pair.server.transport.begin(SERVER, server_side=True)
    seen.append(pair.server.plain.reading)
    assert seen == [False, False, True]
    pair.wire.carry()
    assert pair.server.since() == ["pause", "secured", "resume"]


@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_a_session_that_nobody_wants_is_not_asked_for(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[SecureTransport] = []
    monkeypatch.setattr(SecureTransport, "session", lambda transport: asked.append(transport))
    for wants in (False, True):
        pair = Pair()
        pair.client.wants_session = wants
        pair.secured(SecureContext({"ca": CA, "maxVersion": version}).for_client(verify=True))
        for _ in range(3):
            pair.server.transport.write(b"hello")
            pair.wire.carry()
        assert asked.count(pair.client.transport) == wants
