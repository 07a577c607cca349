"""What a request takes and refuses; `tests/node` compares what it does with real Node."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlparse, urlsplit

import pytest
import yarl

import httpkit as http
from httpkit.abort import AbortController
from httpkit.request_options import request_options
from tests.serving import serving


class Silent(http.Agent):
    """Gives no request a socket."""

    def addRequest(self, *_: Any) -> None:
        pass


def made(*args: Any, **more: Any) -> http.ClientRequest:
    """A request that goes nowhere."""
    return http.request(*args, **{"agent": Silent(), **more})


class Url(NamedTuple):
    scheme: str
    host: str

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}/x?y"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/x?y",
        urlsplit("http://example.com/x?y"),
        urlparse("http://example.com/x?y"),
        yarl.URL("http://example.com/x?y"),
        Url("http", "example.com"),
        {"protocol": "http:", "hostname": "example.com", "path": "/x?y"},
    ],
    ids=lambda url: type(url).__name__,
)
def test_the_forms_of_a_url(url: Any) -> None:
    wanted = request_options(url, {"method": "PUT"} if not isinstance(url, dict) else None, None, {"port": 81})[0]
    assert {name: wanted[name] for name in ("protocol", "hostname", "path", "port")} == {
        "protocol": "http:",
        "hostname": "example.com",
        "path": "/x?y",
        "port": 81,
    }


def test_the_forms_of_the_arguments() -> None:
    def callback(res: Any) -> None: ...

    options = {"path": "/x"}
    assert request_options("http://a", callback, None, {})[1] is callback
    assert request_options("http://a", options, callback, {})[1] is callback
    assert request_options(options, callback, None, {}) == (options, callback)
    assert request_options(None, None, None, {"path": "/x"}) == (options, None)
    assert request_options("http://a/b", options, None, {"path": "/c"})[0]["path"] == "/c"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"agent": 5}, "ERR_INVALID_ARG_TYPE"),
        ({"agent": True}, "ERR_INVALID_ARG_TYPE"),
        ({"agent": {"addRequest": 5}}, "ERR_INVALID_ARG_TYPE"),
        ({"agent": http.Agent(maxSockets="many")}, "ERR_INVALID_ARG_TYPE"),
        ({"agent": http.Agent(keepAliveMsecs="long")}, "ERR_INVALID_ARG_TYPE"),
        ({"headers": 5}, "ERR_INVALID_ARG_TYPE"),
        ({"headers": "X: y"}, "ERR_INVALID_ARG_TYPE"),
        ({"headers": ["X"]}, "ERR_INVALID_ARG_VALUE"),
        ({"timeout": "x"}, "ERR_INVALID_ARG_TYPE"),
        ({"timeout": -1}, "ERR_OUT_OF_RANGE"),
        ({"maxHeaderSize": "x"}, "ERR_INVALID_ARG_TYPE"),
        ({"maxHeaderSize": True}, "ERR_INVALID_ARG_TYPE"),
        ({"maxHeaderSize": 1.5}, "ERR_OUT_OF_RANGE"),
        ({"maxHeaderSize": -1}, "ERR_OUT_OF_RANGE"),
        ({"auth": 5}, "ERR_INVALID_ARG_TYPE"),
        ({"socketPath": 5}, "ERR_INVALID_ARG_TYPE"),
        ({"host": b"x"}, "ERR_INVALID_ARG_TYPE"),
        ({"port": "x"}, "ERR_SOCKET_BAD_PORT"),
        ({"port": 65536}, "ERR_SOCKET_BAD_PORT"),
        ({"protocol": 5}, "ERR_INVALID_PROTOCOL"),
        ({"protocol": "https:"}, "ERR_INVALID_PROTOCOL"),
        ({"signal": 5}, "ERR_INVALID_ARG_TYPE"),
        ({"signal": object()}, "ERR_INVALID_ARG_TYPE"),
        ({"joinDuplicateHeaders": 1}, "ERR_INVALID_ARG_TYPE"),
        ({"insecureHTTPParser": 1}, "ERR_INVALID_ARG_TYPE"),
        ({"insecureHTTPParser": True}, "ERR_INVALID_ARG_VALUE"),
        ({"httpValidation": "lax"}, "ERR_INVALID_ARG_VALUE"),
        ({"httpValidation": "insecure"}, "ERR_INVALID_ARG_VALUE"),
        ({"httpValidation": "strict", "insecureHTTPParser": False}, "ERR_INVALID_ARG_VALUE"),
    ],
    ids=str,
)
def test_what_is_refused(options: dict[str, Any], code: str) -> None:
    with pytest.raises(http.NodeError) as refused:
        http.request({"agent": Silent(), **options})
    assert refused.value.code == code


@pytest.mark.parametrize("arguments", [(5,), ("http://x", 5), ({}, 5), ("http://x", {}, 5)], ids=str)
def test_arguments_that_are_refused(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(http.NodeError) as refused:
        http.request(*arguments)
    assert refused.value.code == "ERR_INVALID_ARG_TYPE"


def test_what_a_request_knows_of_its_options() -> None:
    options = {
        "timeout": 7,
        "maxHeaderSize": 8,
        "joinDuplicateHeaders": True,
        "httpValidation": "relaxed",
        "socketPath": "/x",
        "host": "h",
    }
    req = made(options)
    assert {name: getattr(req, name) for name in options} == options
    plain = made()
    names = (*options, "insecureHTTPParser", "protocol", "method", "path", "aborted", "reusedSocket", "maxHeadersCount")
    assert [getattr(plain, name) for name in names] == [
        *(None, None, None, None, None, "localhost", None),
        *("http:", "GET", "/", False, False, None),
    ]


@pytest.mark.parametrize(
    ("options", "host"),
    [
        ({}, "localhost"),
        ({"port": 80}, "localhost"),
        ({"port": 81}, "localhost:81"),
        ({"port": "81"}, "localhost:81"),
        ({"port": 81, "defaultPort": 81}, "localhost"),
        ({"defaultPort": 81}, "localhost"),
        ({"hostname": "a", "host": "b"}, "a"),
        ({"hostname": "", "host": "b"}, "b"),
        ({"host": "::1", "port": 81}, "[::1]:81"),
        ({"setHost": False}, None),
        ({"setHost": 0}, None),
        ({"setDefaultHeaders": False}, None),
        ({"setDefaultHeaders": False, "setHost": True}, "localhost"),
        ({"headers": {"host": "mine"}}, "mine"),
    ],
    ids=str,
)
def test_the_host_header(options: dict[str, Any], host: str | None) -> None:
    assert made(options).getHeader("host") == host


def test_unique_headers() -> None:
    headers = {"X-A": ["1", "2"]}
    assert b"x-a: 1; 2" in _head(uniqueHeaders=["X-A"], headers=headers)
    # As in Node, what is no list is no list of names.
    for other in (5, "X-A", {"X-A": 1}):
        assert b"x-a: 1\r\nx-a: 2" in _head(uniqueHeaders=other, headers=headers)


def _head(**options: Any) -> bytes:
    req = made(options)
    req.flushHeaders()
    assert req._head is not None
    return req._head.lower()


def test_relaxed_values_may_hold_control_characters() -> None:
    made(httpValidation="relaxed").setHeader("X", "a\x01b\x7f")
    made(httpValidation="relaxed", headers=["X", "a\x01b"])
    for value in ("a\rb", "a\nb", "a\0b", "\u20ac"):
        with pytest.raises(http.NodeError) as refused:
            made(httpValidation="relaxed").setHeader("X", value)
        assert refused.value.code == "ERR_INVALID_CHAR"
    with pytest.raises(http.NodeError, match="Invalid character"):
        made().setHeader("X", "a\x01b")


def test_the_agent_of_a_request() -> None:
    class Own(http.Agent):
        defaultPort = 81

        def addRequest(self, *_: Any) -> None:
            pass

    default = Own()
    assert http.request(_defaultAgent=default).agent is default
    fresh = http.request(_defaultAgent=default, agent=False).agent
    assert type(fresh) is Own
    assert fresh is not default
    assert http.request(_defaultAgent=default).getHeader("host") == "localhost"


def test_a_connection_that_is_none() -> None:
    async def main() -> list[Any]:
        told: list[Any] = []
        for options in ({"createConnection": connect}, {"agent": agent}):
            closed = asyncio.get_running_loop().create_future()
            req = http.get({"host": "x", "port": 1, **options})
            req.on("error", lambda err: told.append((err.code, str(err))))
            req.on("close", lambda closed=closed: closed.set_result(None))
            await closed
        return told

    def connect(options: Any, callback: Any) -> Any:
        return {}

    class Connecting(http.Agent):
        createConnection = staticmethod(connect)  # type: ignore[assignment]

    agent = Connecting()
    told = asyncio.run(main())
    assert [code for code, _ in told] == ["ERR_INVALID_ARG_TYPE"] * 2


def test_a_signal_from_another_thread() -> None:
    async def main() -> tuple[Any, ...]:
        controller = AbortController()
        closed = asyncio.get_running_loop().create_future()
        req = made(signal=controller.signal)
        errors: list[Any] = []
        req.on("error", errors.append).on("close", lambda: closed.set_result(threading.get_ident()))
        threading.Thread(target=controller.abort, args=["why"]).start()
        there = await closed
        return there == threading.get_ident(), req.destroyed, req.aborted, errors, controller.signal._registrations

    same, destroyed, aborted, [err], left = asyncio.run(main())
    assert (same, destroyed, aborted, left) == (True, True, False, [])
    assert (err.code, err.cause) == ("ABORT_ERR", "why")


def test_a_request_that_is_done_leaves_its_signal() -> None:
    async def main() -> tuple[int, int]:
        server = http.createServer(lambda req, res: res.end("hi")).listen(0)
        controller = AbortController()
        req = http.get(server.url, {"signal": controller.signal, "agent": False})
        during = len(controller.signal._registrations)
        closed = asyncio.get_running_loop().create_future()
        req.on("close", lambda: closed.set_result(None))
        await (await req).text()
        await closed
        return during, len(controller.signal._registrations)

    assert asyncio.run(main()) == (1, 0)


def test_an_agent_in_words() -> None:
    agent = http.Agent(proxyEnv={"HTTP_PROXY": "http://me:secret@proxy.example"})
    req = http.request("http://example.com/x", agent=agent, createConnection=None)
    shown = f"{agent!r} {req!r}"
    req.on("error", lambda _: None).destroy()
    assert shown == "<Agent 1 busy, 0 free, 0 waiting> <ClientRequest GET http://example.com/x pending>"


def test_its_repr_names_the_place() -> None:
    async def main() -> list[str]:
        requests = [
            http.request("http://localhost:8010/a"),
            http.request("http://[::1]/b"),
            http.request(socketPath="/tmp/s", path="/c"),
        ]
        for req in requests:
            req.on("error", lambda _: None).destroy()
        return [repr(req).split()[2] for req in requests]

    assert asyncio.run(main()) == ["http://localhost:8010/a", "http://[::1]/b", "http://unix:/tmp/s:/c"]


def test_what_is_the_response_s_is_said_so() -> None:
    async def main() -> None:
        req = http.request("http://localhost:1/").on("error", lambda _: None)
        with pytest.raises(AttributeError, match=r"no 'text': it is the response's, as in \(await request\).text"):
            _ = req.text
        with pytest.raises(AttributeError, match="no 'nonsense'$"):
            _ = req.nonsense
        req.destroy()

    asyncio.run(main())


def test_a_failure_that_is_awaited_is_not_reported_as_well(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    async def main(req: http.ClientRequest) -> None:
        with pytest.raises(OSError, match="ECONNREFUSED"):
            await req
        assert req._unnoticed is None

    for _ in range(20):
        # Made here, awaited on another loop: the failure comes when it likes.
        asyncio.run(main(http.get(f"http://127.0.0.1:{port}/")))
    assert capfd.readouterr().err == ""


def test_whoever_awaits_with_a_timeout_is_told_when_it_is_over() -> None:
    async def main() -> None:
        server = http.createServer(lambda req, res: None if req.url == "/mute" else res.write("part")).listen()
        with pytest.raises(OSError, match="no answer for 20 ms") as caught:
            await http.get(server.url + "mute", timeout=20, agent=False)
        assert getattr(caught.value, "code", "") == "ETIMEDOUT"
        res = await http.get(server.url + "part", timeout=500, agent=False)
        with pytest.raises(OSError, match="no answer for 500 ms"):
            await res.text()
        server.close()
        server.closeAllConnections()

    asyncio.run(main())


def test_a_request_given_up_while_it_is_awaited_is_not_reported(capfd: pytest.CaptureFixture[str]) -> None:
    async def main() -> None:
        server = http.createServer(lambda req, res: None).listen()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(http.get(server.url, agent=http.Agent()), 0.01)
        closed = asyncio.Event()
        server.close(lambda *_: closed.set())
        await closed.wait()

    asyncio.run(main())
    assert capfd.readouterr().err == ""


def test_a_response_that_waited_for_somebody_to_ask_says_over_which_socket_it_came() -> None:
    """In a notebook the next cell may come long after it."""
    agent, is_free = http.Agent(keepAlive=True), threading.Event()
    agent.on("free", lambda *_: is_free.set())
    with serving(lambda req, res: res.end("hi")) as server:
        req = http.get(server.url, agent=agent)
        assert is_free.wait(10)
        res: Any = req.res
        assert res.socket.remotePort == server.port
        # It is free for others meanwhile, and no longer the response's to destroy.
        is_free.clear()
        res.destroy()
        again = http.get(server.url, agent=agent)
        assert is_free.wait(10)
        assert again.reusedSocket
    agent.destroy()


def test_an_upgrade_waits_for_whoever_asks_for_it_late() -> None:
    """In a notebook the listener comes from another thread, a moment or a cell after the request."""
    is_upgraded, heard, answered = threading.Event(), threading.Event(), threading.Event()
    got: list[Any] = []

    def take(res: Any, socket: Any, head: bytes) -> None:
        socket.on("data", got.append)
        socket.on("data", lambda _: answered.set())
        socket.write("is anybody there?")
        heard.set()

    with serving() as server:

        @server.on("upgrade")
        def shout(req: Any, socket: Any, head: bytes) -> None:
            socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: shout\r\n\r\n")
            socket.on("data", lambda data: socket.end(data.upper()))

        req = http.request(server.url, headers={"Connection": "Upgrade", "Upgrade": "shout"})
        req.on("close", is_upgraded.set)
        req.end()
        assert is_upgraded.wait(10)
        req.once("upgrade", take)
        assert heard.wait(10)
        assert answered.wait(10)
    assert got == [b"IS ANYBODY THERE?"]


UNHEARD_UPGRADE = """
import httpkit as http

server = http.createServer()

@server.on("upgrade")
def agree(req, socket, head):
    socket.write("HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: x\\r\\n\\r\\n")
    socket.on("end", socket.end)
    socket.resume()
    server.close()

server.listen(0)
http.get(server.url, headers={"Connection": "Upgrade", "Upgrade": "x"})
"""


def test_a_script_does_not_wait_for_an_upgrade_that_nobody_asked_for(tmp_path: Path) -> None:
    script = tmp_path / "upgrade.py"
    script.write_text(UNHEARD_UPGRADE)
    result = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=30, check=False)
    assert (result.returncode, result.stderr) == (0, "")
