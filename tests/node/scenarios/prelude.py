"""What every scenario may use; prelude.js offers the same under the same names. The raw peers know nothing
of HTTP: they send the text they are given and keep what they receive, one character per byte (latin1)."""

import asyncio
import atexit
import json
import os
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import Any

PATIENCE = 10.0  # seconds until a scenario that waits for something that never comes gives up

# Errors whose message names a type or a value in the language's own words.
OWN_WORDS = {
    "ERR_HTTP_INVALID_HEADER_VALUE",
    "ERR_INVALID_ARG_TYPE",
    "ERR_INVALID_ARG_VALUE",
    "ERR_OUT_OF_RANGE",
    "ERR_SOCKET_BAD_PORT",
}

record: dict[str, list[Any]] = {}  # lane -> entries; order is kept, and compared, within a lane


def log(lane: str, *entry: Any) -> None:
    record.setdefault(lane, []).append(plain(entry[0]) if len(entry) == 1 else [plain(value) for value in entry])


def plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return "Infinity" if value == float("inf") else int(value) if value.is_integer() else value
    if isinstance(value, bytes | bytearray | memoryview):
        return {"bytes": bytes(value).decode("latin1")}
    if isinstance(value, BaseException):
        code = getattr(value, "code", None)
        return {"code": code} if code in OWN_WORDS else {"code": code, "message": str(value)}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    raise TypeError(f"cannot log a {type(value).__name__}")


def watch(lane: str, name: str, emitter: Any, *events: str) -> None:
    def listener(event: str) -> Callable[..., None]:
        return lambda *args: log(lane, f"{name} {event}", *(arg for arg in args if isinstance(arg, BaseException)))

    for event in events:
        emitter.on(event, listener(event))


def attempt(lane: str, name: str, action: Callable[[], Any]) -> None:
    try:
        action()
    except Exception as error:  # noqa: BLE001 - what it was is the point
        log(lane, name, error)
    else:
        log(lane, name, "ok")


class gate:  # lower case as in prelude.js, where it is a function
    def __init__(self) -> None:
        self._future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def open(self, *args: Any) -> None:
        if not self._future.done():
            self._future.set_result(args[0] if args else None)

    def __await__(self) -> Generator[Any, None, Any]:
        return self._future.__await__()


def once(emitter: Any, event: str) -> gate:
    opened = gate()
    emitter.once(event, opened.open)
    return opened


async def tick() -> None:
    await asyncio.sleep(0)


async def sleep(ms: float) -> None:
    await asyncio.sleep(ms / 1000)


async def listen(server: Any) -> int:
    listening = once(server, "listening")
    server.listen(0, "127.0.0.1")
    await listening
    port: int = server.address()["port"]
    return port


async def body(message: Any) -> bytes:
    chunks: list[bytes] = []
    message.on("data", lambda chunk: chunks.append(chunk.encode() if isinstance(chunk, str) else chunk))
    await once(message, "end")
    return b"".join(chunks)


class Peer(asyncio.Protocol):
    def __init__(self, handler: Callable[["Peer"], Awaitable[None]] | None = None) -> None:
        self._handler = handler
        self.packets = 0  # how often something arrived
        self._received = ""
        self._closed = False
        self._changed = gate()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.socket = transport
        if self._handler:
            self._task = asyncio.ensure_future(self._handler(self))
            self._task.add_done_callback(lambda task: task.result())  # a failing handler is reported, not swallowed

    def data_received(self, data: bytes) -> None:
        self._received += data.decode("latin1")
        self.packets += 1
        self._change()

    def connection_lost(self, error: Exception | None) -> None:
        self._closed = True
        self._change()

    def _change(self) -> None:
        self._changed.open()
        self._changed = gate()

    def send(self, text: str) -> None:
        self.socket.write(text.encode("latin1"))

    async def until(self, marker: str) -> str:
        """The text up to and including `marker`; what there is plus '<closed>' when the other side hangs up first."""
        while (at := self._received.find(marker)) < 0:
            if self._closed:
                return self._take(len(self._received)) + "<closed>"
            await self._changed
        return self._take(at + len(marker))

    async def rest(self) -> str:
        """Everything until the other side hangs up."""
        while not self._closed:
            await self._changed
        return self._take(len(self._received))

    def _take(self, count: int) -> str:
        text, self._received = self._received[:count], self._received[count:]
        return text

    def pause(self) -> None:
        self.socket.pause_reading()

    def resume(self) -> None:
        self.socket.resume_reading()

    def end(self) -> None:  # sends FIN, still receives
        self.socket.write_eof()

    def reset(self) -> None:  # sends RST
        linger = struct.pack("ii", 1, 0)
        self.socket.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.socket.abort()


async def dial(port: int) -> Peer:
    _, peer = await asyncio.get_running_loop().create_connection(Peer, "127.0.0.1", port)
    return peer


async def raw(port: int, text: str) -> str:
    peer = await dial(port)
    peer.send(text)
    return await peer.rest()


async def serve(handler: Callable[[Peer], Awaitable[None]]) -> int:
    server = await asyncio.get_running_loop().create_server(lambda: Peer(handler), "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    return port


def answer(text: str) -> Callable[[Peer], Awaitable[None]]:
    """A handler for serve: answer every request (without body) with `text`, log what came in lane 'wire'."""

    async def handler(peer: Peer) -> None:
        while (head := await peer.until("\r\n\r\n")) != "<closed>":
            log("wire", head)
            peer.send(text)

    return handler


def hangup(text: str) -> Callable[[Peer], Awaitable[None]]:
    """The same for one request, then hang up."""

    async def handler(peer: Peer) -> None:
        log("wire", await peer.until("\r\n\r\n"))
        peer.send(text)
        peer.end()

    return handler


def run(main: Callable[[], Awaitable[None]]) -> None:
    async def patient() -> None:
        try:
            await asyncio.wait_for(main(), PATIENCE)
        except TimeoutError:
            give_up()
        done()

    asyncio.run(patient())


def epilogue() -> None:
    """For a plain script: its record is printed when it has ended by itself."""
    watchdog = threading.Timer(PATIENCE, give_up)
    watchdog.daemon = True
    watchdog.start()
    atexit.register(done)


def give_up() -> None:
    log("harness", "gave up")
    done()


def done() -> None:
    os.write(1, json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode())
    os._exit(0)
