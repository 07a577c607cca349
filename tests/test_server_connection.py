"""A server's side of a connection, as bytes in and bytes out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest

import httpkit as http
from tests.memory import Connection

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"


def run(program: Callable[[], Any]) -> Any:
    """Run `program` on an event loop, where what it makes lives."""

    async def main() -> Any:
        return program()

    return asyncio.run(main())


def undated(answer: bytes) -> bytes:
    return re.sub(rb"Date: [^\r]+", b"Date: D", answer)


def test_a_request_is_answered_in_the_turn_that_brings_it() -> None:
    def program() -> bytes:
        return Connection(http.createServer(lambda req, res: res.end("hi"))).send(GET)

    assert undated(run(program)) == (
        b"HTTP/1.1 200 OK\r\nDate: D\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 2\r\n\r\nhi"
    )


def test_a_head_in_many_packets() -> None:
    def program() -> list[bytes]:
        connection = Connection(http.createServer(lambda req, res: res.end(req.url)))
        return [connection.send(GET[i : i + 1]) for i in range(len(GET))]

    answers = run(program)
    assert set(answers[:-1]) == {b""}
    assert answers[-1].endswith(b"\r\n\r\n/")


def test_responses_go_out_in_the_order_of_their_requests() -> None:
    waiting: list[Any] = []

    def program() -> tuple[bytes, bytes]:
        def handler(req: Any, res: Any) -> None:
            waiting.append(res)
            if len(waiting) == 3:
                for each in reversed(waiting):
                    each.end(each.req.url)

        connection = Connection(http.createServer(handler))
        packet = b"".join(GET.replace(b"/ ", b"/%d " % n) for n in (1, 2, 3))
        return connection.send(packet[:-1]), connection.send(packet[-1:])

    before, after = run(program)
    assert before == b""
    assert re.findall(rb"\r\n\r\n(/\d)", after) == [b"/1", b"/2", b"/3"]


def test_an_unread_body_is_thrown_away_and_the_connection_goes_on() -> None:
    def program() -> bytes:
        return Connection(http.createServer(lambda req, res: res.end(req.method))).send(POST, b"hello" + GET)

    assert re.findall(rb"\r\n\r\n([A-Z]+?)(?=HTTP|$)", run(program)) == [b"POST", b"GET"]


def test_a_reader_that_pauses_stops_the_sender_and_nothing_is_lost() -> None:
    def program() -> tuple[bool, bool, int]:
        got = bytearray()
        kept: list[Any] = []

        def handler(req: Any, res: Any) -> None:
            req.on("data", got.extend)
            req.pause()
            kept.append(req)

        connection = Connection(http.createServer(handler))
        connection.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n", b"x" * 150000)
        stopped = not connection.transport.reading
        kept[0].resume()
        connection.send(b"x" * 50000)
        return stopped, connection.transport.reading, len(got)

    assert run(program) == (True, True, 200000)


class TestAListenerThatRaises:
    def test_is_answered_with_500_and_shown_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        def program() -> tuple[bytes, bytes]:
            def handler(req: Any, res: Any) -> None:
                res.setHeader("X-Mine", "dropped")
                if req.url == "/bad":
                    raise ZeroDivisionError("mine")
                res.end("fine")

            connection = Connection(http.createServer(handler))
            return connection.send(GET.replace(b"/ ", b"/bad ")), connection.send(GET)

        bad, good = run(program)
        assert bad.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
        assert b"X-Mine" not in bad
        assert bad.endswith(b"\r\n\r\nInternal Server Error")
        assert good.endswith(b"fine"), "the server goes on"
        assert capsys.readouterr().err.count("ZeroDivisionError: mine") == 1

    def test_closes_the_connection_when_the_head_was_sent(self, capsys: pytest.CaptureFixture[str]) -> None:
        async def main() -> tuple[bytes, bool]:
            def handler(req: Any, res: Any) -> None:
                res.write("begun")
                raise ZeroDivisionError("mine")

            connection = Connection(http.createServer(handler))
            answer = connection.send(GET)
            await asyncio.sleep(0)
            return answer, connection.closed

        answer, closed = asyncio.run(main())
        assert b"500" not in answer
        assert closed
        assert capsys.readouterr().err.count("ZeroDivisionError: mine") == 1

    def test_in_a_later_event_of_the_request(self, capsys: pytest.CaptureFixture[str]) -> None:
        def program() -> bytes:
            def handler(req: Any, res: Any) -> None:
                req.on("data", lambda chunk: 1 / 0)

            return Connection(http.createServer(handler)).send(POST, b"hello")

        assert run(program).startswith(b"HTTP/1.1 500 ")
        assert capsys.readouterr().err.count("ZeroDivisionError") == 1

    def test_in_a_coroutine(self, capsys: pytest.CaptureFixture[str]) -> None:
        async def main() -> bytes:
            async def handler(req: Any, res: Any) -> None:
                await req.text()
                raise ZeroDivisionError("mine")

            connection = Connection(http.createServer(handler))
            answer = connection.send(POST, b"hello")
            while not answer:
                await asyncio.sleep(0)
                answer = connection.send()
            return answer

        assert asyncio.run(main()).startswith(b"HTTP/1.1 500 ")
        assert capsys.readouterr().err.count("ZeroDivisionError: mine") == 1


class TestTimeLimits:
    """The sweep is called by hand: what it decides depends on the clock it is given alone."""

    @staticmethod
    def answer(sent: bytes, after_ms: float, **options: Any) -> bytes:
        async def main() -> bytes:
            server = http.createServer(options, lambda req, res: None)
            connection = Connection(server)
            connection.send(*[sent] if sent else [])
            [each] = server._connections
            each.check_timeouts(asyncio.get_running_loop().time() + after_ms / 1000)
            return connection.send()

        return asyncio.run(main())

    @pytest.mark.parametrize(
        ("sent", "after_ms", "refused"),
        [
            (b"", 59_000, False),
            (b"", 61_000, True),
            (b"GET / HT", 61_000, True),
            (GET, 400_000, False),
            (GET + b"GET", 61_000, True),
            (POST + b"he", 61_000, False),
            (POST + b"he", 301_000, True),
        ],
    )
    def test_who_takes_too_long_is_told_408(self, sent: bytes, after_ms: float, refused: bool) -> None:
        answer = self.answer(sent, after_ms)
        assert (answer == b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n") is refused

    def test_limits_can_be_set(self) -> None:
        assert self.answer(b"GET", 20, headersTimeout=10) != b""
        assert self.answer(b"GET", 20, headersTimeout=30, requestTimeout=40) == b""


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"garbage\r\n\r\n", b"400 Bad Request"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 17000, b"431 Request Header Fields Too Large"),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;" + b"a" * 17000,
            b"413 Payload Too Large",
        ),
    ],
)
def test_what_is_no_request_is_refused_and_the_connection_closed(sent: bytes, answer: bytes) -> None:
    def program() -> tuple[bytes, bool]:
        connection = Connection(http.createServer(lambda req, res: None))
        return connection.send(sent), connection.closed

    assert run(program) == (b"HTTP/1.1 " + answer + b"\r\nConnection: close\r\n\r\n", True)


def test_a_client_that_closes_its_half_still_gets_the_answer() -> None:
    pending: list[Any] = []

    def program() -> tuple[bytes, bool, bytes]:
        connection = Connection(http.createServer(lambda req, res: pending.append(res)))
        connection.send(GET)
        before, open_ = connection.end(), not connection.closed
        pending[0].end("late")
        return before, open_, connection.send()

    before, still_open, after = run(program)
    assert (before, still_open) == (b"", True)
    assert after.endswith(b"late")


def test_too_many_pipelined_requests_have_to_wait() -> None:
    pending: list[Any] = []

    def program() -> tuple[bool, bool]:
        connection = Connection(http.createServer(lambda req, res: pending.append(res)))
        connection.send(GET * 300)
        reading = connection.transport.reading
        for res in pending:
            res.end()
        return reading, len(pending) == 300

    assert run(program) == (False, True)


@pytest.mark.parametrize("event", ["upgrade", "connect", "clientError"])
@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_listener_that_takes_a_socket_and_fails_closes_it(
    event: str, asynchronous: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = {
        "upgrade": GET.replace(b"\r\n\r\n", b"\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n"),
        "connect": b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        "clientError": b"garbage\r\n\r\n",
    }[event]

    async def main() -> bool:
        def fail(*args: Any) -> None:
            raise ZeroDivisionError("mine")

        async def fail_later(*args: Any) -> None:
            raise ZeroDivisionError("mine")

        server = http.createServer()
        server.on(event, fail_later if asynchronous else fail)
        connection = Connection(server)
        connection.send(sent)
        for _ in range(5):
            await asyncio.sleep(0)
        return connection.closed

    assert asyncio.run(main())
    assert capsys.readouterr().err.count("ZeroDivisionError: mine") == 1


def test_a_failing_async_listener_of_another_event_fails_no_response(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> bytes:
        async def watch(socket: Any) -> None:
            if seen:
                raise ZeroDivisionError("mine")
            seen.append(socket)

        seen: list[Any] = []
        server = http.createServer(lambda req, res: None)
        server.on("connection", watch)
        first = Connection(server)
        first.send(GET)
        Connection(server)
        for _ in range(5):
            await asyncio.sleep(0)
        return first.send()

    assert asyncio.run(main()) == b""
    assert capsys.readouterr().err.count("ZeroDivisionError: mine") == 1


def test_a_client_that_closed_its_half_and_hears_nothing_counts_as_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("httpkit.server_connection._GONE_MS", 1)

    async def main() -> list[str]:
        events: list[str] = []
        gone = asyncio.get_running_loop().create_future()

        def handler(req: Any, res: Any) -> None:
            req.on("aborted", lambda: events.append("aborted"))
            res.on("close", lambda: gone.set_result("close"))

        connection = Connection(http.createServer(handler))
        connection.send(GET)
        connection.end()
        return [await gone, *events]

    assert asyncio.run(main()) == ["close", "aborted"]


def test_an_upgrade_keeps_what_follows_while_earlier_answers_are_pending() -> None:
    def program() -> tuple[list[str], list[bytes]]:
        seen: list[str] = []
        heads: list[bytes] = []
        waiting: list[Any] = []

        def listener(req: Any, res: Any) -> None:
            seen.append(req.url)
            waiting.append(res)

        server = http.createServer(listener)
        server.on("upgrade", lambda req, socket, head: heads.append(head))
        connection = Connection(server)
        upgrade = b"GET /up HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: y\r\n\r\nfirst"
        connection.send(GET.replace(b"/ ", b"/a ") + GET.replace(b"/ ", b"/b ") + upgrade)
        waiting[0].end()
        assert not connection.transport.reading
        # Had it been on its way already:
        connection.send(GET.replace(b"/ ", b"/smuggled "))
        waiting[1].end()
        connection.send()
        return seen, heads

    seen, heads = run(program)
    assert seen == ["/a", "/b"]
    assert heads == [b"first" + GET.replace(b"/ ", b"/smuggled ")]
