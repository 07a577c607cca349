"""What httpkit sends is, byte for byte, what Node 24.19.0 was recorded to send (`samples/*.json`).

A recording names in words what is done. What the words mean stands beside it twice: in JavaScript, and Node still
sends what is recorded; and in Python, and so does httpkit, but for the differences named here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import httpkit as http
from httpkit.errors import NodeError
from tests.memory import Connection
from tests.node.samples import client
from tests.node.samples.recordings import node_says, recording, undated
from tests.node.samples.server import HANDLERS

Sample = dict[str, Any]

SERVER = recording("server")
CLIENT = recording("client")

# Errors whose message names a type or a value in the language's own words: their code has to do.
OWN_WORDS = ("ERR_INVALID_ARG_TYPE", "ERR_INVALID_ARG_VALUE")


def replaced(old: str, new: str) -> Callable[[Sample], Sample]:
    return lambda sample: {**sample, "bytes": sample["bytes"].replace(old, new)}


# By handler: why we differ, and what Node's sample becomes.
SERVER_DIFFERENCES: dict[str, tuple[str, Callable[[Sample], Sample]]] = {
    "cork before headers": (
        "Node sends what was corked behind the last chunk, as if it were the next response",
        replaced("0\r\n\r\n2\r\nbb\r\n", "2\r\nbb\r\n0\r\n\r\n"),
    ),
    "content-disposition latin1": (
        "Node sends a header in UTF-8, and this one broken, when text follows it; we always send Latin-1",
        lambda sample: replaced('"ï¿½"', '"ý"')(replaced("X-L: Ã©", "X-L: é")(sample)),
    ),
    "number header / bool": (
        "None is undefined, which no header can be; JavaScript's null can",
        lambda _: {
            "bytes": "",
            "closed": True,
            "thrown": 'ERR_HTTP_INVALID_HEADER_VALUE: Invalid value "undefined" for header "X-Null"',
        },
    ),
}


def thrown(err: NodeError) -> str:
    return f"{err.code}: {err}"


class TestServer:
    def test_the_words_are_understood(self) -> None:
        assert node_says("server") == SERVER["samples"]

    @pytest.mark.parametrize(
        ("handler", "request_"), [(handler, name) for handler, each in SERVER["samples"].items() for name in each]
    )
    def test_sample(self, handler: str, request_: str) -> None:
        expected = SERVER["samples"][handler][request_]
        if handler in SERVER_DIFFERENCES:
            _, ours = SERVER_DIFFERENCES[handler]
            expected = ours(expected)
        assert asyncio.run(self.record(handler, SERVER["requests"][request_])) == expected

    async def record(self, handler: str, request: str) -> Sample:
        sample = {}

        def handle(req: Any, res: Any) -> None:
            try:
                HANDLERS[handler](res)
            except NodeError as err:
                sample["thrown"] = thrown(err)
                res.destroy()

        connection = Connection(http.createServer(handle))
        answer = connection.send(request.encode("latin-1"))
        await asyncio.sleep(0)  # what was corked for a turn is out
        answer += connection.send()
        return {"bytes": undated(answer), "closed": connection.closed, **sample}


class Recorder(asyncio.Protocol):
    """A server that keeps what it is sent, and says nothing."""

    def __init__(self) -> None:
        self.received = b""
        self.begun, self.left = asyncio.Event(), asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.received += data
        self.begun.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.left.set()


class TestClient:
    def test_the_words_are_understood(self) -> None:
        assert node_says("client") == CLIENT

    @pytest.mark.parametrize("name", CLIENT)
    def test_sample(self, name: str) -> None:
        assert comparable(asyncio.run(self.record(name))) == comparable(CLIENT[name])

    async def record(self, name: str) -> Sample:
        recorder = Recorder()
        server = await asyncio.get_running_loop().create_server(lambda: recorder, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        options, act = next((options, act) for each, options, act in client.requests() if each == name)
        to_server = http.Agent()
        agent: Any = http.Agent(keepAlive=True)
        agent.createConnection = lambda options, _: to_server.createConnection({**options, "host": "127.0.0.1"})
        sample, req = {}, None
        try:
            req = http.request({"host": "127.0.0.1", "port": port, "agent": agent, **options})
            req.on("error", lambda _: None)
            finished = asyncio.Event()
            req.on("finish", finished.set)
            act(req)
            await (recorder.begun if act is client.wait else finished).wait()
            req.destroy()
            await recorder.left.wait()
        except NodeError as err:
            sample["thrown"] = thrown(err)
            if req is not None:
                req.destroy()
        server.close()
        host = "[::1]" if options.get("host") == "::1" else "127.0.0.1"
        text = recorder.received.decode("latin-1").replace(f"{host}:{port}", "<H:P>")
        return {"bytes": text if req is not None else None, **sample}


def comparable(sample: Sample) -> Sample:
    code = sample.get("thrown", "").split(":")[0]
    return {**sample, "thrown": code} if code in OWN_WORDS else sample
