"""Every error code of Node's http: what raises it here, its class and its words."""

from __future__ import annotations

import asyncio
import errno
import re
import socket as sockets
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import httpkit as http
from httpkit import stream
from httpkit.errors import NodeError, SystemCallError
from httpkit.net import Socket
from tests.memory import Connection, MemoryTransport
from tests.node.surface import LEFT_OUT as LEFT_OUT_PATHS
from tests.node.surface import SURFACE

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LEFT_OUT = {path.removeprefix("errors.") for path in LEFT_OUT_PATHS}
Trigger = Callable[[], Awaitable[Any]]
TRIGGERS: dict[str, list[Trigger]] = {}

# What Node's classes are in Python.
CLASSES: dict[str, tuple[type[BaseException], ...]] = {
    "Error": (NodeError,),
    "TypeError": (NodeError, TypeError),
    "RangeError": (NodeError, ValueError),
    "AbortError (name)": (http.AbortError,),
}

# How the surface writes a message, as a pattern. `%s` is what is filled in.
_WORDS = {
    " (bracket part only with a field name)": "",
    "argument|property": "(?:argument|property)",
    "of type ... Received ...": ".+ Received .+",
    "%type": ".+",
    "%reason": ".+",
    "%inspect": ".+",
    "%range": ".+",
    "%s": ".*",
    "host:port": r".+:\d+",
    "addr:port": r".+:\d+",
    "ENOTFOUND host": "ENOTFOUND .+",
}


def triggers(code: str) -> Callable[[Trigger], Trigger]:
    """What raises, gives or emits the error of this code."""

    def add(trigger: Trigger) -> Trigger:
        TRIGGERS.setdefault(code, []).append(trigger)
        return trigger

    return add


def emitted(emitter: Any, name: str = "error") -> asyncio.Future[Any]:
    """The first argument of the next `name`."""
    heard: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    emitter.once(name, lambda *args: heard.set_result(args[0]))
    return heard


def given(call: Callable[[Callable[..., Any]], Any]) -> asyncio.Future[Any]:
    """What the callback that `call` takes is given first."""
    heard: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    call(lambda *args: heard.set_result(args[0] if args else None))
    return heard


def port_of(server: http.Server) -> int:
    address: Any = server.address()
    return int(address["port"])


def in_handler(handler: Callable[[Any, Any], Any], request: bytes = GET, **options: Any) -> Any:
    """What `handler` gives for a request."""
    seen: list[Any] = []
    Connection(http.createServer(lambda req, res: seen.append(handler(req, res)), **options)).send(request)
    return seen[0]


def raised(call: Callable[[], Any]) -> BaseException:
    try:
        call()
    except Exception as exc:  # noqa: BLE001 - whatever it is, it is looked at
        return exc
    raise AssertionError("nothing was raised")


@triggers("ERR_HTTP_BODY_NOT_ALLOWED")
async def body_of_a_204() -> Any:
    def handler(req: Any, res: Any) -> Any:
        res.statusCode = 204
        return raised(lambda: res.write("x"))

    return in_handler(handler, rejectNonStandardBodyWrites=True)


@triggers("ERR_HTTP_CONTENT_LENGTH_MISMATCH")
async def body_longer_than_promised() -> Any:
    def handler(req: Any, res: Any) -> Any:
        res.strictContentLength = True
        res.setHeader("Content-Length", 1)
        return raised(lambda: res.end("two"))

    return in_handler(handler)


@triggers("ERR_HTTP_HEADERS_SENT")
async def header_after_the_head() -> Any:
    return in_handler(lambda req, res: [res.writeHead(200), raised(lambda: res.setHeader("a", "b"))][1])


@triggers("ERR_HTTP_INVALID_HEADER_VALUE")
async def no_header_value() -> Any:
    return raised(lambda: http.validateHeaderValue("a", None))


@triggers("ERR_HTTP_INVALID_STATUS_CODE")
async def status_of_four_digits() -> Any:
    return in_handler(lambda req, res: raised(lambda: res.writeHead(1000)))


@triggers("ERR_HTTP_REQUEST_TIMEOUT")
async def head_that_takes_too_long() -> Any:
    server = http.createServer(headersTimeout=1, connectionsCheckingInterval=1).listen()
    with sockets.create_connection(("127.0.0.1", port_of(server))) as client:
        client.send(b"GET")
        err = await emitted(server, "clientError")
        server.closeAllConnections()
    server.close()
    return err


@triggers("ERR_HTTP_SOCKET_ASSIGNED")
async def second_socket_of_a_response() -> Any:
    return in_handler(lambda req, res: raised(lambda: res.assignSocket(req.socket)))


@triggers("ERR_HTTP_SOCKET_ENCODING")
async def encoding_of_a_server_s_socket() -> Any:
    return in_handler(lambda req, res: raised(lambda: req.socket.setEncoding("utf8")))


@triggers("ERR_HTTP_TRAILER_INVALID")
async def trailer_without_chunks() -> Any:
    def handler(req: Any, res: Any) -> Any:
        res.setHeader("Trailer", "X")
        return raised(lambda: res.end("x"))

    return in_handler(handler, b"GET / HTTP/1.0\r\n\r\n")


@triggers("ERR_INVALID_HTTP_TOKEN")
async def header_name_with_a_space() -> Any:
    return raised(lambda: http.validateHeaderName("a b"))


@triggers("ERR_INVALID_CHAR")
async def header_value_with_a_line_break() -> Any:
    return raised(lambda: http.validateHeaderValue("a", "b\nc"))


@triggers("ERR_UNESCAPED_CHARACTERS")
async def path_with_a_space() -> Any:
    return raised(lambda: http.get(path="/a b"))


@triggers("ERR_INVALID_PROTOCOL")
async def protocol_of_another_module() -> Any:
    return raised(lambda: http.get("https://localhost/"))


@triggers("ERR_INVALID_URL")
async def url_that_is_none() -> Any:
    return raised(lambda: http.get("nowhere"))


@triggers("ERR_INVALID_ARG_TYPE")
async def number_as_a_url() -> Any:
    return raised(lambda: http.get(5))


@triggers("ERR_INVALID_ARG_VALUE")
async def scheduling_that_is_none() -> Any:
    return raised(lambda: http.Agent(scheduling="random"))


@triggers("ERR_OUT_OF_RANGE")
async def negative_size() -> Any:
    return raised(lambda: http.createServer(maxHeaderSize=-1))


@triggers("ERR_METHOD_NOT_IMPLEMENTED")
async def bare_message() -> Any:
    return raised(lambda: http.OutgoingMessage().end())


@triggers("ERR_STREAM_ALREADY_FINISHED")
async def second_end() -> Any:
    def handler(req: Any, res: Any) -> Any:
        seen: list[Any] = []
        res.end()
        res.end(seen.append)
        return seen[0]

    return in_handler(handler)


@triggers("ERR_STREAM_CANNOT_PIPE")
async def response_as_a_source() -> Any:
    def handler(req: Any, res: Any) -> Any:
        seen: list[Any] = []
        res.on("error", seen.append)
        res.pipe(res)
        return seen[0]

    return in_handler(handler)


@triggers("ERR_STREAM_DESTROYED")
async def write_to_a_destroyed_response() -> Any:
    return await in_handler(lambda req, res: [res.destroy(), given(lambda callback: res.write("x", callback))][1])


@triggers("ERR_STREAM_NULL_VALUES")
async def nothing_to_write() -> Any:
    return in_handler(lambda req, res: raised(lambda: res.write(None)))


@triggers("ERR_STREAM_PREMATURE_CLOSE")
async def response_that_never_finished() -> Any:
    responses: list[Any] = []
    connection = Connection(http.createServer(lambda req, res: responses.append(res)))
    connection.send(GET)
    told = given(lambda callback: stream.finished(responses[0], callback))
    connection.transport.close()
    return await told


@triggers("ERR_STREAM_PUSH_AFTER_EOF")
async def push_after_the_end() -> Any:
    readable = stream.Readable()
    readable.push(None)
    readable.push("x")
    return await emitted(readable)


@triggers("ERR_STREAM_UNSHIFT_AFTER_END_EVENT")
async def unshift_after_the_end() -> Any:
    readable = stream.Readable()
    readable.push(None)
    readable.once("end", lambda: readable.unshift("x"))
    return await emitted(readable.resume())


@triggers("ERR_STREAM_UNABLE_TO_PIPE")
async def pipe_into_what_is_closed() -> Any:
    closed = stream.PassThrough().destroy()
    return raised(lambda: stream.pipeline(stream.Readable(), closed, lambda err: None))


@triggers("ERR_STREAM_WRITE_AFTER_END")
async def write_after_the_end() -> Any:
    waiting = in_handler(lambda req, res: [res.end(), given(lambda callback: res.write("x", callback))][1])
    return await waiting


@triggers("ERR_STREAM_WRAP")
async def connection_that_gives_text() -> Any:
    def connect(options: Any, callback: Any) -> Any:
        return stream.PassThrough().setEncoding("utf8")

    return await emitted(http.get(createConnection=connect))


@triggers("ERR_SERVER_NOT_RUNNING")
async def close_of_what_does_not_listen() -> Any:
    return await given(http.createServer().close)


@triggers("ERR_SERVER_ALREADY_LISTEN")
async def second_listen() -> Any:
    server = http.createServer().listen()
    err = raised(server.listen)
    server.close()
    return err


@triggers("ERR_SOCKET_BAD_PORT")
async def port_too_large() -> Any:
    return raised(lambda: http.createServer().listen(65536))


@triggers("ERR_SOCKET_CLOSED")
async def reset_of_a_closed_socket() -> Any:
    return await emitted(Socket().resetAndDestroy())


@triggers("ERR_SOCKET_CLOSED_BEFORE_CONNECTION")
async def write_on_a_socket_that_never_connected() -> Any:
    socket = Socket()
    socket.connect(9, "127.0.0.1")
    waiting = given(lambda callback: socket.write("x", callback))
    socket.destroy()
    return await waiting


@triggers("ERR_IP_BLOCKED")
async def blocked_address() -> Any:
    class Everything:
        def check(self, address: str, family: str) -> bool:
            return True

    return await emitted(http.get("http://127.0.0.1:9/", blockList=Everything()))


@triggers("ERR_PROXY_INVALID_CONFIG")
async def proxy_that_is_no_url() -> Any:
    return raised(lambda: http.Agent(proxyEnv={"http_proxy": "http://[:1"}))


@triggers("ERR_UNHANDLED_ERROR")
async def error_that_nobody_listens_for() -> Any:
    return raised(lambda: http.createServer().emit("error", "a text"))


@triggers("ABORT_ERR")
async def aborted_request() -> Any:
    controller = http.AbortController()
    req = http.get("http://127.0.0.1:9/", signal=controller.signal)
    controller.abort()
    return await emitted(req)


@triggers("ECONNRESET")
async def request_that_is_given_up() -> Any:
    return await emitted(http.get("http://127.0.0.1:9/").destroy())


@triggers("ECONNRESET")
async def body_that_is_cut_short() -> Any:
    requests: list[Any] = []
    connection = Connection(http.createServer(lambda req, res: requests.append(req)))
    connection.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab")
    heard = emitted(requests[0])
    connection.transport.close()
    return await heard


@triggers("ECONNRESET")
async def connection_that_is_reset() -> Any:
    with sockets.create_server(("127.0.0.1", 0)) as listening:
        failed = emitted(http.get(f"http://127.0.0.1:{listening.getsockname()[1]}/"))
        accepted = (await asyncio.to_thread(listening.accept))[0]
        await asyncio.to_thread(accepted.recv, 1)
        # To close with a reset.
        accepted.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, struct.pack("ii", 1, 0))
        accepted.close()
        err = await failed
    assert err.syscall == "read"
    return err


@triggers("EPIPE")
async def write_after_a_reset() -> Any:
    class Broken(MemoryTransport):
        def write(self, data: Any) -> None:
            self.protocol.connection_lost(BrokenPipeError(errno.EPIPE, "broken pipe"))

    server = http.createServer(lambda req, res: res.end())
    protocol = Connection(server).protocol
    failed = emitted(server, "clientError")
    protocol.socket._transport = Broken(protocol)
    protocol.data_received(GET)
    err = await failed
    assert err.syscall == "write"
    return err


@triggers("ERR_PROXY_TUNNEL")
async def proxy_that_refuses() -> Any:
    proxy = http.createServer().listen()
    proxy.on("connect", lambda req, socket, head: socket.end("HTTP/1.1 403 Forbidden\r\n\r\n"))
    agent = http.https.Agent(proxyEnv={"https_proxy": proxy.url})
    err = await emitted(http.https.get("https://nothing.invalid/", agent=agent))
    proxy.close()
    assert err.statusCode == 403
    return err


@triggers("ECONNREFUSED")
async def nobody_listens() -> Any:
    with sockets.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    err = await emitted(http.get(f"http://127.0.0.1:{port}/"))
    assert (err.syscall, err.address, err.port) == ("connect", "127.0.0.1", port)
    return err


@triggers("ENOTFOUND")
async def name_that_is_not_there() -> Any:
    err = await emitted(http.get("http://nothing.invalid/"))
    assert (err.syscall, err.hostname) == ("getaddrinfo", "nothing.invalid")
    return err


@triggers("EADDRINUSE")
async def port_that_is_taken() -> Any:
    first = http.createServer().listen()
    port = port_of(first)
    err = await emitted(http.createServer().listen(port))
    first.close()
    assert (err.syscall, err.address, err.port) == ("listen", "127.0.0.1", port)
    return err


def pattern_of(message: str) -> str:
    pattern = re.escape(message)
    for words, meaning in _WORDS.items():
        pattern = pattern.replace(re.escape(words), meaning)
    return pattern


@pytest.mark.parametrize(
    ("code", "trigger"), [(code, each) for code, several in TRIGGERS.items() for each in several], ids=str
)
def test_error(code: str, trigger: Trigger) -> None:
    async def program() -> Any:
        return await trigger()

    err = asyncio.run(program())
    kind, messages = SURFACE["errors"][code]
    assert err.code == code
    assert isinstance(err, CLASSES[kind])
    assert isinstance(err, OSError) == (not code.startswith(("ERR_", "ABORT_"))) == isinstance(err, SystemCallError)
    assert any(re.fullmatch(pattern_of(message), str(err), re.DOTALL) for message in messages), str(err)


def test_every_code_has_a_trigger() -> None:
    assert TRIGGERS.keys() == SURFACE["errors"].keys() - LEFT_OUT
