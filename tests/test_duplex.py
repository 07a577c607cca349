"""What Duplex streams add to Node's: async transforms, and HTTP over a pair. See also the scenario stream_duplex."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import httpkit as http
from httpkit.lifecycle import Callback
from httpkit.stream import Duplex, PassThrough, Readable, Transform, Writable, duplexPair, finished


def test_it_is_both() -> None:
    async def main() -> list[bool]:
        streams = [Duplex(), Transform(), PassThrough(), *duplexPair()]
        return [isinstance(stream, Readable) and isinstance(stream, Writable) for stream in streams]

    assert asyncio.run(main()) == [True] * 5


def test_an_async_transform_gives_what_it_returns() -> None:
    async def main() -> bytes:
        async def upper(chunk: bytes) -> bytes:
            await asyncio.sleep(0)
            return chunk.upper()

        async def flush() -> str:
            return "."

        stream = Transform(transform=upper, flush=flush)
        stream.write("a")
        stream.end("b")
        return await stream.bytes()

    assert asyncio.run(main()) == b"AB."


def test_an_async_transform_that_raises() -> None:
    class Broken(Transform):
        async def _transform(self, chunk: bytes, encoding: str) -> None:
            raise ValueError("not a number")

    async def main() -> None:
        stream = Broken()
        stream.write("x")
        with pytest.raises(ValueError, match="not a number"):
            await stream.text()

    asyncio.run(main())


def test_a_transform_with_hooks_of_its_own_class() -> None:
    class Lines(Transform):
        def __init__(self) -> None:
            super().__init__(readableObjectMode=True)
            self.rest = b""

        def _transform(self, chunk: bytes, encoding: str, callback: Callback) -> None:
            *lines, self.rest = (self.rest + chunk).split(b"\n")
            for line in lines:
                self.push(line)
            callback()

        def _flush(self, callback: Callback) -> None:
            callback(None, self.rest)

    async def main() -> list[bytes]:
        lines = Lines()
        lines.write("one\ntw")
        lines.write("o\nthree")
        lines.end()
        return [line async for line in lines]

    assert asyncio.run(main()) == [b"one", b"two", b"three"]


def test_http_over_a_pair() -> None:
    async def main() -> tuple[str, bool]:
        server = http.createServer(lambda req, res: res.end(f"{req.method} {req.url}"))
        client, far = duplexPair()
        server.emit("connection", far)
        client.end("GET /memory HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answer = await client.text()
        await finished(far)
        return answer, far.destroyed

    answer, destroyed = asyncio.run(main())
    head, _, body = answer.partition("\r\n\r\n")
    assert (head.splitlines()[0], body, destroyed) == ("HTTP/1.1 200 OK", "GET /memory", True)


def test_a_pair_of_objects() -> None:
    async def main() -> list[Any]:
        one, other = duplexPair(objectMode=True)
        one.write({"a": 1})
        one.end([2])
        items: list[Any] = await other.toArray()
        return items

    assert asyncio.run(main()) == [{"a": 1}, [2]]
