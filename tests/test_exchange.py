from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import httpkit as http
from tests.certificates import CA, LOCALHOST


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
    assert not exchange.reused_socket
    again = http.send("GET", server.url, agent=agent)
    assert (again.phases.connect, again.reused_socket) == (None, True)
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


def test_a_handler_that_blocks_the_loop_does_not_block_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("httpkit.exchange._GRACE", 0.1)
    released = threading.Event()

    def handler(req: Any, res: Any) -> None:
        released.wait(30)
        res.end()

    server = http.createServer(handler).listen(0)
    with pytest.raises(OSError, match="a handler has not returned yet"):
        http.send("GET", server.url, timeout=20)
    released.set()
    server.close()
    server.closeAllConnections()
