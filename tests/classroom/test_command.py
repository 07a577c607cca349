"""`python -m httpkit.classroom`, and what a notebook uses of it."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pytest

import httpkit as http
from httpkit.classroom import certificate, open_classroom
from httpkit.notebook import stop
from tests.serving import serving

COMMAND = [sys.executable, "-m", "httpkit.classroom"]


@contextmanager
def opened(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The URL that a classroom says it is open at."""
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield _url(process.stdout), process
        finally:
            process.kill()


def _url(lines: IO[str]) -> str:
    found = next(found for line in lines if (found := re.search(r"https?://localhost:\d+/", line)))
    return found[0]


def test_it_opens_says_where_and_closes_at_ctrl_c() -> None:
    with opened("0") as (url, process):
        assert http.send("GET", f"{url}echo").json()["url"] == "/echo"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (-signal.SIGINT, "")


def test_it_speaks_tls() -> None:
    with opened("0", "--tls") as (url, _):
        agent = http.https.Agent(ca=certificate()["cert"])
        assert http.send("GET", f"{url}greeting", agent=agent).status == 200


def test_a_port_that_is_taken_is_no_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = subprocess.run([*COMMAND, port], capture_output=True, text=True, timeout=30, check=False)
    assert (result.returncode, "Traceback" in result.stderr) == (1, False)
    assert f"The classroom cannot open on port {port}" in result.stderr


@pytest.mark.parametrize("port", ["x", "70000", "-1"])
def test_nor_is_one_that_is_none(port: str) -> None:
    result = subprocess.run([*COMMAND, "--", port], capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    assert port in result.stderr


def test_it_loads_neither_ipython_nor_widgets() -> None:
    code = "import sys, httpkit.classroom; print([name for name in ('IPython', 'ipywidgets') if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"


def test_opened_again_it_begins_anew() -> None:
    served = open_classroom(0)
    try:
        http.send("DELETE", f"http://localhost:{served.port}/notes/1")
        again = open_classroom(served.port)
        assert again.port == served.port
        assert http.send("GET", f"http://localhost:{served.port}/notes/1").status == 200
    finally:
        stop(served.port)


@pytest.mark.parametrize(
    ("name", "code"),
    [("localhost", ""), ("elsewhere", "ERR_TLS_CERT_ALTNAME_INVALID"), ("expired", "CERT_HAS_EXPIRED")],
)
def test_the_certificates_are_good_for_what_they_say(name: str, code: str) -> None:
    with serving(lambda req, res: res.end("hi"), certificate(name)) as server:
        agent = http.https.Agent(ca=certificate(name)["cert"])
        try:
            found = str(http.send("GET", f"https://localhost:{server.port}/", agent=agent).status)
        except http.NodeError as error:
            found = getattr(error, "code", "")
    assert found == (code or "200")


def test_there_is_no_other_certificate() -> None:
    with pytest.raises(ValueError, match="expected one of localhost, elsewhere, expired"):
        certificate("../../etc/passwd")
