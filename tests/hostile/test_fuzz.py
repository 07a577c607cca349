"""Broken streams by the thousand: a reader finds the same in them however they arrive, and raises only ParseError."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from typing import Any

import pytest

from httpkit.errors import ParseError
from httpkit.wire import Reader, RequestReader, ResponseReader
from tests.hostile.corpus import load
from tests.test_wire import Heard

STREAMS = {name: [case.data for case in load(name) if 0 < len(case.data) < 2500] for name in ("requests", "responses")}
PIECES = [
    *[
        b"\r",
        b"\n",
        b"\r\n",
        b"\r\n\r\n",
        b" ",
        b"\t",
        b":",
        b";",
        b"=",
        b'"',
        b"\\",
        b",",
        b"\0",
        b"\x7f",
        b"\xff",
        b"@",
        b"#",
    ],
    *[b"Connection: close\r\n", b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding:\r\n", b"Content-Length: 5\r\n"],
    *[
        b"Host: b\r\n",
        b"Server: x\r\n",
        b"server: y\r\n",
        b"0\r\n\r\n",
        b"5\r\nhello\r\n",
        b" fold\r\n",
        b"HTTP/0.9",
        b"h://a@b",
    ],
    *[b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 200 OK\r\n", b"ffffffffffffffff", b"Sec-WebSocket-Key1: x\r\n"],
]
MUTANTS = 1500


class Bytes(Heard):
    """Writes bodies down byte by byte, and lets go of a connection that leaves HTTP."""

    def head(self, message: Any, has_body: bool) -> bool:
        super().head(message, has_body)
        return bool(message.upgrade)

    def body(self, chunk: bytes) -> None:
        self.lines.extend(map(str, chunk))


def mutants(name: str) -> Iterator[tuple[random.Random, bytes]]:
    chance = random.Random(name)
    for _ in range(MUTANTS):
        data = chance.choice(STREAMS[name])
        for _ in range(chance.choice((1, 1, 2, 3))):
            data = mutated(data, chance)
        yield chance, data


def mutated(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data) + 1)
    end_of_line = data.find(b"\r\n", at) + 2
    return chance.choice(
        [
            data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :],
            data[:at] + chance.choice(PIECES) + data[at:],
            data[:at] + data[at + chance.randrange(1, 9) :],
            data[:end_of_line] + chance.choice(PIECES) + data[end_of_line:],
            data[:end_of_line] + data[at:],
        ]
    )


def readers(name: str, relaxed: bool) -> Iterator[tuple[Heard, Reader[Any]]]:
    """As many as are asked for, on one event loop."""
    loop = asyncio.new_event_loop()
    try:
        while True:
            heard = Bytes()
            if name == "requests":
                yield heard, RequestReader(heard, loop, relaxed=relaxed)
            else:
                yield heard, ResponseReader(heard, loop, "GET", relaxed=relaxed)
    finally:
        loop.close()


def found(heard: Heard, reader: Reader[Any], packets: list[bytes]) -> list[str]:
    try:
        for packet in packets:
            if reader.stopped:
                return heard.lines
            reader.feed(packet)
        reader.eof()
    except ParseError:
        # Of two faults at once now this, now that one is seen first.
        heard.lines.append("refused")
    return heard.lines


def pieces(data: bytes, chance: random.Random) -> list[bytes]:
    cuts = sorted(chance.randrange(len(data) + 1) for _ in range(3))
    return [data[start:end] for start, end in zip((0, *cuts), (*cuts, len(data)), strict=True)]


@pytest.mark.parametrize("relaxed", [False, True])
@pytest.mark.parametrize("name", ["requests", "responses"])
def test_what_is_found_does_not_depend_on_the_packets(name: str, relaxed: bool) -> None:
    fresh = readers(name, relaxed)
    for chance, data in mutants(name):
        whole = found(*next(fresh), [data])
        assert found(*next(fresh), pieces(data, chance)) == whole, data
        assert found(*next(fresh), [data[i : i + 1] for i in range(len(data))]) == whole, data
