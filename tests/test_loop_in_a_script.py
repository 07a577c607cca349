"""The loop rule in a plain script: it lives as long as something is open, and Ctrl-C ends it."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HELLO = """
import httpkit as http

def hello(req, res):
    res.end("hi " + req.url)

server = http.createServer(hello)
server.listen(0)
print(server.address()["port"], flush=True)
"""


@contextmanager
def script(folder: Path, code: str) -> Iterator[subprocess.Popen[str]]:
    path = folder / "hello.py"
    path.write_text(code)
    process = subprocess.Popen([sys.executable, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        try:
            yield process
        finally:
            process.kill()


def outcome(folder: Path, code: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a script that ends by itself."""
    with script(folder, code) as process:
        out, err = process.communicate(timeout=30)
        return process.returncode, out, err


def test_it_serves_until_ctrl_c(tmp_path: Path) -> None:
    with script(tmp_path, HELLO) as process:
        assert process.stdout is not None
        url = f"http://127.0.0.1:{process.stdout.readline().strip()}/"
        for path in ("one", "two"):
            with urllib.request.urlopen(url + path) as answer:
                assert answer.read() == f"hi /{path}".encode()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (-signal.SIGINT, "", "")


def test_it_ends_by_itself_when_its_server_is_closed(tmp_path: Path) -> None:
    code = HELLO + "http.get(server.url, lambda res: (res.resume(), server.close(lambda: print('closed'))))"
    status, out, err = outcome(tmp_path, code)
    assert (status, out.splitlines()[1:], err) == (0, ["closed"], "")


def test_it_waits_for_a_pending_request(tmp_path: Path) -> None:
    code = HELLO + (
        "def got(res):\n"
        "    res.setEncoding('utf8')\n"
        "    res.on('data', print)\n"
        "    res.on('end', server.close)\n"
        "http.get(server.url + 'pending', got)\n"
    )
    status, out, err = outcome(tmp_path, code)
    assert (status, out.splitlines()[1:], err) == (0, ["hi /pending"], "")


def test_a_response_nobody_looks_at_keeps_nothing_alive(tmp_path: Path) -> None:
    status, _, err = outcome(tmp_path, HELLO + "http.get(server.url); server.unref()")
    assert (status, err) == (0, "")


def test_an_unreferenced_server_keeps_nothing_alive(tmp_path: Path) -> None:
    status, _, err = outcome(tmp_path, HELLO + "server.unref()")
    assert (status, err) == (0, "")


def test_a_script_that_an_exception_ends_does_not_go_on_serving(tmp_path: Path) -> None:
    status, _, err = outcome(tmp_path, HELLO + "1 / 0")
    assert (status, err.count("ZeroDivisionError")) == (1, 2 if "1 / 0" not in err else 1)


def test_threads_can_still_be_used_when_the_main_thread_is_done(tmp_path: Path) -> None:
    code = """
import asyncio
import httpkit as http

async def handler(req, res):
    res.end(await asyncio.to_thread(lambda: "from a thread"))

def got(res):
    res.setEncoding("utf8")
    res.on("data", print)
    res.on("end", server.close)

server = http.createServer(handler).listen(0)
http.get(f"http://localhost:{server.address()['port']}/", got)
"""
    assert outcome(tmp_path, code) == (0, "from a thread\n", "")


def test_an_error_nobody_listens_for_is_shown(tmp_path: Path) -> None:
    status, _, err = outcome(tmp_path, "import httpkit as http\nhttp.get('http://127.0.0.1:1/')")
    assert status == 0
    assert err.count("connect ECONNREFUSED 127.0.0.1:1") == 1


def test_a_listener_that_raises_is_shown_once_and_the_server_goes_on(tmp_path: Path) -> None:
    code = """
import urllib.error, urllib.request
import httpkit as http

def handler(req, res):
    if req.url == "/bad":
        raise ValueError("mine")
    res.end("fine")

server = http.createServer(handler).listen(0)
try:
    urllib.request.urlopen(server.url + "bad")
except urllib.error.HTTPError as err:
    print(err.code, err.read().decode())
    err.close()
print(urllib.request.urlopen(server.url).read().decode())
server.close()
"""
    status, out, err = outcome(tmp_path, code)
    assert (status, out.splitlines()) == (0, ["500 Internal Server Error", "fine"])
    assert err.count("ValueError: mine") == 1


@pytest.mark.parametrize("loop", ["asyncio", ""])
def test_either_loop_serves(tmp_path: Path, loop: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPKIT_LOOP", loop)
    code = HELLO + (
        "print(http.send('GET', server.url).text, type(server._home.loop).__module__.split('.')[0])\nserver.close()\n"
    )
    status, out, err = outcome(tmp_path, code)
    assert (status, out.splitlines()[1], err) == (0, f"hi / {loop or 'uvloop'}", "")


@pytest.mark.parametrize("handler", ["def handler(req, res):", "async def handler(req, res):"])
def test_sys_exit_in_a_handler_ends_it(tmp_path: Path, handler: str) -> None:
    code = f"import sys\nimport httpkit as http\n{handler}\n    sys.exit(3)\n"
    code += "server = http.createServer(handler).listen(0)\nhttp.get(server.url).on('error', lambda err: None)\n"
    _, out, err = outcome(tmp_path, code)
    assert (out, err) == ("", "")


def test_the_child_of_a_fork_begins_anew(tmp_path: Path) -> None:
    code = HELLO + (
        "import os\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    print('child', http.send('GET', server.url).text, flush=True)\n"
        "    os._exit(0)\n"
        "os.waitpid(child, 0)\n"
        "server.close()\n"
    )
    status, out, _ = outcome(tmp_path, code)
    assert (status, out.splitlines()[1:]) == (0, ["child hi /"])
