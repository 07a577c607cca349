from __future__ import annotations

import pytest

import httpkit as http
from httpkit.messages import SentRequest
from httpkit.snippets import own_headers


@pytest.mark.parametrize(
    ("url", "name", "value", "is_own"),
    [
        ("http://host/", "Host", "host", False),
        ("http://host/", "host", "HOST:80", False),
        ("https://host:443/", "Host", "host", False),
        ("http://host:81/", "Host", "host:81", False),
        ("http://[::1]:81/", "Host", "[::1]:81", False),
        ("http://host:81/", "Host", "host", True),
        ("http://host/", "Host", "other", True),
        ("nonsense", "Host", "other", True),
        ("http://ann:p%20w@host/", "Authorization", "Basic YW5uOnAgdw==", False),
        ("http://ann:pw@host/", "Authorization", "Basic YW5uOnAgdw==", True),
        ("http://host/", "Authorization", "Basic YW5uOnAgdw==", True),
        ("nonsense", "Authorization", "Basic YW5uOnAgdw==", True),
        ("http://host/", "Connection", "Keep-Alive", False),
        ("http://host/", "Connection", "close", False),
        ("http://host/", "Connection", "Upgrade", True),
        ("http://host/", "Content-Length", "3", False),
        ("http://host/", "Transfer-Encoding", "chunked", False),
        ("http://host/", "Transfer-Encoding", "gzip, chunked", True),
        ("http://host/", "X-A", "1", True),
    ],
)
def test_which_are_its_own(url: str, name: str, value: str, is_own: bool) -> None:
    assert own_headers(SentRequest("GET", url, ((name, value),))) == (((name, value),) if is_own else ())


def test_of_a_request_that_was_sent() -> None:
    server = http.createServer(lambda req, res: res.end()).listen(0)
    exchange = http.send("POST", server.url.replace("//", "//ann:pw@"), [("X-A", "1")], b"body")
    server.close()
    server.closeAllConnections()
    assert own_headers(exchange.request) == (("X-A", "1"),)
