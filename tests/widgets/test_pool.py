"""What is shown of an Agent's pool: no key, no secret of a request, and whose sockets they are."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import httpkit as http
from httpkit import https
from httpkit.widgets import AgentView
from httpkit.widgets.pool import Pool
from tests.certificates import CA, LOCALHOST

SECRET = "zq9xkvw2pj"


def waiting(path: str, agent: http.Agent, **options: Any) -> http.ClientRequest:
    """A request that has no socket yet, to where nobody listens."""
    req = http.request({"host": "localhost", "port": 1, "path": path, "agent": agent, **options})
    req.on("error", lambda _: None)
    return req


def asked(path: str, **options: Any) -> str:
    """What is shown of a request."""

    async def main() -> str:
        agent = http.Agent(maxSockets=1)
        waiting("/first", agent)
        req = waiting(path, agent, **options)
        shown: str = Pool(agent).look()["origins"][0]["waiting"][0]
        req.destroy()
        agent.destroy()
        return shown

    return asyncio.run(main())


@pytest.mark.parametrize("headers", [{"Authorization": f"Bearer {SECRET}"}, ["Authorization", f"Bearer {SECRET}"]])
def test_a_path_has_no_secret_that_a_header_tells_of(headers: Any) -> None:
    assert asked(f"/users/{SECRET}?a=1", headers=headers) == "GET /users/••••••?a=1"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (f"//ann:{SECRET}@host/p", "GET //ann:••••••@host/p"),
        (f"http://ann:{SECRET}@host/p", "GET http://ann:••••••@host/p"),
        ("/a?token=abc&b=1", "GET /a?token=••••••&b=1"),
        ("/a//b", "GET /a//b"),
    ],
)
def test_a_path_of_any_kind(path: str, shown: str) -> None:
    assert asked(path) == shown


def test_a_request_that_goes_to_a_proxy_or_through_it() -> None:
    assert asked("example.org:443", method="CONNECT") == "CONNECT example.org:443"


def test_origins_over_tls_are_told_apart_without_their_keys() -> None:
    async def main() -> None:
        server = https.createServer(lambda req, res: res.end("hi"), **LOCALHOST).listen(0)
        agent = https.Agent(keepAlive=True, ca=CA)
        for more in ({}, LOCALHOST):
            res = await https.get({"host": "localhost", "port": server.port, "agent": agent, **more})
            await res.text()
        view = AgentView(agent)
        # They are free by now, and were asked for before there was a view.
        assert [each["name"] for each in view._look()["origins"]] == [
            f"localhost:{server.port}",
            f"localhost:{server.port} (2)",
        ]
        shown = f"{view._look()} {view.to_html()}"
        assert "BEGIN" not in shown
        assert f"localhost:{server.port}" in shown
        view.close()
        agent.destroy()
        server.close()
        server.closeAllConnections()

    asyncio.run(main())


def test_an_address_of_ipv6_is_whole() -> None:
    async def main() -> None:
        agent = https.Agent(maxSockets=1, key=LOCALHOST["key"], cert=LOCALHOST["cert"])
        for _ in range(2):
            https.request({"host": "::1", "port": 1, "agent": agent}).on("error", lambda _: None)
        (origin,) = Pool(agent).look()["origins"]
        assert origin["name"] == "::1:1"
        assert len(origin["waiting"]) == 1
        agent.destroy()

    asyncio.run(main())
