"""What becomes of odd and malformed requests: what Node 24.19.0 was recorded to do (`samples/parser.json`).

Each case says what is sent, packet by packet (null: the client sends FIN; `<3 a>` is short for `aaa`), what comes
back, whether the server closes, what the messages emit, and what 'clientError' tells. Node still does what is
recorded; httpkit does the same, but for the differences named here.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

import httpkit as http
from tests.node.samples.recordings import node_says, recording, undated

CASES: dict[str, dict[str, Any]] = recording("parser")
TURNS = 10  # of the loop, until everything that follows from a packet has happened

# By case: why we differ, and what differs.
DIFFERENCES: dict[str, tuple[str, dict[str, Any]]] = {
    "two hosts": (
        "RFC 9112 section 3.2: a server must answer more than one Host with 400; Node takes the first",
        {
            "out": "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
            "closed": True,
            "events": [],
            "error": {
                "code": "HPE_INVALID_HEADER_TOKEN",
                "reason": "Duplicate 'Host' header found.",
                "message": "Parse Error: Duplicate 'Host' header found.",
                "bytesParsed": 36,
                "rawPacket": 36,
            },
        },
    ),
}


def expected(name: str) -> dict[str, Any]:
    _, ours = DIFFERENCES.get(name, ("", {}))
    return {**CASES[name], **ours}


def test_the_recording_is_nodes() -> None:
    assert node_says("parser") == CASES


@pytest.mark.parametrize("name", CASES)
def test_what_comes_of_it(name: str) -> None:
    case = expected(name)
    events: list[str] = []
    out, closed = asyncio.run(exchange(lambda: http.createServer(handler(events)), case["send"]))
    assert (out, closed, events) == (case["out"], case["closed"], case["events"])


@pytest.mark.parametrize("name", CASES)
def test_client_error(name: str) -> None:
    case = expected(name)
    told: dict[str, Any] = {}

    def client_error(err: Any, socket: Any) -> None:
        told.update({name: getattr(err, name) for name in ("code", "reason", "message", "bytesParsed")})
        told["rawPacket"] = None if err.rawPacket is None else len(err.rawPacket)
        socket.destroy()

    def server() -> http.Server:
        made = http.createServer(handler([]))
        made.on("clientError", client_error)
        return made

    asyncio.run(exchange(server, case["send"]))
    assert told == case.get("error", {})


async def exchange(make: Callable[[], http.Server], send: list[str | None]) -> tuple[str, bool]:
    """What the server answers, and whether it hangs up."""
    accepted: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    server = make()
    server.on("connection", accepted.set_result)
    server.listen(0, "127.0.0.1")
    address = server.address()
    assert isinstance(address, dict)
    reader, writer = await asyncio.open_connection("127.0.0.1", address["port"])
    socket = await accepted
    sent = 0
    for packet in send:
        if packet is None:
            writer.write_eof()
        else:
            writer.write(unfolded(packet).encode("latin-1"))
            sent += len(unfolded(packet))
        # Nobody tells when the system has passed a packet on.
        while not socket.destroyed and (socket.bytesRead < sent or (packet is None and not socket.readableEnded)):
            await turns()
        await turns()
    closed = socket.destroyed or socket.writableEnded
    socket.destroySoon()
    out = await reader.read()
    writer.close()
    server.close()
    return undated(out), closed


async def turns() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)


def unfolded(text: str) -> str:
    return re.sub(r"<(\d+) ([^>]+)>", lambda found: found[2] * int(found[1]), text)


def handler(events: list[str]) -> Callable[[Any, Any], None]:
    """Notes what the messages emit, and echoes the body; /slow never answers, /early does before it has read."""

    def handle(req: Any, res: Any) -> None:
        headers = as_json(req.headers)[:90]
        events.append(f"request {req.method} {req.url} v{req.httpVersion} hdrs={headers} nraw={len(req.rawHeaders)}")
        body = bytearray()

        def on_end() -> None:
            events.append(f"req end trailers={as_json(req.trailers)}")
            if req.url != "/slow":
                res.end(b"ok:" + body)

        req.on("data", body.extend)
        req.on("end", on_end)
        req.on("aborted", lambda: events.append("req aborted"))
        req.on("error", lambda err: events.append(f"req error {err.code} {err}"))
        req.on("close", lambda: events.append("req close"))
        res.on("finish", lambda: events.append("res finish"))
        res.on("close", lambda: events.append("res close"))
        if req.url == "/early":
            res.write("x")

    return handle


def as_json(headers: dict[str, Any]) -> str:
    return json.dumps(headers, ensure_ascii=False, separators=(",", ":"))
