"""Servers whose handler changes while they run."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from httpkit import createServer
from httpkit.errors import SystemCallError
from httpkit.notebook import serving
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.serving import Served, close, port_of, serve, serve_cell, stop


@pytest.fixture(autouse=True)
def no_server_is_left() -> Iterator[None]:
    yield
    serving.stop_all()


def ask(served: Served, path: str = "/") -> tuple[int, str]:
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)) as connection:
        return answer(connection, path)


def answer(connection: http.client.HTTPConnection, path: str = "/") -> tuple[int, str]:
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.read().decode()


def test_a_function_is_served() -> None:
    assert ask(serve(lambda req, res: res.end(f"you asked for {req.url}"), 0), "/a") == (200, "you asked for /a")


def test_a_cell_is_served() -> None:
    assert ask(serve_cell("0", "res.statusCode = 404\nres.end(word)", {"word": "no"})) == (404, "no")


def test_a_new_handler_keeps_port_and_connection() -> None:
    served = serve_cell("0", "res.end('one')", {})
    port = served.port
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        assert answer(connection) == (200, "one")
        before = connection.sock
        assert serve_cell("0", "res.end('two')", {}) is served
        assert answer(connection) == (200, "two")
        assert connection.sock is before
    assert (served.port, served.swaps) == (port, 1)


def test_a_server_is_also_found_by_the_port_that_the_system_chose() -> None:
    served = serve_cell("0", "res.end('one')", {})
    assert serve_cell(str(served.port), "res.end('two')", {}) is served


def test_a_typo_leaves_the_old_handler_in_place() -> None:
    served = serve_cell("0", "res.end('one')", {})
    with pytest.raises(Mistake, match="never closed"):
        serve_cell("0", "res.end('two'", {})
    assert ask(served) == (200, "one")


def test_a_handler_that_raises_answers_500_and_the_server_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    served = serve_cell("0", "if req.url == '/boom':\n    1 / 0\nres.end('fine')", {}, "Cell In[3]")
    assert ask(served, "/boom")[0] == 500
    assert ask(served) == (200, "fine")
    shown = capsys.readouterr().err
    assert shown.count("ZeroDivisionError") == 1
    assert 'File "Cell In[3]", line 3, in handler' in shown


def test_a_handler_may_await_before_it_raises(capsys: pytest.CaptureFixture[str]) -> None:
    served = serve_cell("0", "import asyncio\nawait asyncio.sleep(0)\nraise ValueError('late')", {})
    assert ask(served)[0] == 500
    assert capsys.readouterr().err.count("ValueError: late") == 1


def test_a_port_of_somebody_else() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Mistake) as caught:
            serve_cell(str(port), "res.end()", {})
    assert (
        str(caught.value)
        == f"Port {port} is taken, by another program or another notebook (whose %stop, or whose kernel's end, frees "
        "it): stop it there, or choose another port; 0 is any free one."
    )
    assert not serving.running()


def test_a_server_the_user_closed_is_started_again() -> None:
    served = serve_cell("0", "res.end('one')", {})
    port = served.port
    stop(port)
    again = serve_cell(str(port), "res.end('two')", {})
    assert again is not served
    assert ask(again) == (200, "two")


def test_stop_frees_the_port_and_closes_connections() -> None:
    served = serve_cell("0", "res.end('one')", {})
    port = served.port
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        answer(connection)
        stop(port)
        assert connection.sock.recv(1) == b""
    with socket.create_server(("127.0.0.1", port)):
        assert not serving.running()


def test_there_must_be_something_to_stop() -> None:
    with pytest.raises(Mistake, match=r"No server of this notebook is on port 3999. Running: none\."):
        stop(3999)
    served = serve_cell("0", "res.end()", {})
    with pytest.raises(Mistake, match=f"Running: {served.port}"):
        stop(1)


@pytest.mark.parametrize(("text", "port"), [("", 3000), ("  ", 3000), ("8080", 8080), (":8080", 8080), ("0", 0)])
def test_ports(text: str, port: int) -> None:
    assert port_of(text) == port


@pytest.mark.parametrize("text", ["abc", "70000", "-1", "3000 3001", "3000/"])
def test_what_is_no_port(text: str) -> None:
    with pytest.raises(Mistake) as caught:
        port_of(text)
    assert str(caught.value) == f"“{text}” is not a port. Expected a number from 0 to 65535, as in %%serve 3000."


def test_links_lead_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    served = serve(lambda req, res: res.end(), 0)
    assert served.url == f"http://localhost:{served.port}/"
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ann/")
    assert served.url == f"/user/ann/proxy/{served.port}/"


def test_it_listens_to_this_machine_only() -> None:
    address: Any = serve(lambda req, res: res.end(), 0).server.address()
    assert address["address"] == "127.0.0.1"


def test_servers_of_code_are_listed_and_stopped_too() -> None:
    mine = createServer(lambda req, res: res.end("mine")).listen()
    served = serve_cell("0", "res.end()", {})
    assert {each.port for each in serving.running()} == {mine.port, served.port}
    stop(mine.port)
    assert not mine.listening
    assert list(serving.running()) == [served]


def test_a_port_of_ones_own_is_named() -> None:
    mine = createServer().listen()
    with pytest.raises(SystemCallError) as caught:
        createServer().listen(mine.port)
    assert caught.value.__notes__ == [
        f"It is taken by {mine!r} of this program: close() that one first, or `%stop {mine.port}`."
    ]


def test_a_port_of_ones_own_and_one_of_others() -> None:
    server = createServer().listen(0)
    with pytest.raises(Mistake, match=f"Port {server.port} is taken by a server of this notebook: %stop"):
        serve(print, server.port)
    stop(server.port)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(Mistake, match=f"No server of this notebook is on port {port}.* Something listens there"):
            stop(port)


def test_a_handler_that_holds_up_the_loop_does_not_hold_up_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("httpkit.notebook.serving._CLOSING", 0.05)
    monkeypatch.setattr("httpkit.notebook.serving._BUSY", 0.05)
    begun, released = threading.Event(), threading.Event()

    def handler(req: Any, res: Any) -> None:
        begun.set()
        released.wait()

    served = serve(handler, 0)
    with socket.create_connection(("127.0.0.1", served.port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        begun.wait()
        with pytest.raises(Mistake, match="holds up the event loop, as time.sleep"):
            close(served.server)
        released.set()
