"""Server: its methods and options, beside what one connection does."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import httpkit as http
from tests.memory import Connection

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def test_a_relaxed_server_sends_control_characters_in_values() -> None:
    async def program(validation: str) -> bytes:
        server = http.createServer(lambda req, res: res.setHeader("X-A", "a\x01b").end(), httpValidation=validation)
        return Connection(server).send(GET)

    assert b"X-A: a\x01b\r\n" in asyncio.run(program("relaxed"))


def test_an_empty_request_is_born_ended_where_that_is_asked_for() -> None:
    seen: list[Any] = []

    async def program() -> None:
        def listener(req: Any, res: Any) -> None:
            for event in ("data", "end", "close"):
                req.on(event, lambda *_, event=event: seen.append(event))
            seen.append((req.method, req.destroyed, req.closed, req.readableEnded, req.complete, req.signal.aborted))
            res.on("close", lambda: seen.append((req.method, "complete", req.complete)))
            res.end()

        connection = Connection(http.createServer(listener, optimizeEmptyRequests=True))
        connection.send(GET, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nb")

    asyncio.run(program())
    assert seen[:2] == [("GET", True, True, True, False, True), ("GET", "complete", True)]
    assert seen[2][:2] == ("POST", False)
    assert seen[3:] == ["data", "end", ("POST", "complete", True), "close"]


def test_signal_is_aborted_when_the_message_is_closed() -> None:
    seen: list[Any] = []

    async def program() -> None:
        def listener(req: Any, res: Any) -> None:
            seen.append(req.signal.aborted)
            req.signal.addEventListener("abort", lambda *_: seen.append("aborted"))
            req.resume()
            res.end()

        Connection(http.createServer(listener)).send(GET)

    asyncio.run(program())
    assert seen == [False, "aborted"]


def test_set_timeout_takes_the_callback_alone_as_documented() -> None:
    async def program() -> tuple[float, int]:
        server = http.createServer().setTimeout(lambda socket: None)
        return server.timeout, server.listenerCount("timeout")

    assert asyncio.run(program()) == (0, 1)


def test_a_server_is_closed_at_the_end_of_its_block() -> None:
    async def program() -> tuple[bool, bool]:
        async with http.createServer(lambda req, res: res.end("hi")).listen() as server:
            res = await http.get(server.url, agent=http.Agent())
            await res.bytes()
            was = server.listening
        return was, server.listening

    assert asyncio.run(program()) == (True, False)


def test_a_server_that_was_closed_in_its_block_is_no_mistake() -> None:
    async def program() -> None:
        async with http.createServer().listen() as server:
            server.close()

    asyncio.run(program())


def test_connections_are_counted_until_they_are_closed_whatever_they_speak() -> None:
    async def program() -> list[int]:
        counts: list[int] = []
        server = http.createServer()
        server.on("upgrade", lambda req, socket, head: None)
        connection = Connection(server)
        connection.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: y\r\n\r\n")
        server.getConnections(lambda err, count: counts.append(count))
        server.closeAllConnections()
        await asyncio.sleep(0)
        connection.transport.close()
        server.getConnections(lambda err, count: counts.append(count))
        await asyncio.sleep(0)
        return counts

    assert asyncio.run(program()) == [1, 0]


def test_what_is_given_to_the_constructor_must_be_options() -> None:
    async def program() -> None:
        with pytest.raises(TypeError, match='The "options" argument must be a mapping'):
            http.createServer(5)  # type: ignore[arg-type]

    asyncio.run(program())


def test_a_handler_that_is_cancelled_leaves_nobody_waiting() -> None:
    async def program() -> bytes:
        closed = asyncio.Event()

        async def handler(req: Any, res: Any) -> None:
            res.once("close", closed.set)
            raise asyncio.CancelledError

        answer = Connection(http.createServer(handler)).send(GET)
        await closed.wait()
        return answer

    assert asyncio.run(program()) == b""


def test_a_callback_may_be_async() -> None:
    async def program() -> int:
        counted: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def count(err: Any, number: int) -> None:
            counted.set_result(number)

        server = http.createServer()
        Connection(server)
        server.getConnections(count)
        return await counted

    assert asyncio.run(program()) == 1


def test_what_lived_on_a_loop_that_has_ended_says_so() -> None:
    async def program() -> http.Server:
        return http.createServer()

    server = asyncio.run(program())
    with pytest.raises(http.NodeError, match="The event loop this object lives on has ended"):
        server.listen()


def test_its_address_reads_as_in_node() -> None:
    async def program() -> tuple[Any, Any]:
        server = http.createServer().listen()
        address: Any = server.address()
        server.close()
        with pytest.raises(AttributeError, match="there is no 'host' among address, family, port"):
            _ = address.host
        return address.port, address["port"]

    port, same = asyncio.run(program())
    assert port == same > 0
