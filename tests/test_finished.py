"""finished and pipeline with the streams of HTTP; with others they are compared with Node's.

See the scenarios stream_finished and stream_pipeline.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

import httpkit as http
from httpkit.stream import PassThrough, Readable, Writable, finished, pipeline
from tests.memory import Connection

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"


def outcome_of(*packets: bytes, handler: Any) -> list[tuple[str, str | None]]:
    """What was told of a request and its response when the client sent `packets`, then hung up."""

    async def main() -> list[tuple[str, str | None]]:
        told: list[tuple[str, str | None]] = []

        def handle(req: http.IncomingMessage, res: http.ServerResponse) -> None:
            finished(req, lambda err: told.append(("req", err and err.code)))
            finished(res, lambda err: told.append(("res", err and err.code)))
            handler(req, res)

        connection = Connection(http.createServer(handle))
        connection.send(*packets)
        connection.transport.close()
        await asyncio.sleep(0)
        return told

    return asyncio.run(main())


def test_an_exchange_that_went_well() -> None:
    def read_and_answer(req: Any, res: Any) -> None:
        req.resume()
        req.on("end", lambda: res.end("ok"))

    assert sorted(outcome_of(HEAD, b"hello", handler=read_and_answer)) == [("req", None), ("res", None)]


def test_a_client_that_leaves_before_its_answer() -> None:
    told = outcome_of(HEAD, b"hello", handler=lambda req, res: req.resume())
    assert sorted(told) == [("req", None), ("res", "ERR_STREAM_PREMATURE_CLOSE")]


def test_a_client_that_leaves_before_its_body() -> None:
    told = outcome_of(HEAD, b"he", handler=lambda req, res: req.resume())
    assert sorted(told) == [("req", "ECONNRESET"), ("res", "ERR_STREAM_PREMATURE_CLOSE")]


def test_a_pipeline_from_a_request_to_its_response() -> None:
    async def main() -> tuple[str, list[BaseException | None]]:
        told: list[BaseException | None] = []
        server = http.createServer(lambda req, res: pipeline(req, res, told.append)).listen(0)
        req = http.request(server.url, method="POST", agent=False)
        req.end("echo")
        text = await (await req).text()
        server.close()
        await finished(req)
        return text, told

    assert asyncio.run(main()) == ("echo", [None])


def test_a_pipeline_whose_client_leaves() -> None:
    async def main() -> list[str]:
        told: list[str] = []
        server = http.createServer(lambda req, res: pipeline(req, res, lambda err: told.append(f"{err.code} {err}")))
        connection = Connection(server)
        connection.send(HEAD, b"he")
        connection.transport.close()
        for _ in range(5):
            await asyncio.sleep(0)
        return told

    assert asyncio.run(main()) == ["ECONNRESET aborted"]


def test_a_request_whose_pipeline_broke_can_be_answered() -> None:
    async def main() -> tuple[int | None, str]:
        def handler(req: Any, res: Any) -> None:
            def done(err: BaseException) -> None:
                res.writeHead(507)
                res.end(str(err))

            pipeline(req, Writable(write=lambda chunk, encoding, callback: callback(OSError("disk full"))), done)

        server = http.createServer(handler).listen(0)
        req = http.request(server.url, method="POST", agent=False)
        req.end("body")
        res = await req
        answer = res.statusCode, await res.text()
        server.close()
        return answer

    assert asyncio.run(main()) == (507, "disk full")


def test_awaited_from_another_loop() -> None:
    stream = PassThrough()
    stream.resume()
    stream.end("x")

    async def main() -> str:
        await finished(stream)
        text: str = await pipeline(Readable.from_(["a", "b"]), joined)
        return text

    async def joined(chunks: Any) -> str:
        return "".join([chunk async for chunk in chunks])

    assert asyncio.run(main()) == "ab"


def test_a_callback_from_another_thread() -> None:
    stream = Readable(read=lambda: None)
    told: list[BaseException | None] = []
    done = threading.Event()

    def tell(err: BaseException | None) -> None:
        told.append(err)
        done.set()

    finished(stream, tell)
    stream.destroy()
    assert done.wait(10)
    assert [getattr(err, "code", None) for err in told] == ["ERR_STREAM_PREMATURE_CLOSE"]


def test_a_callback_may_take_no_error() -> None:
    async def main() -> list[str]:
        told: list[str] = []
        stream = PassThrough()
        finished(stream, lambda: told.append("finished"))
        pipeline(["x"], stream, lambda: told.append("pipeline"))
        stream.resume()
        await finished(stream)
        await asyncio.sleep(0)
        return told

    assert asyncio.run(main()) == ["finished", "pipeline"]


def test_what_is_no_stream_is_refused() -> None:
    with pytest.raises(http.NodeError) as refused:
        finished([])
    assert refused.value.code == "ERR_INVALID_ARG_TYPE"
    with pytest.raises(http.NodeError) as refused:
        pipeline(7, PassThrough())
    assert refused.value.code == "ERR_INVALID_ARG_TYPE"
