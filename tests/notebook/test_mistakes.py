"""Failures in one line: what happened, and what to do."""

from __future__ import annotations

import pytest

from httpkit.errors import NodeError, ParseError, SystemCallError, error
from httpkit.notebook.mistakes import Mistake, failed_request

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
    "ECONNRESET": "localhost:3999 closed the connection before its answer was complete (socket hang up). Try again.",
    "HPE_INVALID_CONSTANT": (
        "What localhost:3999 answered is not HTTP (Expected HTTP/). Is it an HTTP server, and is this its port?"
    ),
    "ERR_INVALID_URL": (
        "http://ann:••••••@localhost:3999/path?token=•••••• is not a URL. Expected something like :3000/path, "
        "localhost:3000/path or http://host/path."
    ),
    "ERR_INVALID_CHAR": 'Invalid character in header content ["X-Name"] (ERR_INVALID_CHAR)',
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


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.code)
def test_why_a_request_failed(failure: NodeError) -> None:
    assert str(failed_request(failure, URL)) == LINES[failure.code]


def test_a_notebook_shows_the_message_alone() -> None:
    assert Mistake("one line")._render_traceback_() == ["one line"]
