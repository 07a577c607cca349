"""WebSockets: frames and the handshake as bytes in, values out; a whole one over memory; and over real sockets."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import pytest

import httpkit as http
from httpkit import https, websocket, websocket_connection
from httpkit.abort import Event
from httpkit.encodings import utf8
from httpkit.errors import NodeError, report_with
from httpkit.net import Socket, SocketProtocol
from httpkit.server import Server
from httpkit.websocket import WebSocket
from httpkit.websocket_events import CloseEvent, MessageEvent
from httpkit.websocket_frames import (
    Close,
    FrameError,
    FrameReader,
    Message,
    Opcode,
    Ping,
    close_payload,
    frame,
    masked,
)
from httpkit.websocket_handshake import accept_for, address, disagreement, handshake_headers
from tests.certificates import CA, LOCALHOST
from tests.memory import MemoryTransport

KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # that of RFC 6455
GOODBYE = b"\x88\x02\x03\xe8"


@pytest.fixture
def reported() -> Iterator[list[BaseException]]:
    found: list[BaseException] = []
    report_with(found.append)
    yield found
    report_with(None)


class TestFrames:
    @pytest.mark.parametrize(
        ("received", "found"),
        [
            (b"\x81\x05Hello", [Message("Hello")]),
            (b"\x82\x03\x00\xff\x80", [Message(b"\x00\xff\x80")]),
            (b"\x81\x00\x82\x00", [Message(""), Message(b"")]),
            (b"\x01\x03Hel\x80\x02lo", [Message("Hello")]),
            (b"\x01\x01\xc3\x80\x01\xa9", [Message("é")]),
            (b"\x02\x00\x00\x00\x80\x00", [Message(b"")]),
            (b"\x01\x03Hel\x89\x02hi\x8a\x00\x80\x02lo", [Ping(b"hi"), Message("Hello")]),
            (b"\x81\x7e\x00\x7e" + b"x" * 126, [Message("x" * 126)]),
            (b"\x82\x7f" + (65536).to_bytes(8) + b"x" * 65536, [Message(b"x" * 65536)]),
            (b"\x88\x00", [Close(None, "")]),
            (b"\x88\x06\x0b\xb8bye!", [Close(3000, "bye!")]),
            (b"\x88\x02\x03\xe8\x81\x05Hello", [Close(1000, "")]),
        ],
    )
    def test_what_comes_is_the_same_in_one_piece_and_byte_by_byte(self, received: bytes, found: list[Any]) -> None:
        assert list(FrameReader().feed(received)) == found
        reader = FrameReader()
        bytewise: list[Any] = []
        for byte in received:
            bytewise += reader.feed(bytes([byte]))
            if bytewise and isinstance(bytewise[-1], Close):
                break
        assert bytewise == found

    @pytest.mark.parametrize(
        ("received", "code", "reason"),
        [
            (b"\x81\x81keyyA", 1002, "masked"),
            (b"\xc1\x00", 1002, "reserved"),
            (b"\xa1\x00", 1002, "reserved"),
            (b"\x91\x00", 1002, "reserved"),
            (b"\x83\x00", 1002, "unknown opcode 0x3"),
            (b"\x8b\x00", 1002, "unknown opcode 0xb"),
            (b"\x09\x00", 1002, "fragmented"),
            (b"\x89\x7e\x00\x7e", 1002, "125"),
            (b"\x80\x00", 1002, "continuation"),
            (b"\x01\x00\x81\x00", 1002, "inside"),
            (b"\x81\x7e\x00\x7d", 1002, "more bytes than it needs"),
            (b"\x81\x7f\x00\x00\x00\x00\x00\x00\xff\xff", 1002, "more bytes than it needs"),
            (b"\x88\x01\x03", 1002, "valid code"),
            *((b"\x88\x02" + code.to_bytes(2), 1002, "valid code") for code in (0, 999, 1004, 1005, 1006, 1015, 2999)),
            (b"\x88\x02\x13\x88", 1002, "valid code"),
            (b"\x88\x03\x03\xe8\xff", 1007, "UTF-8"),
            (b"\x81\x02\xc3\x28", 1007, "UTF-8"),
            (b"\x81\x03\xed\xa0\x80", 1007, "UTF-8"),
            (b"\x82\x7e\x03\xe9", 1009, "1001 bytes"),
            (b"\x82\x7f" + b"\xff" * 8, 1009, "at most 1000"),
            (b"\x02\x7e\x03\xe8" + b"x" * 1000 + b"\x80\x01", 1009, "1001 bytes"),
            (b"\x02\x00" + b"\x00\x00" * 3, 1008, "more than 3 fragments"),
        ],
    )
    def test_what_must_not_come_is_refused_as_soon_as_it_shows(self, received: bytes, code: int, reason: str) -> None:
        with pytest.raises(FrameError, match=reason) as caught:
            list(FrameReader(max_payload=1000, max_fragments=3).feed(received))
        assert caught.value.code == code
        assert len(utf8(caught.value.reason)) <= 123

    def test_what_came_before_a_broken_frame_is_told(self) -> None:
        feeding = FrameReader().feed(b"\x81\x02ok\x83\x00")
        assert next(feeding) == Message("ok")
        with pytest.raises(FrameError):
            next(feeding)

    @pytest.mark.parametrize(
        ("length", "head"),
        [(0, b"\x82\x80"), (125, b"\x82\xfd"), (126, b"\x82\xfe\x00\x7e"), (65535, b"\x82\xfe\xff\xff")],
    )
    def test_a_frame_is_masked_and_its_length_as_short_as_can_be(self, length: int, head: bytes) -> None:
        payload = bytes(index % 251 for index in range(length))
        assert frame(Opcode.BINARY, payload, b"\x01\x02\x03\x04") == head + b"\x01\x02\x03\x04" + masked(
            payload, b"\x01\x02\x03\x04"
        )
        assert masked(masked(payload, b"\x00\xff\x03\x80"), b"\x00\xff\x03\x80") == payload

    def test_the_example_of_the_rfc(self) -> None:
        assert frame(Opcode.TEXT, b"Hello", b"\x37\xfa\x21\x3d") == bytes.fromhex("818537fa213d7f9f4d5158")
        assert frame(Opcode.BINARY, bytes(65536), bytes(4))[:14] == b"\x82\xff" + (65536).to_bytes(8) + bytes(4)

    def test_every_frame_has_a_key_of_its_own(self) -> None:
        assert len({frame(Opcode.PING) for _ in range(8)}) == 8

    @pytest.mark.parametrize(
        ("code", "reason", "payload"),
        [(None, "", b""), (None, "é", b"\x03\xe8\xc3\xa9"), (4000, "", b"\x0f\xa0"), (1000, "bye", b"\x03\xe8bye")],
    )
    def test_a_goodbye(self, code: int | None, reason: str, payload: bytes) -> None:
        assert close_payload(code, reason) == payload

    @pytest.mark.parametrize(
        ("text", "data"), [("é", b"\xc3\xa9"), ("\ud83d\ude00", "😀".encode()), ("a\ud800b", b"a\xef\xbf\xbdb")]
    )
    def test_halves_of_characters(self, text: str, data: bytes) -> None:
        assert utf8(text) == data


class TestHandshake:
    AGREED: ClassVar = {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": accept_for(KEY)}

    def test_the_example_of_the_rfc(self) -> None:
        assert accept_for(KEY) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

    @pytest.mark.parametrize(
        ("changes", "offered"),
        [
            ({}, []),
            ({"upgrade": "WebSocket", "connection": "keep-alive, upgrade"}, []),
            ({"sec-websocket-protocol": "b"}, ["a", "b"]),
        ],
    )
    def test_an_agreement(self, changes: dict[str, str], offered: list[str]) -> None:
        assert disagreement(101, self.AGREED | changes, KEY, offered) is None

    @pytest.mark.parametrize(
        ("status", "changes", "offered", "reason"),
        [
            (200, {}, [], "status 200"),
            (101, {"upgrade": "chat"}, [], "Upgrade 'chat'"),
            (101, {"connection": "keep-alive"}, [], "Connection 'keep-alive'"),
            (101, {"sec-websocket-accept": "no"}, [], "Sec-WebSocket-Accept 'no'"),
            (101, {"sec-websocket-extensions": ""}, [], "Extensions ''"),
            (101, {}, ["a"], "Protocol None, expected one of ['a']"),
            (101, {"sec-websocket-protocol": "A"}, ["a"], "Protocol 'A'"),
            (101, {"sec-websocket-protocol": "a"}, [], "Protocol 'a', expected none"),
        ],
    )
    def test_a_disagreement(self, status: int, changes: dict[str, str], offered: list[str], reason: str) -> None:
        assert reason in str(disagreement(status, self.AGREED | changes, KEY, offered))

    def test_where_it_goes(self) -> None:
        found = address("wss://ann:p%20w@Example.com:8443/a b?c")
        assert (found.url, found.origin) == ("wss://ann:p%20w@example.com:8443/a%20b?c", "wss://example.com:8443")
        assert found.options == {
            "protocol": "https:",
            "hostname": "example.com",
            "port": 8443,
            "path": "/a%20b?c",
            "auth": "ann:p w",
        }

    def test_its_own_headers_are_nobody_elses(self) -> None:
        headers = handshake_headers([("X", "1"), ("X", "2"), ("Y", "3")], KEY, ["a", "b"])
        assert (headers["X"], headers["Y"], headers["Sec-WebSocket-Protocol"]) == (["1", "2"], "3", "a, b")
        for name in ("Sec-WebSocket-Key", "upgrade", "CONNECTION", "sec-websocket-extensions"):
            with pytest.raises(TypeError, match=name):
                handshake_headers({name: "x"}, KEY, [])


class TestEvents:
    def test_what_a_message_holds(self) -> None:
        empty, full = MessageEvent("message"), MessageEvent("message", {"data": b"x"}, origin="ws://a")
        assert (empty.type, empty.target, empty.data, empty.origin, empty.lastEventId) == (
            "message",
            None,
            None,
            "",
            "",
        )
        assert (empty.source, empty.ports) == (None, ())
        assert (full.data, full.origin, repr(full)) == (b"x", "ws://a", "<MessageEvent message data=b'x'>")

    def test_what_a_close_holds(self) -> None:
        empty, full = CloseEvent("close"), CloseEvent("close", {"wasClean": True, "code": 1000}, reason="bye")
        assert (empty.wasClean, empty.code, empty.reason) == (False, 0, "")
        assert repr(full) == "<CloseEvent close code=1000 reason='bye' wasClean=True>"
        with pytest.raises(TypeError, match="code"):
            CloseEvent("close", code="1000")


async def turns_until(holds: Callable[[], bool]) -> None:
    """A few turns of the loop; nothing here waits for anything outside of it."""
    for _ in range(100):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came to hold")


class Wire:
    """A WebSocket whose other end are the bytes it is given."""

    def __init__(self, options: dict[str, Any] | None = None) -> None:
        self.socket = Socket()
        self.protocol = SocketProtocol(self.socket)
        self.transport = MemoryTransport(self.protocol)
        self.protocol.connection_made(self.transport)
        self.ws = WebSocket("ws://example.com/chat", {"createConnection": lambda *_: self.socket, **(options or {})})
        self.told: list[Any] = []
        self.ws.onopen = lambda event: self.told.append("open")
        self.ws.onerror = lambda event: self.told.append(event.message)
        self.ws.onclose = lambda event: self.told.append((event.code, event.reason, event.wasClean))

    async def open(self, first: bytes = b"") -> None:
        await turns_until(lambda: b"\r\n\r\n" in self.transport.written)
        key = re.search(rb"Sec-WebSocket-Key: (\S+)", self.transport.written)
        assert key is not None
        self.transport.written = b""
        self.receive(
            b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Sec-WebSocket-Accept: " + accept_for(key[1].decode()).encode() + b"\r\n\r\n" + first
        )

    def receive(self, data: bytes) -> None:
        self.protocol.data_received(data)

    def is_read(self) -> bool:
        """Whether the client takes what is sent to it."""
        return self.transport.reading

    @property
    def sent(self) -> list[tuple[int, bytes]]:
        """The frames sent since the last look: first byte and payload."""
        data, self.transport.written = self.transport.written, b""
        return list(unmasked(data))


def unmasked(data: bytes) -> Iterator[tuple[int, bytes]]:
    while data:
        assert data[1] & 0x80, "a client masks"
        extra = {126: 2, 127: 8}.get(data[1] & 0x7F, 0)
        length = int.from_bytes(data[2 : 2 + extra]) if extra else data[1] & 0x7F
        start = 6 + extra
        yield data[0], masked(data[start : start + length], data[2 + extra : start])
        data = data[start + length :]


def over_memory(program: Callable[[Wire], Awaitable[None]], options: dict[str, Any] | None = None) -> Wire:
    async def main() -> Wire:
        wire = Wire(options)
        await wire.open()
        await program(wire)
        return wire

    return asyncio.run(main())


def test_messages_both_ways() -> None:
    async def program(wire: Wire) -> None:
        heard: list[Any] = []
        wire.ws.onmessage = lambda event: heard.append((event.data, event.origin, event.target is wire.ws))
        wire.ws.send("é")
        wire.ws.send(bytearray(b"\x00\x01"))
        wire.ws.send(memoryview(b"\x02"))
        assert wire.ws.bufferedAmount == 5
        wire.receive(b"\x81\x02hi\x82\x01\xff")
        assert wire.ws.bufferedAmount == 0
        assert wire.sent == [(0x81, b"\xc3\xa9"), (0x82, b"\x00\x01"), (0x82, b"\x02")]
        assert heard == [("hi", "ws://example.com", True), (b"\xff", "ws://example.com", True)]
        with pytest.raises(TypeError, match="str or bytes"):
            wire.ws.send(1)

    assert over_memory(program).told == ["open"]


def test_a_goodbye_is_answered_and_what_follows_means_nothing() -> None:
    async def program(wire: Wire) -> None:
        heard: list[Any] = []
        wire.ws.onmessage = heard.append
        wire.receive(b"\x88\x05\x0b\xb8bye\x81\x02hi")
        wire.receive(b"\x81\x02hi\x83\x00")
        wire.ws.send("late")
        assert (wire.sent, heard, wire.ws.readyState) == ([(0x88, b"\x0b\xb8")], [], WebSocket.CLOSING)
        assert not wire.transport.closed
        wire.protocol.eof_received()
        assert wire.ws.readyState == WebSocket.CLOSED

    assert over_memory(program).told == ["open", (3000, "bye", True)]


def test_messages_that_come_after_our_goodbye_are_not_wanted() -> None:
    async def program(wire: Wire) -> None:
        wire.ws.onmessage = lambda event: wire.told.append(event.data)
        wire.ws.close(3001, "done")
        wire.ws.close(3002)
        wire.receive(b"\x81\x02hi\x89\x00" + GOODBYE)
        wire.protocol.eof_received()
        assert wire.sent == [(0x88, b"\x0b\xb9done")]

    assert over_memory(program).told == ["open", (1000, "", True)]


def test_a_broken_frame_is_answered_with_its_code() -> None:
    async def program(wire: Wire) -> None:
        wire.receive(b"\x81\x05Hello")
        [(first, payload)] = wire.sent
        assert (first, payload[:2]) == (0x88, (1009).to_bytes(2))
        await turns_until(lambda: wire.transport.closed)

    reason = "Got a message of 5 bytes or more, expected at most 4: closed with 1009."
    assert over_memory(program, {"maxPayloadSize": 4}).told == ["open", reason, (1006, "", False)]


def test_frames_that_come_with_the_handshake_follow_open() -> None:
    async def main() -> list[Any]:
        wire = Wire()
        wire.ws.onmessage = lambda event: wire.told.append(event.data)
        await wire.open(b"\x81\x02hi")
        return wire.told

    assert asyncio.run(main()) == ["open", "hi"]


def test_a_server_that_asks_and_never_reads_has_to_wait() -> None:
    async def program(wire: Wire) -> None:
        wire.protocol.pause_writing()
        wire.receive(b"\x89\x01a")
        assert wire.is_read()
        wire.socket.writableHighWaterMark = 0
        wire.receive(b"\x89\x01b")
        assert not wire.is_read()
        wire.protocol.resume_writing()
        await turns_until(wire.is_read)
        assert wire.sent == [(0x8A, b"a"), (0x8A, b"b")]

    over_memory(program)


def test_an_iteration_makes_the_server_wait_when_it_is_too_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "_INBOX_BYTES", 300)

    async def program(wire: Wire) -> None:
        wire.receive(b"\x81\x01-")
        assert wire.ws._inbox_bytes == 0, "made here, and nobody has asked"
        assert await wire.ws is wire.ws
        for text in (b"a", b"b", b"c"):
            wire.receive(b"\x81\x01" + text)
        assert wire.is_read()
        assert await anext(wire.ws) == "b", "the oldest has made room"
        wire.receive(b"\x81\x01d\x81\x01e")
        assert not wire.is_read()
        assert [await anext(wire.ws) for _ in "cde"] == ["c", "d", "e"]
        assert wire.is_read()
        wire.receive(GOODBYE)
        wire.protocol.eof_received()
        with pytest.raises(StopAsyncIteration):
            await anext(wire.ws)

    over_memory(program)


def test_a_goodbye_gets_past_an_inbox_that_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "_INBOX_BYTES", 1)

    async def program(wire: Wire) -> None:
        wire.receive(b"\x81\x01a")
        asking = asyncio.ensure_future(anext(wire.ws))
        await asyncio.sleep(0)
        wire.receive(b"\x81\x01a\x81\x01b")
        assert not wire.is_read()
        wire.ws.close()
        assert wire.is_read()
        assert await asking == "a"

    over_memory(program)


def test_an_iteration_raises_why_the_connection_failed() -> None:
    async def program(wire: Wire) -> None:
        asking = asyncio.ensure_future(anext(wire.ws))
        await asyncio.sleep(0)
        wire.protocol.eof_received()
        with pytest.raises(NodeError, match="did not say goodbye") as caught:
            await asking
        assert caught.value.code == "ERR_WEBSOCKET_FAILED"

    over_memory(program)


def test_listeners(reported: list[BaseException]) -> None:
    async def program(wire: Wire) -> None:
        heard: list[str] = []
        first, second = (lambda event: heard.append("first")), (lambda event: heard.append("second"))

        def fails(event: Event) -> None:
            raise ValueError(event.type)

        wire.ws.addEventListener("message", fails)
        wire.ws.addEventListener("message", first)
        wire.ws.addEventListener("message", first)
        wire.ws.addEventListener("message", second, {"once": True})
        wire.ws.onmessage = second
        wire.ws.onmessage = None
        assert wire.ws.onmessage is None
        wire.receive(b"\x81\x00")
        wire.ws.removeEventListener("message", fails)
        wire.receive(b"\x81\x00\x81\x00")
        wire.ws.removeEventListener("message", first)
        wire.receive(b"\x81\x00")
        assert heard == ["first", "first"]
        assert [str(each) for each in reported] == ["message"]

    over_memory(program)


def test_it_shows_its_state() -> None:
    async def program(wire: Wire) -> None:
        assert repr(wire.ws) == "<WebSocket ws://example.com OPEN>"
        wire.receive(b"\x83\x00")
        assert repr(wire.ws).startswith("<WebSocket ws://example.com CLOSING: Got unknown opcode 0x3")

    over_memory(program)


@pytest.mark.parametrize("options", [{"maxPayloadSize": 0}, {"maxPayloadSize": "1"}, {"maxFragments": None}])
def test_limits_that_are_none(options: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError), match="options.max"):
        WebSocket("ws://example.com", options)


# --- over real sockets


def agree_and(server: Server, talk: Callable[[Socket], Any]) -> None:
    """Agree to any upgrade, then do what `talk` says."""

    @server.on("upgrade")
    def upgraded(req: Any, socket: Socket, head: bytes) -> None:
        socket.on("error", lambda err: None)
        socket.write(
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            f"Sec-WebSocket-Accept: {accept_for(req.headers['sec-websocket-key'])}\r\n\r\n"
        )
        talk(socket)
        # Read, though nobody asks: otherwise it would not notice that the client has left.
        socket.resume()


@asynccontextmanager
async def serving(server: Server, talk: Callable[[Socket], Any]) -> AsyncIterator[int]:
    """The port of a server that talks so."""
    agree_and(server, talk)
    server.listen(0, "127.0.0.1")
    yield port_of(server)
    server.close()


def port_of(server: Server) -> int:
    where = server.address()
    assert isinstance(where, dict)
    port: int = where["port"]
    return port


def greet(socket: Socket) -> None:
    """Say one word, and goodbye to every client that says it first."""
    socket.write(b"\x81\x05Hello")
    socket.on("data", lambda data: socket.end(GOODBYE) if data[0] == 0x88 else None)


def test_a_conversation_in_an_asyncio_program() -> None:
    async def main() -> None:
        async with serving(http.createServer(), greet) as port:
            async with WebSocket(f"ws://127.0.0.1:{port}") as ws:
                async for text in ws:
                    assert text == "Hello"
                    ws.close(3000, "enough")
            assert (ws.readyState, repr(ws)) == (WebSocket.CLOSED, f"<WebSocket ws://127.0.0.1:{port} CLOSED>")

    asyncio.run(main())


def test_over_tls() -> None:
    async def main() -> None:
        async with serving(https.createServer(LOCALHOST), greet) as port:
            async with WebSocket(f"wss://localhost:{port}", ca=CA, family=4) as ws:
                assert await anext(ws) == "Hello"
            with pytest.raises(NodeError, match="certificate"):
                await WebSocket(f"wss://localhost:{port}", family=4)

    asyncio.run(main())


def closed(ws: WebSocket) -> asyncio.Future[tuple[int, bool]]:
    """Code and wasClean of the end."""
    outcome: asyncio.Future[tuple[int, bool]] = asyncio.get_running_loop().create_future()
    ws.onclose = lambda event: outcome.set_result((event.code, event.wasClean))
    return outcome


@pytest.mark.parametrize(("farewell", "outcome"), [(b"", (1006, False)), (GOODBYE, (1000, True))])
def test_a_server_that_never_hangs_up(
    farewell: bytes, outcome: tuple[int, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(websocket_connection, "_CLOSING_MS", 1)

    async def main() -> None:
        async with serving(http.createServer(), lambda socket: socket.write(farewell)) as port:
            ws = WebSocket(f"ws://127.0.0.1:{port}")
            end = closed(ws)
            await ws
            if not farewell:
                ws.close()
            assert await end == outcome

    asyncio.run(main())


def test_a_server_that_never_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "_OPENING_MS", 1)

    async def main() -> None:
        server = http.createServer()
        server.on("upgrade", lambda req, socket, head: socket.resume())
        server.listen(0, "127.0.0.1")
        with pytest.raises(NodeError, match="Not open after 1 ms"):
            await WebSocket(f"ws://127.0.0.1:{port_of(server)}")
        server.close()

    asyncio.run(main())


def test_who_waits_no_more_gives_it_up() -> None:
    async def main() -> None:
        server = http.createServer()
        asked: asyncio.Future[Socket] = asyncio.get_running_loop().create_future()
        server.on("upgrade", lambda req, socket, head: asked.set_result(socket))
        server.listen(0, "127.0.0.1")
        ws = WebSocket(f"ws://127.0.0.1:{port_of(server)}")

        async def wait() -> None:
            await ws

        waiting = asyncio.ensure_future(wait())
        socket = await asked
        end = closed(ws)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await end == (1006, False)
        socket.destroy()
        server.close()

    asyncio.run(main())


def test_a_connection_refused_is_told_to_who_awaits_it() -> None:
    async def main() -> None:
        ws = WebSocket("ws://127.0.0.1:1")
        with pytest.raises(OSError, match="ECONNREFUSED"):
            await ws
        with pytest.raises(OSError, match="ECONNREFUSED"):
            await anext(ws)

    asyncio.run(main())


def test_given_up_before_it_is_open_it_ends_like_any_other() -> None:
    async def main() -> None:
        ws = WebSocket("ws://127.0.0.1:1")
        told: list[str] = []
        ws.onerror = lambda event: told.append(event.message)
        end = closed(ws)
        ws.close()
        ws.close()
        assert (ws.readyState, told) == (WebSocket.CLOSING, [])
        assert await end == (1006, False)
        assert (ws.readyState, told) == (WebSocket.CLOSED, ["Closed before the connection was established."])

    asyncio.run(main())


def test_from_another_thread_nothing_is_missed() -> None:
    """As in a notebook, where the listeners may come in a later cell."""
    server = http.createServer()
    agree_and(server, lambda socket: socket.end(b"\x81\x03one\x81\x03two" + GOODBYE))
    server.listen(0, "127.0.0.1")
    try:
        ws = WebSocket(f"ws://127.0.0.1:{port_of(server)}")
        over, told, heard = threading.Event(), list[Any](), threading.Semaphore(0)

        def listener(event: Event) -> None:
            told.append(event.data if isinstance(event, MessageEvent) else event.type)
            heard.release()

        ws.addEventListener("close", lambda event: over.set())
        assert over.wait(30)
        for name in ("open", "message", "close"):
            ws.addEventListener(name, listener)
        for _ in range(4):
            assert heard.acquire(timeout=30)
        assert told == ["open", "one", "two", "close"]
    finally:
        server.close()


PROGRAM = """
import httpkit as http
from httpkit.websocket import WebSocket
from httpkit.websocket_handshake import accept_for

server = http.createServer()

@server.on("upgrade")
def upgraded(req, socket, head):
    socket.write(
        "HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n"
        f"Sec-WebSocket-Accept: {accept_for(req.headers['sec-websocket-key'])}\\r\\n\\r\\n"
    )
    socket.end(b"\\x81\\x05Hello\\x88\\x00")
    socket.resume()
    server.close()

server.listen(0, "127.0.0.1")
ws = WebSocket(f"ws://127.0.0.1:{server.address()['port']}")
ws.onmessage = lambda event: print(event.data)
ws.onclose = lambda event: print(event.code)
"""


def test_a_plain_script_ends_with_its_connections() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "Hello\n1005\n", "")
