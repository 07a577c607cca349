"""What an observer sees of a request, and that nobody notices it."""

from __future__ import annotations

import asyncio
import socket as sockets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import pytest

import httpkit as http
from httpkit import client_request, net
from httpkit.errors import report_with
from httpkit.net_server import NetServer
from httpkit.observer import MAX_WIRE, ClientObserver
from httpkit.recorder import Recorder
from httpkit.stream import PassThrough
from tests.certificates import CA, LOCALHOST
from tests.loops import Main, happens
from tests.serving import echo, serving

Run = Callable[[Main], Any]


# --- times


def steps(exchange: http.Exchange) -> set[str]:
    """The steps that happened."""
    return {name for name, time in vars(exchange.phases).items() if time is not None}


EACH = {"queue", "send", "wait", "receive"}


def test_a_name_is_looked_up_and_a_new_connection_made() -> None:
    agent = http.Agent(keepAlive=True)
    with serving(echo) as server:
        by_name = http.send("GET", f"http://localhost:{server.port}/", agent=agent)
        again = http.send("GET", f"http://localhost:{server.port}/", agent=agent)
        by_address = http.send("GET", server.url, agent=agent)
    assert steps(by_name) == EACH | {"dns", "connect"}
    assert steps(again) == EACH
    assert steps(by_address) == EACH | {"connect"}
    assert [each.socket.reused for each in (by_name, again, by_address)] == [False, True, False]
    for exchange in (by_name, again, by_address):
        times = [time for time in vars(exchange.phases).values() if time is not None]
        assert min(times) >= 0
        assert exchange.phases.total == sum(times)


def test_a_handshake_is_made_once() -> None:
    agent = http.https.Agent(ca=CA, keepAlive=True)
    with serving(echo, LOCALHOST) as server:
        port = server.port
        first, again = (http.send("GET", f"https://localhost:{port}/", agent=agent) for _ in range(2))
    assert steps(first) == EACH | {"dns", "connect", "tls"}
    assert steps(again) == EACH
    for exchange in (first, again):
        assert exchange.socket.protocol == "TLSv1.3"
        assert exchange.socket.cipher.startswith("TLS_")
        assert exchange.socket.remote == f"127.0.0.1:{port}"
    assert first.socket.local == again.socket.local


def test_waiting_for_a_socket_is_a_step(run: Run) -> None:
    async def main() -> None:
        agent = http.Agent(keepAlive=True, maxSockets=1)
        asked = asyncio.get_running_loop().create_future()

        def handler(req: Any, res: Any) -> None:
            if asked.done():
                res.end("second")
            else:
                asked.set_result(res)

        with serving(handler) as server:
            tasks = [asyncio.ensure_future(http.asend("GET", server.url, agent=agent))]
            held = await asked
            tasks.append(asyncio.ensure_future(http.asend("GET", server.url, agent=agent)))
            await asyncio.sleep(0)
            assert repr(agent) == "<Agent 1 busy, 0 free, 1 waiting>"
            waiting = perf_counter()
            held.end("first")
            waited = perf_counter() - waiting
            first, second = await asyncio.gather(*tasks)
        assert (first.text, second.text) == ("first", "second")
        assert second.phases.queue is not None
        assert second.phases.queue >= waited * 1000
        assert second.phases.total >= second.phases.queue
        assert second.phases.connect is None

    run(main)


def test_an_answer_before_the_whole_request() -> None:
    def handler(req: Any, res: Any) -> None:
        res.writeHead(413, {"Connection": "close"})
        res.end("too much")

    with serving(handler) as server:
        exchange = http.send("POST", server.url, body=bytes(20_000_000))
    assert (exchange.status, exchange.text) == (413, "too much")
    assert min(time for time in vars(exchange.phases).values() if time is not None) >= 0


# --- bytes


@contextmanager
def saying(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that answers each request with some bytes, and the bytes it was sent; it ends with the last answer."""
    got: list[bytes] = []
    left = list(answers)

    def accepted(socket: Any) -> None:
        def data(chunk: bytes) -> None:
            got.append(chunk)
            if b"".join(got).endswith((b"\r\n\r\n", b"!")):
                socket.write(left.pop(0))
                if not left:
                    socket.end()

        socket.on("data", data)

    server = NetServer().on("connection", accepted).listen(0)
    yield f"http://127.0.0.1:{server.port}/", got
    server.close()


def test_the_wire_is_what_went_over_it_both_ways() -> None:
    interim = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nlink: </b>\r\n\r\n"
    answer = (
        interim + b"HTTP/1.1 200 Fine\r\nTrailer: x-sum\r\ntransfer-encoding: chunked\r\n\r\n"
        b"3;ext=1\r\nabc\r\n03\r\ndef\r\n0\r\nX-Sum: 6\r\n\r\n"
    )
    with saying(answer) as (url, got):
        exchange = http.send("POST", url, [("Transfer-Encoding", "chunked")], b"body!\r\n\r\n")
    assert (exchange.wire.sent, exchange.wire.received) == (b"".join(got), answer)
    assert (exchange.wire.sent_size, exchange.wire.received_size) == (len(b"".join(got)), len(answer))
    assert exchange.wire.sent.endswith(b"\r\n\r\n9\r\nbody!\r\n\r\n\r\n0\r\n\r\n")
    response = exchange.response
    assert [(each.statusCode, each.statusMessage, each.raw_headers) for each in response.information] == [
        (100, "Continue", ()),
        (103, "Early Hints", (("Link", "</a>"), ("link", "</b>"))),
    ]
    assert (response.statusCode, response.statusMessage, response.httpVersion) == (200, "Fine", "1.1")
    assert response.raw_headers == (("Trailer", "x-sum"), ("transfer-encoding", "chunked"))
    assert (response.body, response.raw_trailers) == (b"abcdef", (("X-Sum", "6"),))


def test_of_much_the_start_is_kept_and_all_is_counted() -> None:
    with serving(lambda req, res: (req.resume(), req.on("end", lambda: res.end(bytes(300_000))))) as server:
        exchange = http.send("POST", server.url, body=bytes(200_000))
    wire = exchange.wire
    assert (len(wire.sent), len(wire.received)) == (MAX_WIRE, MAX_WIRE)
    head, answer = (data.index(b"\r\n\r\n") + 4 for data in (wire.sent, wire.received))
    assert (wire.sent_size, wire.received_size) == (head + 200_000, answer + 300_000)
    assert repr(wire) == f"<Wire {wire.sent_size} bytes sent, {wire.received_size} received>"


def test_a_head_that_goes_ahead_is_seen(run: Run) -> None:
    """With `Expect` the head leaves before anybody can watch."""

    async def main() -> None:
        with saying(b"HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n") as (url, got):
            req = http.request(url, method="PUT", headers={"Expect": "100-continue"})
            observer = ClientObserver.of(req)
            await happens(req, "response")
            assert observer.wire().sent == b"".join(got)
            assert b"Expect: 100-continue" in observer.wire().sent
            req.destroy()

    run(main)


def test_a_user_s_request_is_seen_in_full(run: Run) -> None:
    async def main() -> None:
        with serving(echo) as server:
            req = http.request(server.url, method="POST", headers={"X-A": ["1", "2"]})
            observer = ClientObserver.of(req)
            assert ClientObserver.of(req) is observer
            assert not observer.complete
            assert observer.response().statusCode == 0
            req.write("in ")
            req.write(b"")
            req.write(b"pieces")
            req.end("!")
            res = await req
            await res.bytes()
        sent = observer.request()
        assert (sent.method, sent.url, sent.body) == ("POST", f"http://{sent.headers['host']}/", b"in pieces!")
        assert [value for name, value in sent.raw_headers if name == "X-A"] == ["1", "2"]
        assert sent.headers["transfer-encoding"] == "chunked"
        assert observer.response().body == b"POST / in pieces!"
        assert observer.complete

    run(main)


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("/a?b=http://c/", "{origin}/a?b=http://c/"),
        ("http://elsewhere/a", "http://elsewhere/a"),
        ("*", "{origin}/*"),
    ],
)
def test_the_url_of_a_target(run: Run, target: str, url: str) -> None:
    async def main() -> None:
        recorder = Recorder().start()
        with serving(echo) as server:
            res = await http.request(server.url, method="OPTIONS", path=target)
            await res.bytes()
            origin = server.url.rstrip("/")
        recorder.stop()
        (entry,) = recorder.entries
        assert entry.served is not None
        assert (entry.exchange.request.url, entry.served.request.url) == (url.format(origin=origin),) * 2

    run(main)


# --- nobody notices

Scenario = Callable[[list[Any]], Awaitable[None]]


async def _body_of(req: Any) -> bytes:
    res = await req
    return bytes(await res.bytes())


async def unheard(log: list[Any]) -> None:
    """Responses that nobody listens for are thrown away, and their socket is free again."""
    agent = http.Agent(keepAlive=True, maxSockets=1)
    with serving(lambda req, res: res.end(bytes(500_000))) as server:
        for _ in range(2):
            req = http.get(server.url, agent=agent)
            req.on("error", log.append)
            await happens(req, "close")
            log.append((req.reusedSocket, req.destroyed, req.res.readableFlowing if req.res else None))


async def heard(log: list[Any]) -> None:
    def response(res: Any) -> None:
        log.append((res.statusCode, res.headers["x-a"], res.listenerCount("data")))
        res.setEncoding("utf8")
        res.on("data", log.append)
        res.on("end", lambda: log.append("end"))

    with serving(lambda req, res: (res.setHeader("X-A", "1"), res.end("text"))) as server:
        req = http.request(server.url, agent=False)
        for name in ("socket", "finish", "response", "close"):
            req.on(name, lambda *_, name=name: log.append(name))
        req.on("response", response)
        req.end()
        await happens(req, "close")


async def unheard_error(log: list[Any]) -> None:
    reported: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
    report_with(reported.set_result)
    try:
        http.get("http://127.0.0.1:1/")
        log.append(str(await reported))
    finally:
        report_with(None)


async def heard_error(log: list[Any]) -> None:
    req = http.get("http://127.0.0.1:1/")
    closed = happens(req, "close")
    log.append(str(await happens(req, "error")))
    await closed
    with pytest.raises(http.NodeError) as failed:
        await req
    log.append(failed.value.code)


async def without_bodies(log: list[Any]) -> None:
    def handler(req: Any, res: Any) -> None:
        res.statusCode = int(req.url[1:])
        res.end("a body" if req.method == "HEAD" else None)

    agent = http.Agent(keepAlive=True)
    with serving(handler) as server:
        for method, status in (("HEAD", 200), ("GET", 204), ("GET", 304), ("HEAD", 404)):
            req = http.request(f"{server.url}{status}", method=method, agent=agent)
            log.append((await _body_of(req), req.res.statusCode if req.res else None, req.reusedSocket))
    agent.destroy()


async def upgraded(log: list[Any]) -> None:
    def upgrade(req: Any, socket: Any, head: bytes) -> None:
        socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nhead")
        socket.pipe(socket)

    with serving() as server:
        server.on("upgrade", upgrade)
        req = http.request(server.url, headers={"Connection": "Upgrade", "Upgrade": "echo"})
        req.on("upgrade", lambda res, socket, head: log.extend([res.statusCode, head]))
        req.end()
        socket = (await req).socket
        assert socket is not None
        log.append(req.destroyed)
        socket.write("ping")
        log.append(await happens(socket, "data"))
        socket.destroy()


async def tunnelled(log: list[Any]) -> None:
    def connect(req: Any, socket: Any, head: bytes) -> None:
        socket.write(f"HTTP/1.1 200 OK\r\n\r\nto {req.url}")
        socket.pipe(socket)

    with serving() as server:
        server.on("connect", connect)
        req = http.request(server.url, method="CONNECT", path="example.com:443")
        req.on("connect", lambda res, socket, head: log.extend([res.statusCode, head]))
        req.end()
        socket = (await req).socket
        assert socket is not None
        socket.write("ping")
        log.append(await happens(socket, "data"))
        socket.destroy()


async def given_up(log: list[Any]) -> None:
    with serving(lambda req, res: res.write("begun")) as server:
        for way in ("abort", "destroy", "of response", "early"):
            req = http.request(server.url)
            for name in ("abort", "error", "close"):
                req.on(name, lambda *args, name=name: log.append((name, *map(str, args))))
            req.on("response", lambda res: res.on("aborted", lambda: log.append("aborted")))
            req.on("response", lambda res: res.on("error", lambda err: log.append(str(err))))
            if way == "early":
                req.destroy(ValueError("mine"))
            else:
                req.end()
                res = await happens(req, "response")
                {"abort": req.abort, "destroy": req.destroy, "of response": res.destroy}[way]()
            await happens(req, "close")


async def in_pieces(log: list[Any]) -> None:
    with serving(echo) as server:
        req = http.request(server.url, method="POST")
        log.append(req.write("one "))
        req.cork()
        req.write("two ", lambda *_: log.append("flushed"))
        req.write(b"three ")
        req.uncork()
        req.end("four", lambda: log.append("finished"))
        log.append(await _body_of(req))


async def piped(log: list[Any]) -> None:
    with serving(lambda req, res: req.pipe(res)) as server:
        req, source, sink = http.request(server.url, method="POST"), PassThrough(), PassThrough()
        source.pipe(req)
        req.on("response", lambda res: res.pipe(sink))
        for _ in range(10):
            source.write(b"x" * 10_000)
        source.end()
        log.append(len(b"".join([chunk async for chunk in sink])))


async def pipelined(log: list[Any]) -> None:
    held: list[Any] = []

    def handler(req: Any, res: Any) -> None:
        res.sendDate = False
        res.on("close", lambda: log.append(f"{req.url} closed"))
        if req.url == "/1":
            held.append(res)
            return
        res.write("two")
        res.end("!")
        held.pop().end("one")

    with serving(handler) as server:
        socket = net.connect(server.port)
        socket.write("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        log.append(b"".join([chunk async for chunk in socket]))


async def interim(log: list[Any]) -> None:
    def handler(req: Any, res: Any) -> None:
        res.writeEarlyHints({"link": "</a>; rel=preload"})
        res.write("a")
        res.addTrailers({"X-Sum": "1"})
        res.end()

    with serving(handler) as server:
        req = http.request(server.url, headers={"Expect": "100-continue"})
        req.on("continue", lambda: log.append("continue"))
        req.on("information", lambda info: log.append(info.statusCode))
        log.append((await _body_of(req), req.res.trailers if req.res else None))


async def failing_handler(log: list[Any]) -> None:
    def handler(req: Any, res: Any) -> None:
        if req.url == "/late":
            res.write("begun")
        raise ValueError("of the handler")

    report_with(lambda exc: log.append(str(exc)))
    try:
        with serving(handler) as server:
            log.append(await _body_of(http.request(server.url)))
            with pytest.raises(http.NodeError) as failed:
                await _body_of(http.request(f"{server.url}late"))
            log.append(failed.value.code)
    finally:
        report_with(None)


async def pushed(log: list[Any]) -> None:
    """`push` is a method that anybody may call, with names for its arguments."""
    with serving(lambda req, res: res.end("b")) as server:
        req = http.get(server.url)
        req.on("response", lambda res: res.push("a", encoding="utf8"))
        log.append(await _body_of(req))


@pytest.mark.parametrize(
    "scenario",
    [
        unheard, heard, unheard_error, heard_error, without_bodies, upgraded, tunnelled, given_up, in_pieces, piped,
        pipelined, interim, failing_handler, pushed,
    ],
)  # fmt: skip
def test_what_is_observed_goes_on_as_if_it_were_not(
    run: Run, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_request, "_UNNOTICED_MS", 1)

    async def main() -> None:
        unobserved: list[Any] = []
        observed: list[Any] = []
        await scenario(unobserved)
        recorder = Recorder().start()
        try:
            await scenario(observed)
        finally:
            recorder.stop()
        assert list(map(str, observed)) == list(map(str, unobserved))
        assert observed
        # It was watched, and can be told.
        assert recorder.entries

    run(main)


def test_a_server_s_view_is_not_that_of_its_client() -> None:
    recorder = Recorder().start()

    def handler(req: Any, res: Any) -> None:
        res.writeContinue()
        res.writeEarlyHints({"link": "</a>; rel=preload"})
        res.sendDate = False
        res.writeHead(200, "Fine", {"X-A": ["1", "2"]})
        # What is changed too late is not what was sent.
        res.statusCode = 500
        res.write("a")
        res.end("b")

    with serving(handler) as server:
        with sockets.create_connection(("127.0.0.1", server.port)) as client:
            client.sendall(b"POST /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi")
            received = b"".join(iter(lambda: client.recv(65_536), b""))
        server._home.call(lambda: None)
    recorder.stop()
    (entry,) = recorder.entries
    exchange = entry.exchange
    assert (exchange.side, exchange.request.url, exchange.request.body) == ("server", "http://x/a", b"hi")
    assert exchange.wire.sent == received
    assert exchange.wire.sent_size == len(received)
    assert [each.statusCode for each in exchange.response.information] == [100, 103]
    assert (exchange.status, exchange.response.statusMessage) == (200, "Fine")
    assert exchange.response.body == b"ab"
    assert exchange.headers["x-a"] == "1, 2"
    assert exchange.complete


# --- moments


def events(exchange: http.Exchange) -> list[str]:
    return [moment.what for moment in exchange.moments]


def test_both_sides_tell_what_happened_when_on_one_clock() -> None:
    async def handler(req: Any, res: Any) -> None:
        body = await req.bytes()
        res.write(body)
        res.end("!")

    recorder = Recorder().start()
    try:
        with serving(handler) as server:
            http.send("POST", server.url, body="hello")
    finally:
        recorder.stop()
    entry = recorder.entries[0]
    assert entry.served is not None
    asked, served = entry.exchange, entry.served
    once = [each for each in events(asked) if each != "data"]
    assert once == ["write", "socket", "connect", "finish", "response", "end"]
    assert [each for each in events(served) if each != "data"] == ["request", "write", "write", "finish"]
    times = [moment.at for moment in asked.moments]
    assert times == sorted(times)
    assert sum(moment.size for moment in asked.moments if moment.what == "data") == asked.wire.received_size
    assert sum(moment.size for moment in asked.moments if moment.what == "write") == asked.wire.sent_size
    assert sum(moment.size for moment in served.moments if moment.what == "write") == served.wire.sent_size
    assert sum(moment.size for moment in served.moments if moment.what == "data") == len("hello")
    assert asked.started_at is not None
    assert served.started_at is not None
    later = (served.started_at - asked.started_at).total_seconds() * 1000
    # The server has the request after the client began to send it, and the client the answer after the server began.
    began = next(moment.at for moment in asked.moments if moment.what == "write")
    got = next(moment.at for moment in asked.moments if moment.what == "data")
    said = next(moment.at for moment in served.moments if moment.what == "write")
    assert began <= later + served.moments[0].at
    assert later + said <= got


def test_a_server_that_has_to_wait_for_its_client_is_seen_to() -> None:
    async def handler(req: Any, res: Any) -> None:
        if not res.write(bytes(20_000_000)):
            await http.events.once(res, "drain")
        res.end()

    recorder = Recorder().start()
    try:
        with serving(handler) as server:
            http.send("GET", server.url)
    finally:
        recorder.stop()
    served = recorder.entries[0].served
    assert served is not None
    assert events(served) == ["request", "write", "full", "drain", "write", "finish"]


# --- times of what is not over


def test_times_go_on_while_an_answer_does_and_end_with_it(run: Run) -> None:
    async def main() -> None:
        goes_on = asyncio.get_running_loop().create_future()

        def handler(req: Any, res: Any) -> None:
            res.write("begun")
            goes_on.set_result(res)

        recorder = Recorder().start()
        try:
            with serving(handler) as server:
                req = http.get(server.url)
                res = await happens(req, "response")
                held, begun = await goes_on, perf_counter()
                first = recorder.entries[0]
                passed = (perf_counter() - begun) * 1000
                second = recorder.entries[0]
                for before, after in ((first.exchange, second.exchange), (first.served, second.served)):
                    assert before is not None
                    assert after is not None
                    assert before.phases.receive is not None
                    assert after.phases.receive is not None
                    assert before.phases.receive < after.phases.receive
                    assert after.phases.receive >= passed
                res.on("error", lambda _: None)
                gone = happens(held, "close"), happens(req, "close")
                req.destroy()
                await asyncio.gather(*gone)
        finally:
            recorder.stop()
        last, again = recorder.entries[0], recorder.entries[0]
        assert (last.exchange.complete, last.exchange.phases.receive is None) == (False, False)
        assert last.exchange.phases == again.exchange.phases
        assert last.served is not None
        assert again.served is not None
        assert last.served.phases.receive is not None
        assert last.served.phases == again.served.phases

    run(main)


def test_a_server_s_time_goes_on_until_it_answers(run: Run) -> None:
    async def main() -> None:
        asked = asyncio.get_running_loop().create_future()
        recorder = Recorder().start()
        try:
            with serving(lambda req, res: asked.set_result(res)) as server:
                req = http.get(server.url)
                req.on("error", lambda _: None)
                res = await asked
                before, after = recorder.entries[0].served, recorder.entries[0].served
                assert before is not None
                assert after is not None
                assert before.phases.wait is not None
                assert after.phases.wait is not None
                assert before.phases.wait < after.phases.wait
                gone = happens(res, "close")
                req.destroy()
                await gone
        finally:
            recorder.stop()
        served = recorder.entries[0].served
        assert served is not None
        # What came to nothing has no time.
        assert served.phases.wait is None

    run(main)


def test_an_upgraded_connection_is_no_answer_that_goes_on(run: Run) -> None:
    async def main() -> None:
        recorder = Recorder().start()
        try:
            with serving() as server:
                server.on(
                    "upgrade",
                    lambda req, socket, head: socket.end(
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"
                    ),
                )
                req = http.get(server.url, headers={"Connection": "Upgrade", "Upgrade": "x"})
                await happens(req, "upgrade")
        finally:
            recorder.stop()
        assert recorder.entries[0].exchange.phases.receive is None

    run(main)
