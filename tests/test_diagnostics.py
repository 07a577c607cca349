from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import httpkit as http
from httpkit.diagnostics import channel

NAMES = [
    "http.client.request.created",
    "http.client.request.start",
    "http.server.response.created",
    "http.server.request.start",
    "http.server.response.finish",
    "http.client.response.finish",
]


def test_an_exchange_is_announced_step_by_step_while_somebody_subscribes() -> None:
    heard: list[str] = []

    def subscriber(message: dict[str, Any], name: str) -> None:
        assert message["request"] is not None
        heard.append(name)

    async def exchange() -> None:
        server = http.createServer(lambda req, res: res.end("hi")).listen(0)
        await (await http.get(server.url)).text()

    for name in NAMES:
        channel(name).subscribe(subscriber)
    asyncio.run(exchange())
    assert sorted(heard) == sorted(NAMES)
    for name in NAMES:
        assert channel(name).unsubscribe(subscriber)
        assert not channel(name).hasSubscribers
    asyncio.run(exchange())
    assert len(heard) == len(NAMES)


def test_a_failed_request_is_announced() -> None:
    failures: list[str] = []

    def subscriber(message: dict[str, Any], name: str) -> None:
        failures.append(message["error"].code)

    async def fail() -> None:
        with contextlib.suppress(OSError):
            await http.get("http://127.0.0.1:1/")

    channel("http.client.request.error").subscribe(subscriber)
    asyncio.run(fail())
    channel("http.client.request.error").unsubscribe(subscriber)
    assert failures == ["ECONNREFUSED"]
