"""What a recorder keeps of a program's traffic, and what it lets go."""

from __future__ import annotations

import asyncio
import gc
import http.client
import socket as sockets
import threading
import urllib.request
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import httpkit as http_
from httpkit import diagnostics
from httpkit.recorder import Entry, Recorder
from tests.certificates import CA, LOCALHOST
from tests.loops import Main, happens
from tests.serving import echo, serving

Run = Callable[[Main], Any]


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    recorder = Recorder().start()
    yield recorder
    recorder.stop()


def settled(server: http_.Server) -> None:
    """Wait until the server has seen the end of what its client has the answer to."""
    for _ in range(3):
        server._home.call(lambda: None)


def summary(entry: Entry) -> tuple[int, str, str]:
    """Number, and what each side saw."""
    return entry.number, told(entry.exchange), told(entry.served) if entry.served is not None else ""


def told(exchange: http_.Exchange) -> str:
    path = exchange.request.url.split("/", 3)[3]
    return f"{exchange.side} {exchange.request.method} /{path} {exchange.status} {exchange.response.body!r}"


def test_both_sides_of_each_exchange_on_a_connection_are_joined(recorder: Recorder) -> None:
    agent = http_.Agent(keepAlive=True)
    with serving(echo) as server:
        for number in range(3):
            http_.send("POST", f"{server.url}{number}", body=f"body {number}", agent=agent)
        settled(server)
        entries = recorder.entries
    assert [summary(entry) for entry in entries] == [
        (n + 1, f"client POST /{n} 200 b'POST /{n} body {n}'", f"server POST /{n} 200 b'POST /{n} body {n}'")
        for n in range(3)
    ]
    assert [entry.exchange.socket.reused for entry in entries] == [False, True, True]
    for entry in entries:
        assert entry.served is not None
        ours, theirs = entry.exchange, entry.served
        assert (ours.socket.local, ours.socket.remote) == (theirs.socket.remote, theirs.socket.local)
        assert ours.request.raw_headers == theirs.request.raw_headers
        assert ours.response.raw_headers == theirs.response.raw_headers
        assert ours.request.body == theirs.request.body
        assert ours.wire.received == theirs.wire.sent
        assert ours.complete
        assert theirs.complete


def test_requests_on_their_way_at_the_same_time_are_not_mixed_up(recorder: Recorder, run: Run) -> None:
    async def main() -> None:
        waiting: list[Any] = []

        def handler(req: Any, res: Any) -> None:
            # The last one that asks is the first one to be answered.
            waiting.append((req, res))
            if len(waiting) == 10:
                for asked, answer in reversed(waiting):
                    answer.end(asked.url)

        with serving(handler) as server:
            await asyncio.gather(*(http_.asend("GET", f"{server.url}{n}") for n in range(10)))

    run(main)
    for entry in recorder.entries:
        assert entry.served is not None
        assert entry.exchange.request.url == entry.served.request.url
        assert entry.exchange.response.body == entry.served.response.body


def test_client_and_server_may_live_on_different_loops(recorder: Recorder, run: Run) -> None:
    with serving(echo) as server:
        # The client on the program's loop, the server on httpkit's.
        async def ask() -> None:
            await http_.asend("GET", f"{server.url}there")

        run(ask)
        settled(server)

    async def serve() -> None:
        with serving(echo) as here:
            await asyncio.to_thread(http_.send, "GET", f"{here.url}back")

    run(serve)
    assert [summary(entry) for entry in recorder.entries] == [
        (1, "client GET /there 200 b'GET /there'", "server GET /there 200 b'GET /there'"),
        (2, "client GET /back 200 b'GET /back'", "server GET /back 200 b'GET /back'"),
    ]


def test_over_tls(recorder: Recorder) -> None:
    with serving(echo, LOCALHOST) as server:
        agent = http_.https.Agent(ca=CA, keepAlive=True)
        for path in ("a", "b"):
            http_.send("GET", f"https://localhost:{server.port}/{path}", agent=agent)
        settled(server)
        agent.destroy()
    for entry in recorder.entries:
        assert entry.served is not None
        assert entry.served.request.url == entry.exchange.request.url
        assert entry.served.request.url.startswith("https://")
        assert entry.exchange.wire.sent.startswith(b"GET /")


def ask_with_urllib(url: str) -> None:
    with urllib.request.urlopen(url) as answer:
        answer.read()


def ask_with_http_client(url: str) -> None:
    connection = http.client.HTTPConnection(url.split("/")[2])
    connection.request("GET", f"/{url.split('/', 3)[3]}")
    connection.getresponse().read()
    connection.close()


def ask_with_a_socket(url: str) -> None:
    host, port = url.split("/")[2].split(":")
    with sockets.create_connection((host, int(port))) as client:
        client.sendall(f"GET /{url.split('/', 3)[3]} HTTP/1.0\r\n\r\n".encode())
        while client.recv(65_536):
            pass


@pytest.mark.parametrize("ask", [ask_with_urllib, ask_with_http_client, ask_with_a_socket])
def test_what_others_ask_is_seen_as_the_server_sees_it(recorder: Recorder, ask: Callable[[str], None]) -> None:
    with serving(echo) as server:
        ask(f"{server.url}x")
        settled(server)
        (entry,) = recorder.entries
        assert summary(entry) == (1, "server GET /x 200 b'GET /x'", "")
        # HTTP/1.0 names no host: then it is where it came in.
        assert entry.exchange.request.url == f"{server.url}x"


def test_what_was_never_answered_has_an_error(recorder: Recorder) -> None:
    with pytest.raises(http_.NodeError):
        http_.send("GET", "http://127.0.0.1:1/a")
    with serving(lambda req, res: res.destroy()) as server, pytest.raises(http_.NodeError):
        http_.send("GET", server.url)
    refused, hung_up = recorder.entries
    for entry, code in ((refused, "ECONNREFUSED"), (hung_up, "ECONNRESET")):
        assert entry.error is not None
        assert entry.error.code == code
        assert (entry.exchange.status, entry.exchange.complete) == (0, False)
    assert (refused.served, str(refused.error)) == (None, "connect ECONNREFUSED 127.0.0.1:1")
    assert hung_up.served is not None
    assert (hung_up.served.status, hung_up.served.complete) == (0, False)


def test_an_error_of_the_user_s_own(recorder: Recorder, run: Run) -> None:
    async def main() -> None:
        req = http_.request("http://127.0.0.1:1/")
        req.on("error", lambda _: None)
        req.destroy(ValueError("mine"))
        await happens(req, "close")

    run(main)
    (entry,) = recorder.entries
    assert entry.error is not None
    assert (entry.error.code, str(entry.error)) == ("ValueError", "mine")


def test_what_was_cut_short_is_kept_as_far_as_it_came(recorder: Recorder) -> None:
    def handler(req: Any, res: Any) -> None:
        res.writeHead(200, {"Content-Length": 10})
        res.write("half", lambda *_: res.destroy())

    with serving(handler) as server, pytest.raises(http_.NodeError) as failed:
        http_.send("GET", server.url)
    (entry,) = recorder.entries
    for exchange in (entry.exchange, entry.served, failed.value.exchange):
        assert isinstance(exchange, http_.Exchange)
        assert (exchange.status, exchange.response.body, exchange.complete) == (200, b"half", False)


def test_what_is_on_its_way_can_be_looked_at(recorder: Recorder, run: Run) -> None:
    async def main() -> None:
        held: list[Any] = []

        def handler(req: Any, res: Any) -> None:
            res.write("begun")
            held.append(res)

        with serving(handler) as server:
            res = await http_.get(server.url)
            await happens(res, "data")
            (entry,) = recorder.entries
            assert entry.served is not None
            for exchange in (entry.exchange, entry.served):
                assert (exchange.status, exchange.response.body, exchange.complete) == (200, b"begun", False)
            held[0].end(", ended")
            await happens(res, "end")
            # What was looked at stays as it was.
            assert entry.exchange.response.body == b"begun"
            assert recorder.entries[0].exchange.response.body == b"begun, ended"

    run(main)


# --- limits


def ask_for(sizes: list[int], recorder: Recorder) -> list[int]:
    """The numbers that are left."""
    with serving(lambda req, res: res.end(bytes(int(req.url[1:])))) as server:
        for size in sizes:
            http_.send("GET", f"{server.url}{size}")
        settled(server)
    return [entry.number for entry in recorder.entries]


@pytest.mark.parametrize(
    ("options", "sizes", "left"),
    [
        ({"max_exchanges": 2}, [1, 1, 1, 1], [3, 4]),
        # The body counts twice, as both sides keep it, and so does what was seen on the wire, at most 64 KiB each way.
        ({"max_bytes": 2_140_000}, [1_000_000, 0, 0], [1, 2, 3]),
        ({"max_bytes": 2_130_000}, [1_000_000, 0, 0], [2, 3]),
        ({"max_bytes": 1_200_000}, [100_000, 100_000, 100_000, 400_000, 10_000], [4, 5]),
        # The last one is kept however large it is.
        ({"max_bytes": 10}, [1, 1, 100], [3]),
        ({"max_exchanges": 1}, [100, 100], [2]),
    ],
)
def test_the_oldest_go_first(options: dict[str, int], sizes: list[int], left: list[int]) -> None:
    recorder = Recorder(**options).start()
    try:
        assert ask_for(sizes, recorder) == left
    finally:
        recorder.stop()


def test_whoever_wants_to_hears_of_changes(recorder: Recorder) -> None:
    heard: list[int] = []
    forget = recorder.on_change(heard.append)
    ask_for([1], recorder)
    assert (heard[0], set(heard), len(heard) >= 3) == (1, {1}, True)
    assert recorder.pending == frozenset()
    number = recorder.add(recorder.entries[0].exchange)
    assert (number, heard[-1], recorder.numbers) == (2, 2, range(1, 3))
    recorder.clear()
    assert (heard[-1], recorder.numbers, recorder.entry(2)) == (2, range(3, 3), None)
    forget()
    heard.clear()
    ask_for([1], recorder)
    assert heard == []
    assert (entry := recorder.entry(3)) is not None
    assert entry.exchange.status == 200


def test_what_was_recorded_is_forgotten_on_request(recorder: Recorder) -> None:
    assert ask_for([1, 1], recorder) == [1, 2]
    assert repr(recorder) == "<Recorder 2 exchanges>"
    recorder.clear()
    assert recorder.entries == ()
    assert ask_for([1], recorder) == [3]


def test_what_was_on_its_way_when_it_was_cleared_does_not_come_back(run: Run) -> None:
    recorder = Recorder(max_bytes=10_000).start()

    async def main() -> None:
        def handler(req: Any, res: Any) -> None:
            recorder.clear()
            res.end(bytes(9_000))

        with serving(handler) as server:
            await http_.asend("GET", server.url)
        assert repr(recorder) == "<Recorder 0 exchanges>"
        with serving(lambda req, res: res.end(bytes(200))) as server:
            for _ in range(2):
                await http_.asend("GET", server.url)
        assert [entry.number for entry in recorder.entries] == [2, 3]

    try:
        run(main)
    finally:
        recorder.stop()


def subscribers() -> list[object]:
    return [each for name in list(diagnostics._channels) for each in diagnostics.channel(name).subscribers]


def test_once_it_stops_nobody_pays_for_it() -> None:
    before = subscribers()
    recorder = Recorder()
    # Started twice it records once.
    recorder.start().start()
    assert len(subscribers()) > len(before)
    assert ask_for([1], recorder) == [1]
    recorder.stop()
    recorder.stop()
    assert subscribers() == before
    assert ask_for([1], recorder) == [1]
    recorder.start()
    assert ask_for([1], recorder) == [1, 2]
    recorder.stop()


def test_two_recorders_do_not_disturb_each_other(recorder: Recorder) -> None:
    other = Recorder().start()
    assert ask_for([5], recorder) == [1]
    other.stop()
    assert [summary(entry) for entry in other.entries] == [summary(entry) for entry in recorder.entries]
    assert all(entry.served is not None for entry in other.entries)


# --- threads and memory


def test_it_can_be_looked_at_while_there_is_traffic() -> None:
    recorder = Recorder(max_exchanges=5).start()
    ended = threading.Event()
    seen: list[Any] = []

    def look() -> None:
        try:
            while not ended.is_set():
                for entry in recorder.entries:
                    for exchange in filter(None, (entry.exchange, entry.served)):
                        body = exchange.response.body
                        assert body == b"0123456789" * (len(body) // 10) + b"0123456789"[: len(body) % 10]
                        assert exchange.phases.total >= 0
                        assert len(exchange.wire.received) <= exchange.wire.received_size
        except BaseException as exc:  # noqa: BLE001 - it is the test's
            seen.append(exc)

    def handler(req: Any, res: Any) -> None:
        for _ in range(20):
            res.write(b"0123456789" * 2_000)
        res.end()

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        with serving(handler) as server:
            for _ in range(30):
                assert len(http_.send("GET", server.url).response.body) == 400_000
            settled(server)
    finally:
        ended.set()
        watcher.join()
        recorder.stop()
    assert seen == []
    assert len(recorder.entries) == 5


def test_a_large_body_is_kept_in_a_file_and_goes_with_its_entry(
    recorder: Recorder, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("httpkit.payload.MAX_IN_MEMORY", 1000)

    async def main() -> None:
        def handler(req: Any, res: Any) -> None:
            res.write(bytes(1000))
            res.end(bytes(1000))

        with serving(handler) as server:
            res = await http_.get(server.url)
            await res.bytes()
            await asyncio.sleep(0)

    run(main)
    entry = recorder.entries[0]
    assert entry.served is not None
    paths = [*entry.exchange.response.payload.paths, *entry.served.response.payload.paths]
    assert len(paths) == 2
    assert entry.served.response.body == entry.exchange.response.body == bytes(2000)
    del entry
    recorder.clear()
    gc.collect()
    assert not any(path.exists() for path in paths)


def test_it_holds_nothing_but_values(recorder: Recorder, run: Run) -> None:
    watched: list[weakref.ref[Any]] = []

    def watch(message: dict[str, Any], _: str) -> None:
        watched.extend(weakref.ref(message[name]) for name in ("request", "response", "socket") if name in message)

    channels = [diagnostics.CLIENT_REQUEST_CREATED, diagnostics.SERVER_REQUEST_START]

    async def main() -> None:
        with serving(echo) as server:
            await http_.asend("GET", server.url)
            (await (await http_.get(server.url)).bytes())
            # Nobody looks at this one.
            await happens(http_.get(server.url, agent=False), "close")
        with serving(lambda req, res: res.destroy()) as server, pytest.raises(http_.NodeError):
            await http_.asend("GET", server.url)
        with pytest.raises(http_.NodeError):
            await http_.asend("GET", "http://127.0.0.1:1/")

    for channel in channels:
        channel.subscribe(watch)
    try:
        run(main)
    finally:
        for channel in channels:
            channel.unsubscribe(watch)
    assert len(recorder.entries) == 5
    assert len(watched) == 5 + 3 * 4
    gc.collect()
    assert [each() for each in watched if each() is not None] == []
