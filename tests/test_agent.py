"""Which request gets which socket; `tests/node` compares the same on real connections."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest

import httpkit as http
from httpkit.agent import Choice, choose, idle_limit, server_name


@pytest.mark.parametrize(
    ("free", "busy", "total", "max_sockets", "max_total", "choice"),
    [
        (1, 0, 1, math.inf, math.inf, Choice.REUSE),
        (1, 5, 6, 5, 5, Choice.REUSE),
        (0, 0, 0, math.inf, math.inf, Choice.CREATE),
        (0, 4, 4, 5, 5, Choice.CREATE),
        (0, 5, 5, 5, math.inf, Choice.QUEUE),
        (0, 0, 5, 5, 5, Choice.QUEUE),
    ],
)
def test_choice(free: int, busy: int, total: int, max_sockets: float, max_total: float, choice: Choice) -> None:
    assert choose(free, busy, total, max_sockets, max_total) is choice


@pytest.mark.parametrize(
    ("agent_timeout", "hint", "limit"),
    [
        (0, None, 0),
        (5000, None, 5000),
        (5000, "timeout=3", 2000),
        (5000, "timeout=10", 5000),
        (0, "timeout=3", 0),
        (5000, "timeout=1", None),
        (5000, "max=5, timeout=3", 5000),
        (5000, "timeout=3, max=5", 2000),
    ],
)
def test_how_long_a_socket_may_idle(agent_timeout: float, hint: str | None, limit: float | None) -> None:
    assert idle_limit(agent_timeout, hint, 1000) == limit


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"scheduling": "random"}, "ERR_INVALID_ARG_VALUE"),
        ({"maxTotalSockets": "3"}, "ERR_INVALID_ARG_TYPE"),
        ({"maxTotalSockets": True}, "ERR_INVALID_ARG_TYPE"),
        ({"maxTotalSockets": 0}, "ERR_OUT_OF_RANGE"),
        ({"maxTotalSockets": math.nan}, "ERR_OUT_OF_RANGE"),
        (5, "ERR_INVALID_ARG_TYPE"),
        ("keepAlive", "ERR_INVALID_ARG_TYPE"),
    ],
)
def test_options_that_make_no_sense(options: Any, code: str) -> None:
    with pytest.raises(http.NodeError) as refused:
        http.Agent(options)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("header", "host", "name"),
    [
        ("", "example.com", "example.com"),
        ("", None, ""),
        ("example.com", "other", "example.com"),
        ("example.com:81", "other", "example.com"),
        ("[::1]:81", "other", ""),
        ("[::1", "other", "["),
        ("127.0.0.1:81", "other", ""),
        ("", "::1", ""),
    ],
)
def test_the_name_a_server_is_asked_for(header: str, host: str | None, name: str) -> None:
    assert server_name(header, host) == name


def test_a_request_given_up_at_once_leaves_its_connection_to_the_next() -> None:
    async def main() -> tuple[str, bool, str]:
        server = http.createServer(lambda req, res: res.end("hi")).listen(0)
        agent = http.Agent(keepAlive=True)
        closed = asyncio.get_running_loop().create_future()
        given_up = http.get(server.url, agent=agent)
        given_up.on("error", lambda _: None).on("close", lambda: closed.set_result(None)).destroy()
        await closed
        idle = repr(agent)
        req = http.get(server.url, agent=agent)
        text = await (await req).text()
        agent.destroy()
        return idle, req.reusedSocket, text

    assert asyncio.run(main()) == ("<Agent 0 busy, 1 free, 0 waiting>", True, "hi")


def test_requests_wait_their_turn_for_the_one_socket_there_may_be() -> None:
    async def main() -> tuple[str, list[str], str]:
        def handler(req: Any, res: Any) -> None:
            res.end(f"{req.url} {req.socket.remotePort}")

        server = http.createServer(handler).listen(0)
        agent = http.Agent(keepAlive=True, maxSockets=1)
        requests = [http.get(f"{server.url}{n}", agent=agent) for n in range(3)]
        during = repr(agent)
        bodies = [await (await each).text() for each in requests]
        return during, bodies, repr(agent)

    during, bodies, after = asyncio.run(main())
    assert (during, after) == ("<Agent 1 busy, 0 free, 2 waiting>", "<Agent 0 busy, 1 free, 0 waiting>")
    assert [body.split()[0] for body in bodies] == ["/0", "/1", "/2"]
    assert len({body.split()[1] for body in bodies}) == 1


def test_a_byte_that_nobody_asked_for_ends_an_idle_socket() -> None:
    async def main() -> tuple[int, str]:
        writers: list[asyncio.StreamWriter] = []

        async def peer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writers.append(writer)
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        server = await asyncio.start_server(peer, "127.0.0.1", 0)
        agent = http.Agent(keepAlive=True)
        request = {"host": "127.0.0.1", "port": server.sockets[0].getsockname()[1], "agent": agent}
        req = http.get(request)
        await (await req).bytes()
        [[idle]] = agent.freeSockets.values()
        gone = asyncio.get_running_loop().create_future()
        idle.on("close", lambda *_: gone.set_result(None))
        writers[0].write(b"HTTP/1.1 200 Evil\r\n\r\n")
        await gone
        left = agent.totalSocketCount
        for writer in writers:
            writer.close()
        server.close()
        return left, repr(agent)

    assert asyncio.run(main()) == (0, "<Agent 0 busy, 0 free, 0 waiting>")
