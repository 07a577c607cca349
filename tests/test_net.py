"""A socket over a transport in memory, over any duplex stream, and its options on a real one."""

from __future__ import annotations

import asyncio
import socket as sockets
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from httpkit.abort import AbortController
from httpkit.duplex import PassThrough
from httpkit.errors import NodeError
from httpkit.events import EventEmitter
from httpkit.net import Socket, SocketProtocol
from tests.memory import MemoryTransport


class Duck(EventEmitter):
    """The least a duplex stream has to be. What is written waits in `written`; `room` says whether there is more."""

    def __init__(self, room: bool = True) -> None:
        super().__init__()
        self.room = room
        self.written = b""
        self.calls: list[str] = []

    def write(self, chunk: bytes, callback: Any = None) -> bool:
        self.written += chunk
        return self.room

    def end(self) -> None:
        self.calls.append("end")

    def destroy(self, err: BaseException | None = None) -> None:
        self.calls.append("destroy")

    def pause(self) -> None:
        self.calls.append("pause")

    def resume(self) -> None:
        self.calls.append("resume")


def record(socket: Socket) -> list[Any]:
    """What the socket emits from now on."""
    seen: list[Any] = []
    for event in ("data", "end", "drain", "finish", "error", "close"):
        socket.on(event, lambda *args, event=event: seen.append((event, *args)))
    return seen


async def turns() -> None:
    """Until nothing is left to be done at once."""
    for _ in range(5):
        await asyncio.sleep(0)


def run(program: Callable[[], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        return await program()

    return asyncio.run(main())


def over_memory() -> tuple[Socket, MemoryTransport]:
    socket = Socket()
    protocol = SocketProtocol(socket)
    transport = MemoryTransport(protocol)
    protocol.connection_made(transport)
    return socket, transport


# --- over a duplex stream


def test_bytes_go_both_ways() -> None:
    async def program() -> None:
        duck = Duck()
        socket = Socket.over(duck)
        seen = record(socket)
        duck.emit("data", b"hello")
        duck.emit("data", bytearray(b" you"))
        socket.write("answer")
        await turns()
        assert seen == [("data", b"hello"), ("data", b" you")]
        assert duck.written == b"answer"
        assert (socket.bytesRead, socket.bytesWritten, socket.remoteAddress, socket.readyState) == (9, 6, None, "open")

    run(program)


def test_a_socket_is_used_as_it_is() -> None:
    async def program() -> bool:
        socket = Socket()
        return Socket.over(socket) is socket

    assert run(program)


def test_a_full_stream_makes_the_writer_wait() -> None:
    async def program() -> tuple[list[Any], list[Any]]:
        duck = Duck(room=False)
        socket = Socket.over(duck)
        seen = record(socket)
        told: list[Any] = [socket.write("one", lambda: told.append("one is out")), socket.write("two")]
        await turns()
        before = list(seen)
        duck.emit("drain")
        await turns()
        assert before == []
        return seen, told

    assert run(program) == ([("drain",)], [False, False, "one is out"])


def test_a_reader_that_waits_stops_the_stream() -> None:
    async def program() -> list[str]:
        duck = Duck()
        socket = Socket.over(duck)
        socket.readableHighWaterMark = 4
        duck.emit("data", b"more than that")
        await turns()
        duck.calls.append("read")
        socket.resume()
        await turns()
        return list(duck.calls)

    assert run(program) == ["pause", "resume", "pause", "read", "resume"]


def test_the_end_of_the_stream_is_half_of_the_end() -> None:
    async def program() -> tuple[list[Any], list[str], bytes]:
        duck = Duck()
        socket = Socket.over(duck)
        socket.allowHalfOpen = True
        seen = record(socket)
        duck.emit("end")
        await turns()
        socket.end("last words")
        await turns()
        return seen, duck.calls, duck.written

    seen, calls, written = run(program)
    assert seen == [("end",), ("finish",), ("close", False)]
    assert calls == ["pause", "resume", "end", "destroy"]
    assert written == b"last words"


def test_what_arrived_before_the_stream_closed_is_read() -> None:
    async def program() -> list[Any]:
        duck = Duck()
        seen = record(Socket.over(duck))
        duck.emit("data", b"all")
        duck.emit("close")
        await turns()
        return seen

    assert run(program) == [("data", b"all"), ("close", False)]


def test_an_error_of_the_stream_is_one_of_the_socket() -> None:
    failure = RuntimeError("cable cut")

    async def program() -> tuple[list[Any], list[str]]:
        duck = Duck()
        seen = record(Socket.over(duck))
        duck.emit("error", failure)
        duck.emit("close")
        await turns()
        return seen, duck.calls

    seen, calls = run(program)
    assert seen == [("error", failure), ("close", True)]
    assert calls[-1] == "destroy"


def test_a_stream_that_cannot_write_fails() -> None:
    failure = RuntimeError("read only")

    async def program() -> list[Any]:
        duck = Duck()

        def write(chunk: bytes, callback: Any = None) -> bool:
            raise failure

        duck.write = write  # type: ignore[method-assign]
        socket = Socket.over(duck)
        seen = record(socket)
        socket.write("x")
        await turns()
        return seen

    assert run(program) == [("error", failure), ("close", True)]


def test_text_and_objects_are_not_bytes() -> None:
    async def program() -> list[Any]:
        told: list[Any] = []
        for chunk, objects in (("text", False), (b"bytes", True)):
            duck = Duck()
            duck.readableObjectMode = objects  # type: ignore[attr-defined]
            socket = Socket.over(duck)
            socket.on("error", lambda err: told.append(err.code))
            duck.emit("data", chunk)
            await turns()
        return told

    assert run(program) == ["ERR_STREAM_WRAP", "ERR_STREAM_WRAP"]


def test_destroy_destroys_the_stream() -> None:
    async def program() -> tuple[list[Any], list[str]]:
        duck = Duck()
        socket = Socket.over(duck)
        seen = record(socket)
        socket.destroy()
        duck.emit("data", b"too late")
        await turns()
        return seen, duck.calls

    seen, calls = run(program)
    assert seen == [("close", False)]
    assert calls[-1] == "destroy"


@pytest.mark.parametrize("room", [True, False])
def test_destroy_soon_waits_until_the_stream_has_taken_all(room: bool) -> None:
    async def program() -> tuple[list[str], list[str]]:
        duck = Duck(room)
        socket = Socket.over(duck)
        socket.write("x")
        socket.destroySoon()
        await turns()
        before = list(duck.calls)
        duck.emit("drain")
        await turns()
        return before, duck.calls

    before, after = run(program)
    assert after == ["pause", "resume", "end", "destroy"]
    assert before == (after if room else after[:-1])


@pytest.mark.parametrize(("fact", "seen"), [("destroyed", ["close"]), ("readableEnded", ["end", "finish", "close"])])
def test_a_stream_that_is_over_already(fact: str, seen: list[str]) -> None:
    async def program() -> list[str]:
        duck = Duck()
        setattr(duck, fact, True)
        told = record(Socket.over(duck))
        await turns()
        return [event for event, *_ in told]

    assert run(program) == seen


def test_a_stream_may_emit_in_another_thread() -> None:
    async def program() -> tuple[list[Any], bool]:
        duck = Duck()
        socket = Socket.over(duck)
        here = threading.get_ident()
        told: list[Any] = []
        arrived = asyncio.Event()

        def data(chunk: bytes) -> None:
            told.append((chunk, threading.get_ident() == here))
            arrived.set()

        socket.on("data", data)
        thread = threading.Thread(target=duck.emit, args=("data", b"from afar"))
        thread.start()
        await arrived.wait()
        thread.join()
        return told, socket.destroyed

    assert run(program) == ([(b"from afar", True)], False)


@pytest.mark.parametrize("value", [None, 5, object(), EventEmitter()])
def test_what_is_no_stream(value: Any) -> None:
    async def program() -> None:
        Socket.over(value)

    with pytest.raises(NodeError) as failed:
        run(program)
    assert failed.value.code == "ERR_INVALID_ARG_TYPE"


# --- over a transport


def test_what_listeners_of_connect_write_waits_until_bytes_may_flow() -> None:
    async def program() -> tuple[bytes, bytes]:
        class Careful(Socket):
            before = b""

            def _start(self) -> None:
                self.before = transport.written
                super()._start()

        socket = Careful()
        socket.connecting = True
        socket.on("connect", lambda: socket.write("secret"))
        protocol = SocketProtocol(socket)
        transport = MemoryTransport(protocol)
        protocol.connection_made(transport)
        return socket.before, transport.written

    assert run(program) == (b"", b"secret")


def test_encoding_is_refused_while_a_server_speaks_http() -> None:
    async def program() -> str:
        socket, _ = over_memory()
        socket.setEncoding("utf8")
        other, _ = over_memory()
        other.server = other._handler = object()  # type: ignore[assignment]
        with pytest.raises(NodeError) as failed:
            other.setEncoding("utf8")
        other._handler = None
        other.setEncoding("utf8")
        return failed.value.code

    assert run(program) == "ERR_HTTP_SOCKET_ENCODING"


def test_a_slow_peer_is_no_idle_one() -> None:
    async def program() -> list[str]:
        socket, transport = over_memory()
        told: list[str] = []
        socket.on("timeout", lambda: told.append("timeout"))
        socket.setTimeout(60_000)
        left = [100, 50, 50]
        transport.get_write_buffer_size = lambda: left[0]  # type: ignore[method-assign]
        socket._full = True
        socket.send(b"x" * 100)
        for _ in range(2):
            left.pop(0)
            socket._timed_out()
            told.append(f"{left[0]} bytes left")
        socket.destroy()
        await turns()
        return told

    assert run(program) == ["50 bytes left", "timeout", "50 bytes left"]


def test_a_signal_that_was_aborted_before() -> None:
    controller = AbortController()
    controller.abort()

    async def program() -> list[Any]:
        socket = Socket()
        seen = record(socket)
        socket.connect(80, "127.0.0.1", signal=controller.signal)
        await turns()
        return [(event, getattr(args[0], "code", args[0])) for event, *args in seen]

    assert run(program) == [("error", "ABORT_ERR"), ("close", True)]


# --- on a real connection


async def connected(**options: Any) -> tuple[Socket, sockets.socket]:
    """A socket, and the listening one it is connected to."""
    listening = sockets.create_server(("127.0.0.1", 0))
    socket = Socket()
    opened = asyncio.Event()
    socket.connect(listening.getsockname()[1], "127.0.0.1", opened.set, **options)
    await opened.wait()
    return socket, listening


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_closed_as_soon_as_it_is_open(loop: str) -> None:
    async def program() -> list[Any]:
        with sockets.create_server(("127.0.0.1", 0)) as listening:
            socket = Socket()
            seen = record(socket)
            closed = asyncio.Event()
            socket.on("close", lambda *_: closed.set())
            socket.connect(listening.getsockname()[1], "127.0.0.1", socket.destroy)
            await closed.wait()
            return seen

    factory = pytest.importorskip("uvloop").new_event_loop if loop == "uvloop" else asyncio.SelectorEventLoop
    with asyncio.Runner(loop_factory=factory) as runner:
        assert runner.run(program()) == [("close", False)]


def option(socket: Socket, level: int, name: int) -> int:
    assert socket._transport is not None
    value: int = socket._transport.get_extra_info("socket").getsockopt(level, name)
    return value


@pytest.mark.skipif(not hasattr(sockets, "TCP_KEEPIDLE"), reason="macOS and Windows have other names")
def test_options_are_kept_for_the_connection() -> None:
    async def program() -> list[int]:
        socket, listening = await connected(
            noDelay=False, keepAlive=True, keepAliveInitialDelay=3500, typeOfService=0x10
        )
        names = ("TCP_NODELAY", "TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT")
        found = [option(socket, sockets.IPPROTO_TCP, getattr(sockets, name)) for name in names]
        found += [option(socket, sockets.SOL_SOCKET, sockets.SO_KEEPALIVE), socket.getTypeOfService()]
        socket.setKeepAlive({"enable": True, "initialDelay": 2000, "interval": 4000, "count": 5})
        socket.setTypeOfService(0x08).setNoDelay()
        found += [option(socket, sockets.IPPROTO_TCP, getattr(sockets, name)) for name in names]
        found.append(socket.getTypeOfService())
        socket.setKeepAlive(False)
        found.append(option(socket, sockets.SOL_SOCKET, sockets.SO_KEEPALIVE))
        socket.destroy()
        listening.close()
        await turns()
        return found

    assert run(program) == [0, 3, 1, 10, 1, 0x10, 1, 2, 4, 5, 0x08, 0]


@pytest.mark.parametrize("options", [{"keepAlive": True, "keepAliveInitialDelay": "1"}, {"signal": 5}])
def test_options_of_the_wrong_type(options: dict[str, Any]) -> None:
    async def program() -> None:
        Socket().connect(80, "127.0.0.1", **options)

    with pytest.raises(NodeError) as failed:
        run(program)
    assert failed.value.code == "ERR_INVALID_ARG_TYPE"


def test_ipv6() -> None:
    try:
        listening = sockets.create_server(("::1", 0), family=sockets.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")

    async def program() -> tuple[Any, ...]:
        socket = Socket()
        opened = asyncio.Event()
        socket.connect(listening.getsockname()[1], "::1", opened.set)
        await opened.wait()
        socket.setTypeOfService(0x10)
        ends = (socket.remoteAddress, socket.remoteFamily, socket.address()["family"], socket.getTypeOfService())
        socket.destroy()
        listening.close()
        await turns()
        return ends

    assert run(program) == ("::1", "IPv6", "IPv6", 0x10)


def test_a_stream_of_another_loop_is_refused() -> None:
    async def made() -> PassThrough:
        return PassThrough()

    stream = asyncio.run(made())

    async def main() -> None:
        with pytest.raises(NodeError, match="lives on another event loop than what it is given to"):
            Socket.over(stream)

    asyncio.run(main())
