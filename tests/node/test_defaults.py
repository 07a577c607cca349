"""The value of each attribute before anybody sets it, and while one plain GET is answered: Node 24.19.0's."""

from __future__ import annotations

import asyncio
import json
import math
from typing import Any

import pytest

import httpkit as http
from httpkit.events import EventEmitter
from tests.node.samples.recordings import node_says, recording

Values = dict[str, dict[str, Any]]

DEFAULTS: Values = recording("defaults")
MISSING = "missing"


def test_the_recording_is_nodes() -> None:
    assert node_says("defaults") == DEFAULTS


@pytest.fixture(scope="module")
def ours() -> Values:
    return asyncio.run(record())


@pytest.mark.parametrize(("owner", "name"), [(owner, name) for owner, names in DEFAULTS.items() for name in names])
def test_default(owner: str, name: str, ours: Values) -> None:
    # As JSON, for 0 is not False.
    assert json.dumps(ours[owner][name]) == json.dumps(DEFAULTS[owner][name])


async def record() -> Values:
    found = {
        "http": values("http", http),
        "events": values("events", EventEmitter),
        "Agent": values("Agent", http.Agent()),
        "globalAgent": values("globalAgent", http.globalAgent),
        "globalAgent.options": {
            name: http.globalAgent.options.get(name, MISSING) for name in DEFAULTS["globalAgent.options"]
        },
    }

    def handle(req: Any, res: Any) -> None:
        found["IncomingMessage, a request"] = values("IncomingMessage, a request", req)
        found["ServerResponse"] = values("ServerResponse", res)
        res.end()

    def on_response(res: Any) -> None:
        found["IncomingMessage, a response"] = values("IncomingMessage, a response", res)
        res.resume()

    server = http.createServer(handle)
    found["Server"] = values("Server", server)
    server.listen(0, "127.0.0.1")
    address = server.address()
    assert isinstance(address, dict)
    request = http.get(host="127.0.0.1", port=address["port"], agent=False)
    found["ClientRequest"] = values("ClientRequest", request)
    closed = asyncio.Event()
    request.on("response", on_response)
    request.on("close", closed.set)
    await closed.wait()
    server.close()
    return found


def values(owner: str, holder: Any) -> dict[str, Any]:
    return {name: plain(getattr(holder, name, MISSING)) for name in DEFAULTS[owner]}


def plain(value: Any) -> Any:
    return "Infinity" if value == math.inf else value
