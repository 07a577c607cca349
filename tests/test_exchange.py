from __future__ import annotations

import asyncio
import gc
import gzip
import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import httpkit as http
from httpkit.diagnostics import CLIENT_REQUEST_CREATED
from httpkit.draft import Draft
from httpkit.exchange import Exchange, Sending
from httpkit.payload import Payload
from tests.certificates import CA, LOCALHOST
from tests.kernel import Kernel
from tests.serving import echo, serving


@pytest.fixture
def server() -> Iterator[http.Server]:
    async def handler(req: Any, res: Any) -> None:
        body = await req.bytes()
        res.writeHead(201, {"Content-Type": "text/plain; charset=latin-1", "Set-Cookie": ["a=1", "b=2"]})
        res.end(f"{req.method} {req.url} {len(body)} é".encode("latin-1"))

    server = http.createServer(handler).listen(0)
    yield server
    server.close()
    server.closeAllConnections()


def test_an_exchange_holds_both_messages_and_the_times(server: http.Server) -> None:
    agent = http.Agent(keepAlive=True)
    exchange = http.send("POST", server.url + "a?b=1", [("X-A", "1"), ("X-A", "2")], b"body", agent=agent)
    assert (exchange.status, exchange.text) == (201, "POST /a?b=1 4 é")
    assert exchange.headers["Set-Cookie"] == ["a=1", "b=2"]
    port = server.url.rsplit(":", 1)[1].rstrip("/")
    assert exchange.request.raw_headers == (
        ("Host", f"127.0.0.1:{port}"),
        ("X-A", "1"),
        ("X-A", "2"),
        ("Connection", "keep-alive"),
        ("Content-Length", "4"),
    )
    assert exchange.phases.connect is not None
    assert exchange.phases.total > 0
    assert not exchange.socket.reused
    again = http.send("GET", server.url, agent=agent)
    assert (again.phases.connect, again.socket.reused) == (None, True)
    agent.destroy()


def test_it_can_be_awaited_on_any_loop(server: http.Server) -> None:
    assert asyncio.run(http.asend("GET", server.url)).text == "GET / 0 é"


def test_over_tls_the_handshake_is_a_step_of_its_own() -> None:
    secure = http.https.createServer(LOCALHOST, lambda req, res: res.end("hi")).listen()
    exchange = http.send("GET", secure.url, agent=http.https.Agent(ca=CA))
    secure.close()
    assert exchange.text == "hi"
    assert exchange.phases.tls is not None
    assert exchange.phases.total >= exchange.phases.tls > 0


def test_its_repr_keeps_secrets(server: http.Server) -> None:
    url = server.url.replace("http://", "http://user:hunter2@") + "?token=hunter2"
    exchange = http.send("GET", url, [("Authorization", "Bearer hunter2")])
    assert "hunter2" not in repr((exchange, exchange.request, exchange.response))
    assert "GET" in repr(exchange)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1:1/", "ECONNREFUSED"),
        ("http://no-such-host.invalid/", "ENOTFOUND"),
        ("nonsense", "ERR_INVALID_URL"),
        ("ftp://127.0.0.1/", "ERR_INVALID_PROTOCOL"),
    ],
)
def test_what_can_go_wrong_is_raised(url: str, code: str) -> None:
    with pytest.raises(http.NodeError) as failed:
        http.send("GET", url)
    assert getattr(failed.value, "code", None) in (code, "EAI_AGAIN")


def test_an_answer_that_does_not_come_in_time() -> None:
    server = http.createServer(lambda req, res: None).listen(0)
    with pytest.raises(OSError, match="no complete response from .* within 20 ms") as failed:
        http.send("GET", server.url, timeout=20)
    assert getattr(failed.value, "code", None) == "ETIMEDOUT"
    server.close()
    server.closeAllConnections()


def test_an_answer_that_is_cut_off() -> None:
    def handler(req: Any, res: Any) -> None:
        res.writeHead(200, {"Content-Length": 10})
        res.write("half", lambda *_: res.destroy())

    server = http.createServer(handler).listen(0)
    with pytest.raises(OSError, match="aborted") as failed:
        http.send("GET", server.url)
    assert getattr(failed.value, "code", None) == "ECONNRESET"
    server.close()


# --- large bodies

PROGRAM = '''
import asyncio, resource, sys
from pathlib import Path
import httpkit as http

SIZE = 100_000_000
BLOCK = bytes(250_000)

async def handler(req, res):
    if req.method == "PUT":
        count = 0
        async for chunk in req:
            count += len(chunk)
        res.end(str(count))
        return
    res.setHeader("Content-Length", SIZE)
    loop = asyncio.get_running_loop()
    for _ in range(SIZE // len(BLOCK)):
        if not res.write(BLOCK):
            drained = loop.create_future()
            res.once("drain", lambda: drained.set_result(None))
            await drained
    res.end()

def peak():
    """KiB"""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

recorder = http.Recorder(max_bytes=1_000).start() if "recorded" in sys.argv else None
with Path("upload").open("wb") as file:
    file.truncate(SIZE)
server = http.createServer(handler).listen(0)
assert http.send("PUT", server.url, body="warm").text == "4"
before = peak()
assert http.send("PUT", server.url, body=Path("upload")).text == str(SIZE)
assert http.send("GET", server.url, download=Path("download")).response.payload.size == SIZE
spooled = http.send("GET", server.url)
assert spooled.response.payload.size == SIZE and not spooled.response.payload.is_in_memory
saved = spooled.save("saved")
assert saved.stat().st_size == SIZE == Path("download").stat().st_size
print((peak() - before) // 1024)
server.close()
server.closeAllConnections()
'''


@pytest.mark.parametrize("recorded", [[], ["recorded"]])
def test_what_is_large_does_not_go_through_memory(tmp_path: Path, recorded: list[str]) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, *recorded],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": os.getcwd()},  # noqa: PTH109
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    # MB more than for a body of four bytes.
    assert int(done.stdout) < 30
    # Nothing is left behind when the program has ended.
    assert list(temporary.iterdir()) == []


def test_a_temporary_file_goes_with_the_exchange(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("httpkit.payload.MAX_IN_MEMORY", 1000)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with serving(lambda req, res: res.end(bytes(2000))) as server:
        exchange = http.send("GET", server.url)
    assert len(list(tmp_path.iterdir())) == 1
    response = exchange.response
    del exchange
    gc.collect()
    assert response.body == bytes(2000)
    del response
    gc.collect()
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of 20 MB that takes no room."""
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(20_000_000)
    return path


@pytest.mark.parametrize("connection", ["close", "keep-alive"])
@pytest.mark.parametrize("as_file", [True, False])
def test_an_answer_before_the_whole_upload(large: Path, connection: str, as_file: bool) -> None:
    def handler(req: Any, res: Any) -> None:
        if req.method == "GET":
            res.end("next")
        else:
            res.writeHead(413, {"Connection": connection})
            res.end("too much")

    agent = http.Agent(keepAlive=True, maxSockets=1)
    with serving(handler) as server:
        for _ in range(5):
            body = large if as_file else large.read_bytes()
            exchange = http.send("POST", server.url, body=body, agent=agent)
            assert (exchange.status, exchange.text) == (413, "too much")
            # The rest of the upload is not taken for the next request, nor its answer for that one's.
            following = http.send("GET", server.url, agent=agent)
            assert (following.status, following.text) == (200, "next")
            assert not following.socket.reused


def test_a_file_that_vanishes_before_it_is_sent(large: Path) -> None:
    body = Payload(large)
    large.unlink()
    with serving(lambda req, res: res.end()) as server, pytest.raises(OSError, match="No such file") as failed:
        http.send("POST", server.url, body=body)
    assert getattr(failed.value, "code", None) == "ENOENT"
    assert isinstance(failed.value, http.NodeError)


def test_a_file_that_is_not_there_at_all(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        http.send("POST", "http://127.0.0.1:1/", body=tmp_path / "missing")


def test_a_file_that_shrinks_while_it_is_sent(large: Path) -> None:
    aborted = threading.Event()

    def handler(req: Any, res: Any) -> None:
        os.truncate(large, 1000)
        req.on("aborted", lambda: aborted.set())
        req.resume()

    agent = http.Agent(keepAlive=True)
    with (
        serving(handler) as server,
        pytest.raises(OSError, match="has become shorter: expected 20000000 bytes") as failed,
    ):
        http.send("POST", server.url, body=large, agent=agent)
    assert getattr(failed.value, "code", None) == "ERR_FILE"
    assert aborted.wait(30)


def test_a_file_that_grows_while_it_is_sent(large: Path) -> None:
    async def handler(req: Any, res: Any) -> None:
        with large.open("ab") as file:
            file.write(b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
        res.end(str(len(await req.bytes())))

    agent = http.Agent(keepAlive=True)
    with serving(handler) as server:
        assert http.send("POST", server.url, body=large, agent=agent).text == "20000000"
        assert http.send("POST", server.url, body=b"1", agent=agent).text == "1"


# --- where the body goes


def test_a_body_is_downloaded(tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_bytes(b"a longer page that was there before")
    with serving(echo) as server:
        exchange = http.send("GET", server.url, download=path)
        assert (path.read_bytes(), exchange.text) == (b"GET /", "GET /")
        assert exchange.response.payload.paths == (path,)
        # To where it is already.
        assert exchange.save(path) == path
        assert exchange.text == "GET /"
        assert exchange.save(tmp_path / "copy").read_bytes() == b"GET /"


def test_a_download_that_cannot_be_written_is_not_asked_for(tmp_path: Path) -> None:
    asked: list[str] = []

    def handler(req: Any, res: Any) -> None:
        asked.append(req.method)
        res.end()

    with serving(handler) as server:
        with pytest.raises(OSError, match="a file of the request cannot be used: .*No such file") as failed:
            http.send("POST", server.url, download=tmp_path / "no" / "folder")
        assert getattr(failed.value, "code", None) == "ENOENT"
        assert asked == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk is needed")
@pytest.mark.parametrize("size", [10, 10_000_000])
def test_a_full_disk_is_an_error(size: int) -> None:
    with (
        serving(lambda req, res: res.end(bytes(size))) as server,
        pytest.raises(OSError, match="No space left") as failed,
    ):
        http.send("GET", server.url, download=Path("/dev/full"))
    assert getattr(failed.value, "code", None) == "ENOSPC"


def test_a_download_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_bytes(b"before")
    with pytest.raises(http.NodeError):
        http.send("GET", "http://127.0.0.1:1/", download=path)
    assert path.read_bytes() == b"before"


def test_what_is_saved_is_decoded(tmp_path: Path) -> None:
    def handler(req: Any, res: Any) -> None:
        res.setHeader("Content-Encoding", "gzip")
        res.end(gzip.compress(b"text") if req.url == "/" else b"text")

    with serving(handler) as server:
        exchange = http.send("GET", server.url, download=tmp_path / "packed")
        assert (exchange.content, exchange.text) == (b"text", "text")
        assert gzip.decompress((tmp_path / "packed").read_bytes()) == b"text"
        assert exchange.save(tmp_path / "text").read_bytes() == b"text"
        broken = http.send("GET", f"{server.url}broken")
    with pytest.raises(http.NodeError, match="the body is not gzip as it says"):
        broken.save(tmp_path / "broken")
    assert not (tmp_path / "broken").exists()


def test_a_head_says_how_a_body_would_be_encoded() -> None:
    with serving(lambda req, res: (res.setHeader("Content-Encoding", "gzip"), res.end())) as server:
        assert http.send("HEAD", server.url).text == ""


# --- waiting


def test_an_agent_s_own_time_limit_is_no_limit_of_the_request(capfd: pytest.CaptureFixture[str]) -> None:
    """An agent watches its sockets (the global one for 5 s), and a slow answer is still an answer."""
    held: list[Any] = []
    late: list[Any] = []

    def timed_out() -> None:
        late.append(True)
        for res in held:
            res.end("late")

    def handler(req: Any, res: Any) -> None:
        held.append(res)
        if late:
            res.end("late")

    def created(message: dict[str, Any], _: str) -> None:
        message["request"].on("timeout", timed_out)

    CLIENT_REQUEST_CREATED.subscribe(created)
    try:
        with serving(handler) as server:
            assert http.send("GET", server.url, agent=http.Agent(keepAlive=True, timeout=20)).text == "late"
    finally:
        CLIENT_REQUEST_CREATED.unsubscribe(created)
    assert capfd.readouterr().err == ""


def test_silence_is_given_up_and_a_slow_answer_is_not() -> None:
    with serving(lambda req, res: res.write("begun") if req.url == "/" else None) as server:
        for path in ("", "nothing"):
            with pytest.raises(OSError, match="nothing came from .* for 50 ms") as failed:
                http.send("GET", server.url + path, idle=50)
            assert getattr(failed.value, "code", None) == "ETIMEDOUT"


def test_what_there_was_until_then_is_told() -> None:
    def handler(req: Any, res: Any) -> None:
        res.writeHead(200, {"X-A": "1"})
        res.write("begun")

    with serving(handler) as server, pytest.raises(http.NodeError) as failed:
        http.send("GET", server.url, idle=300)
    exchange = failed.value.exchange
    assert isinstance(exchange, http.Exchange)
    assert (exchange.status, exchange.headers["x-a"], exchange.text) == (200, "1", "begun")
    assert not exchange.complete


@pytest.mark.parametrize("limit", [{"timeout": 60_000}, {"idle": 60_000}])
def test_a_loop_that_is_stuck_is_not_waited_for(limit: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, released, closed = threading.Event(), threading.Event(), threading.Event()
    looks = itertools.count()
    # Once the loop is stuck, and no sooner, whoever waits for it sees an hour pass with every look.
    monkeypatch.setattr("httpkit.exchange.monotonic", lambda: 3600 * next(looks) if stuck.is_set() else 0)

    def handler(req: Any, res: Any) -> None:
        req.socket.on("close", lambda *_: closed.set())
        stuck.set()
        released.wait(30)

    with serving(handler) as server:
        try:
            with pytest.raises(OSError, match="a handler has not returned yet") as failed:
                http.send("GET", server.url, **limit)
        finally:
            released.set()
        assert getattr(failed.value, "code", None) == "ETIMEDOUT"
        assert isinstance(getattr(failed.value, "exchange", None), http.Exchange)
        # And once it is no longer stuck, the request is given up.
        assert closed.wait(30)


def test_one_can_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("httpkit.exchange._INTERVAL", 0.001)
    seen: list[int] = []
    held: list[Any] = []

    def handler(req: Any, res: Any) -> None:
        res.write(bytes(1000))
        held.append(res)

    def watch(sending: Sending) -> None:
        exchange = sending.so_far
        if exchange is not None and exchange.response.payload.size == 1000 and not seen:
            seen.append(exchange.response.payload.size)
            assert not exchange.complete
            assert exchange.draft is sending.draft
            held[0].end(bytes(1000))

    with serving(handler) as server:
        sending = Sending(Draft("GET", server.url))
        assert sending.so_far is None
        exchange = sending.result(watch)
    assert (seen, exchange.response.payload.size, exchange.complete) == ([1000], 2000, True)


INTERRUPTED = """
import signal, threading
import httpkit as http

main, closed = threading.get_ident(), threading.Event()

def handler(req, res):
    if req.url == "/again":
        res.end("goes on")
        return
    req.socket.on("close", lambda *_: closed.set())
    res.write("begun", lambda *_: signal.pthread_kill(main, signal.SIGINT))

server = http.createServer(handler).listen(0)
home = server._home
try:
    http.send("GET", server.url)
except KeyboardInterrupt:
    assert closed.wait(30)
    left = home.call(lambda: (len(home._tasks), len([each for each in home.sockets if not each.destroyed])))
    print("interrupted", *left, http.send("GET", server.url + "again").text)
server.close()
"""


def test_it_can_be_interrupted() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", INTERRUPTED], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout, done.stderr) == ("interrupted 0 0 goes on\n", "")


# --- loops


def test_in_an_asyncio_program_all_of_it_runs_on_that_loop() -> None:
    async def main() -> list[str]:
        threads = threading.active_count()
        with serving(echo) as server:
            found = await asyncio.gather(*(http.asend("GET", f"{server.url}{n}") for n in range(20)))
        assert threading.active_count() == threads
        return [exchange.text for exchange in found]

    assert asyncio.run(main()) == [f"GET /{n}" for n in range(20)]


def test_in_a_notebook_a_cell_may_wait_or_await(kernel: Kernel) -> None:
    output = kernel.run("""
import asyncio
import httpkit as http
server = http.createServer(lambda req, res: res.end("hi " + req.url)).listen(0)
print(http.send("GET", server.url + "waited").text)
print((await http.asend("GET", server.url + "awaited")).text)
print(*[each.text for each in await asyncio.gather(*(http.asend("GET", server.url + str(n)) for n in range(3)))])
server.close()
""")
    assert (output.error, output.stderr) == (None, "")
    assert output.stdout.splitlines() == ["hi /waited", "hi /awaited", "hi /0 hi /1 hi /2"]


def test_one_that_is_no_longer_awaited_is_given_up(server: http.Server) -> None:
    asked, closed = threading.Event(), threading.Event()

    def handler(req: Any, res: Any) -> None:
        req.socket.on("close", lambda *_: closed.set())
        asked.set()

    async def main(url: str) -> None:
        sending = asyncio.ensure_future(http.asend("GET", url))
        await asyncio.to_thread(asked.wait, 30)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending

    with serving(handler) as held:
        asyncio.run(main(held.url))
        assert closed.wait(30)


def test_the_loop_it_runs_on_must_not_wait_for_it(server: http.Server) -> None:
    async def main() -> None:
        with pytest.raises(http.NodeError, match="use `await asend") as failed:
            http.send("GET", server.url)
        assert failed.value.code == "ERR_WOULD_BLOCK"

    asyncio.run(main())


def test_from_several_threads_at_once(server: http.Server) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda n: http.send("POST", f"{server.url}{n}", body=b"x" * n).text, range(40))
        assert list(found) == [f"POST /{n} {n} é" for n in range(40)]


# --- again


def test_it_is_sent_once_more_with_changes(server: http.Server) -> None:
    first = http.send("POST", f"{server.url}a", [("X-A", "1"), ("X-B", "2")], b"body", timeout=30_000)
    assert first.replay().text == "POST /a 4 é"
    again = first.replay(method="PUT", url=f"{server.url}b", headers={"x-a": "3"}, body="ß")
    assert again.text == "PUT /b 2 é"
    assert [each for each in again.request.raw_headers if each[0].lower().startswith("x-")] == [
        ("X-B", "2"),
        ("x-a", "3"),
    ]
    assert again.draft is not None
    assert again.draft.delivery.timeout == 30_000
    # A length that was said of another body does not count.
    said = http.send("POST", server.url, [("Content-Length", "4")], b"body")
    assert said.replay(body=b"longer").text == "POST / 6 é"


def test_after_redirects_the_first_request_is_sent_once_more() -> None:
    def handler(req: Any, res: Any) -> None:
        if req.url == "/":
            res.writeHead(303, {"Location": "/there"})
        res.end(f"{req.method} {req.url}")

    with serving(handler) as server:
        exchange = http.send("POST", server.url, body=b"body", follow=True)
        assert exchange.text == "GET /there"
        again = exchange.replay()
        assert (again.text, again.redirects[0].request.method) == ("GET /there", "POST")
        assert exchange.replay(follow=False).status == 303


@pytest.mark.parametrize("options", [{"timeout": -1}, {"idle": "soon"}, {"timeuot": 1}])
def test_options_that_are_none(options: dict[str, Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        http.send("GET", "http://127.0.0.1:1/", **options)


def test_a_header_that_is_none() -> None:
    with serving(echo) as server:
        first = http.send("POST", server.url, {"X-A": "1", "X-B": "2"})
        again = first.replay(headers={"X-A": None, "X-C": "3"})
        assert [name for name, _ in again.request.raw_headers if name.startswith("X-")] == ["X-B", "X-C"]
        with pytest.raises(TypeError, match='Invalid value "undefined" for header "X-A"') as caught:
            http.send("GET", server.url, {"X-A": None})
        assert getattr(caught.value, "code", "") == "ERR_HTTP_INVALID_HEADER_VALUE"


def test_interim_responses_without_end() -> None:
    flood = b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" * 1000
    with serving(lambda req, res: req.socket.write(flood)) as server:
        with pytest.raises(http.NodeError, match="100 interim responses") as caught:
            http.send("GET", server.url)
        assert isinstance(caught.value.exchange, Exchange)
        assert len(caught.value.exchange.response.information) == 100


def test_errors_hide_the_secrets_of_urls() -> None:
    with serving(lambda req, res: res.writeHead(302, {"Location": "/?token=sesame77"}).end()) as server:
        url = server.url.replace("://", "://ann:sesame77@")
        with pytest.raises(http.NodeError, match="redirects led to yet another one") as caught:
            http.send("GET", f"{url}?token=sesame77", follow=True)
        assert "sesame77" not in str(caught.value)
    with serving(lambda req, res: None) as server:
        url = server.url.replace("://", "://ann:sesame77@")
        for limits in ({"timeout": 50}, {"idle": 50}):
            draft = Draft("GET", f"{url}?token=sesame77").delivered(**limits)
            with pytest.raises(http.NodeError, match="50 ms") as caught:
                Sending(draft).result()
            assert "sesame77" not in str(caught.value)
