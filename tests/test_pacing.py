"""Bytes that go slowly: what arrives, what a handler is told meanwhile, and how a connection ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import httpkit as http
from httpkit import pacing
from httpkit.net_server import NetServer
from httpkit.pacing import HIGH_WATER_MARK, Pace, PacedSide, paced
from tests.loops import Main, happens

Run = Callable[[Main], Any]

BODY = bytes(range(256)) * 80


class Told:
    """A handler that sends as much as it may, and what `write()` told it."""

    def __init__(self, pieces: int, size: int) -> None:
        self.pieces, self.size = pieces, size
        self.writes: list[bool] = []
        self.drains = 0

    async def __call__(self, req: http.IncomingMessage, res: http.ServerResponse) -> None:
        for _ in range(self.pieces):
            goes_on = res.write(b"x" * self.size)
            self.writes.append(goes_on)
            if not goes_on:
                await happens(res, "drain")
                self.drains += 1
        res.end()


def pair(pace: Pace) -> tuple[PacedSide, PacedSide]:
    return pacing._pair(pace)


def listening(handler: Any) -> http.Server:
    return http.createServer(handler).listen(0)


async def fetched(server: http.Server, agent: http.Agent | None = None, path: str = "/") -> bytes:
    res = await http.get(f"http://localhost:{server.port}{path}", agent=agent)
    return await res.bytes()


def end(server: http.Server, agent: http.Agent | None = None) -> None:
    if agent is not None:
        agent.destroy()
    server.close()
    server.closeAllConnections()


# --- streams


def test_nothing_is_lost_or_reordered(run: Run) -> None:
    async def main() -> list[bytes]:
        near, far = pair(Pace(10_000_000))
        near.end(BODY)
        far.write(BODY[:100])
        far.end(BODY[100:])
        return [await far.bytes(), await near.bytes()]

    assert run(main) == [BODY, BODY]


def test_a_paused_pace_lets_nothing_through_but_steps() -> None:
    async def main() -> list[bytes]:
        pace = Pace(10_000_000)
        pace.pause()
        near, far = pair(pace)
        seen: list[bytes] = []
        near.on("through", seen.append)
        near.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        pace.step()
        pace.step(3)
        pace.step()
        pace.resume()
        near.end()
        await far.bytes()
        return seen

    assert asyncio.run(main()) == [b"GET / HTTP/1.1\r\n", b"Hos", b"t: a\r\n", b"\r\n"]


def test_a_step_without_a_line_is_short() -> None:
    async def main() -> int:
        pace = Pace()
        pace.pause()
        near, _ = pair(pace)
        near.write(b"x" * 5000)
        pace.step()
        return near.in_the_pipe

    assert asyncio.run(main()) == 5000 - HIGH_WATER_MARK


def test_the_pace_can_be_changed_on_the_way() -> None:
    async def main() -> int:
        # At the first pace this would take days.
        pace = Pace(100)
        near, far = pair(pace)
        near.end(b"x" * 50_000_000)
        first = await happens(near, "through")
        pace.bytes_per_second = 1e12
        await far.bytes()
        return len(first)

    assert asyncio.run(main()) < 1_000


@pytest.mark.parametrize("pace", [0, -1, float("nan")])
def test_a_pace_that_is_none(pace: float) -> None:
    with pytest.raises(http.NodeError) as refused:
        Pace(pace)
    assert refused.value.code == "ERR_OUT_OF_RANGE"


def test_who_does_not_read_is_not_sent_more() -> None:
    async def main() -> tuple[int, int]:
        near, far = pair(Pace(10_000_000))
        full = [near.write(b"x" * 700) for _ in range(10)].index(False)
        far.pause()
        while not near._is_held:
            await happens(near, "through")
        return full, far.readableLength + near.in_the_pipe

    assert asyncio.run(main()) == (1, 7000)


def test_a_side_that_is_gone_fails_what_is_written_to_it() -> None:
    async def main() -> list[str]:
        pace = Pace()
        pace.pause()
        near, far = pair(pace)
        errors: list[str] = []
        far.on("error", lambda err: errors.append(err.code))
        far.write("too late")
        near.destroy()
        await happens(far, "close")
        return errors

    assert asyncio.run(main()) == ["EPIPE"]


def test_half_of_a_connection_can_be_closed(run: Run) -> None:
    async def main() -> bytes:
        near, far = pair(Pace(10_000_000))
        near.end("question")
        assert await far.bytes() == b"question"
        far.end("answer")
        return await near.bytes()

    assert run(main) == b"answer"


# --- HTTP


def test_a_slow_client_is_felt_by_the_handler(run: Run) -> None:
    async def main() -> tuple[Told, Told]:
        slow, fast = Told(40, 1_000), Told(40, 1_000)
        one, other = listening(slow), listening(fast)
        agent = paced(http.Agent(), Pace(200_000))
        assert len(await fetched(one, agent)) == len(await fetched(other)) == 40_000
        end(one, agent)
        end(other)
        return slow, fast

    slow, fast = run(main)
    assert slow.writes.count(False) == slow.drains >= 20
    assert fast.writes.count(False) <= 2


def test_both_ways_arrive_whole_and_connections_are_kept(run: Run) -> None:
    async def main() -> tuple[list[bytes], int]:
        async def echo(req: http.IncomingMessage, res: http.ServerResponse) -> None:
            res.end(await req.bytes())

        server, agent, got = listening(echo), paced(http.Agent(keepAlive=True), Pace(1_000_000)), []
        connections: list[Any] = []
        server.on("connection", connections.append)
        for _ in range(2):
            req = http.request(f"http://127.0.0.1:{server.port}/", method="POST", agent=agent)
            req.end(BODY)
            got.append(await (await req).bytes())
        end(server, agent)
        return got, len(connections)

    assert run(main) == ([BODY, BODY], 1)


def test_a_server_elsewhere_is_paced_on_the_clients_end(run: Run) -> None:
    async def main() -> list[Any]:
        def serve(socket: Any) -> None:
            socket.once("data", lambda _: socket.end(b"HTTP/1.1 200 OK\r\nContent-Length: 20480\r\n\r\n" + BODY))

        # A server of this program, but none that speaks HTTP: it is found by nobody.
        server = NetServer()
        server.on("connection", serve)
        server.listen(0)
        pace, sockets = Pace(1_000_000), []
        pace.on("connection", lambda near, far, socket: sockets.append(socket))
        agent = paced(http.Agent(), pace)
        res = await http.get(f"http://127.0.0.1:{server.port}/", agent=agent)
        body = await res.bytes()
        agent.destroy()
        server.close()
        return [body, sockets]

    assert run(main) == [BODY, [None]]


def test_nobody_is_there() -> None:
    async def main() -> None:
        server = listening(lambda req, res: res.end())
        port = server.port
        closed = happens(server, "close")
        server.close()
        await closed
        with pytest.raises(http.NodeError) as refused:
            await http.get(f"http://127.0.0.1:{port}/", agent=paced(http.Agent(), Pace()))
        assert refused.value.code == "ECONNREFUSED"

    asyncio.run(main())


def test_a_client_that_gives_up_is_noticed_by_the_handler(run: Run) -> None:
    async def main() -> bool:
        async def stream(req: http.IncomingMessage, res: http.ServerResponse) -> None:
            closed.append(happens(res, "close"))
            res.write(b"x" * 50_000)

        closed: list[asyncio.Future[Any]] = []
        server, pace = listening(stream), Pace(50_000)
        req = http.get(f"http://127.0.0.1:{server.port}/", agent=paced(http.Agent(), pace))
        await req
        req.destroy()
        await closed[0]
        end(server)
        return pace._waiting == []

    assert run(main)


def test_a_server_that_gives_up_is_noticed_by_the_client(run: Run) -> None:
    async def main() -> str:
        def stop(req: http.IncomingMessage, res: http.ServerResponse) -> None:
            res.writeHead(200, {"Content-Length": 10})
            res.write("12345", lambda *_: res.destroy())

        server = listening(stop)
        with pytest.raises(http.NodeError) as aborted:
            await fetched(server, paced(http.Agent(), Pace(1_000_000)))
        end(server)
        return str(aborted.value.code)

    assert run(main) == "ECONNRESET"


def test_both_ends_know_where_they_are() -> None:
    async def main() -> tuple[Any, ...]:
        server = listening(lambda req, res: res.end(f"{req.socket.remoteAddress} {req.socket.localPort}"))
        agent = paced(http.Agent(), Pace(1_000_000))
        body = await fetched(server, agent)
        port = server.port
        end(server, agent)
        return body.decode(), port

    body, port = asyncio.run(main())
    assert body == f"127.0.0.1 {port}"


def test_the_state_is_shown() -> None:
    async def main() -> list[str]:
        pace = Pace(250)
        shown = [repr(pace)]
        pace.pause()
        return [*shown, repr(pace)]

    assert asyncio.run(main()) == ["<Pace 250 bytes/s>", "<Pace 250 bytes/s, paused>"]
