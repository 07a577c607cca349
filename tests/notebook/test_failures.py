"""Requests that fail: what happened, at which step, and what to do."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest

from httpkit import createServer, https
from httpkit.errors import NodeError, ParseError, SystemCallError, error
from httpkit.notebook.display import mimebundle
from httpkit.notebook.failures import Failure, Outcome, failure
from httpkit.notebook.run import ask
from tests.certificates import LOCALHOST
from tests.ports import free_ports
from tests.serving import serving

URL = "http://ann:password1@localhost:3999/path?token=secret"


LINES = {
    "ECONNREFUSED": (
        "Nothing listens on localhost:3999 (connection refused). Start a server there, as %%serve 3999 does, or check "
        "the port."
    ),
    "ENOTFOUND": "No host is called localhost (name not found). Check the spelling, and the network.",
    "ETIMEDOUT": (
        "localhost:3999 has not answered in time. If it is your server, does its handler call res.end()? To wait "
        "longer, add --timeout SECONDS."
    ),
    "ECONNRESET": "localhost:3999 closed the connection before its answer was complete (socket hang up). Try "
    "again; if it happens each time, look at what the server logs, and "
    "whether it wants https://.",
    "HPE_INVALID_CONSTANT": (
        "What localhost:3999 answered is not HTTP (Expected HTTP/). Is it an HTTP server, and is this its port?"
    ),
    "ERR_INVALID_URL": (
        "http://ann:••••••@localhost:3999/path?token=•••••• is not a URL. Expected something like :3000/path, "
        "localhost:3000/path or http://host/path."
    ),
    "ERR_INVALID_CHAR": 'Invalid character in header content ["X-Name"] (ERR_INVALID_CHAR). ',
}
FAILURES = [
    SystemCallError("connect ECONNREFUSED 127.0.0.1:3999", "ECONNREFUSED"),
    SystemCallError("getaddrinfo ENOTFOUND localhost", "ENOTFOUND"),
    SystemCallError("connect ETIMEDOUT 127.0.0.1:3999", "ETIMEDOUT"),
    SystemCallError("socket hang up", "ECONNRESET"),
    ParseError("HPE_INVALID_CONSTANT", "Expected HTTP/"),
    error("ERR_INVALID_URL"),
    error("ERR_INVALID_CHAR", "header content", "X-Name"),
]


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: error.code)
def test_why_a_request_failed(error: NodeError) -> None:
    assert str(failure(error, "GET", URL)) == LINES[error.code]


def failed(url: str, **options: Any) -> Failure:
    with pytest.raises(Failure) as caught:
        ask(url, {}, **options)
    return caught.value


def steps(failure: Failure) -> str:
    signs = {Outcome.DONE: "+", Outcome.FAILED: "!", Outcome.NOT_REACHED: "-"}
    return " ".join(f"{signs[step.outcome]}{step.name}" for step in failure.failed.steps)


def test_nobody_listens() -> None:
    refused = failed(f"http://localhost:{free_ports(1)[0]}/")
    assert refused.failed.code == "ECONNREFUSED"
    assert steps(refused) == ("+look up the name !connect -send the request -wait for the answer -read the answer")


def test_nobody_has_that_name() -> None:
    assert steps(failed("https://no-such-host.invalid/")) == (
        "!look up the name -connect -agree on TLS -send the request -wait for the answer -read the answer"
    )


def test_a_certificate_that_nobody_trusts() -> None:
    secure = https.createServer(LOCALHOST, lambda req, res: res.end()).listen()
    try:
        assert steps(failed(secure.url)) == (
            "+connect !agree on TLS -send the request -wait for the answer -read the answer"
        )
    finally:
        secure.close()


def test_a_server_that_does_not_answer_or_not_to_the_end() -> None:
    def silent(req: Any, res: Any) -> None:
        if req.url != "/nothing":
            res.write("some")

    server = createServer(silent).listen()
    try:
        assert steps(failed(f"{server.url}nothing --timeout 0.5")).endswith("!wait for the answer -read the answer")
        half = failed(f"{server.url}half --timeout 0.5")
        assert steps(half).endswith("+wait for the answer !read the answer")
        assert "has not answered in time" in str(half)
    finally:
        server.close()
        server.closeAllConnections()


def test_what_is_not_http() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"220 mail.example.com ESMTP\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        bad = failed(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        thread.join()
    assert steps(bad) == "+connect +send the request +wait for the answer !read the answer"
    assert "is not HTTP" in str(bad)


def test_a_redirect_names_the_place_that_failed() -> None:
    port = free_ports(1)[0]
    server = createServer(
        lambda req, res: res.writeHead(302, {"Location": f"http://127.0.0.1:{port}/x"}).end()
    ).listen()
    try:
        assert failed(f"--follow {server.url}").failed.url == f"http://127.0.0.1:{port}/x"
        assert "--max-redirects N allows more" in str(failed(f"--follow --max-redirects 0 {server.url}"))
    finally:
        server.close()


@pytest.mark.parametrize("location", ["file:///sesame77", "/sesame77", "http://127.0.0.1:1/sesame77"])
def test_what_a_server_echoes_is_hidden(location: str) -> None:
    with serving(lambda req, res: res.writeHead(302, {"Location": location}).end()) as server:
        bad = failed(f"--follow {server.url} Authorization:'Bearer sesame77'")
    assert "sesame77" not in str(bad) + str(mimebundle(bad.failed))
