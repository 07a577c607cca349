"""What Writable adds to Node's: hooks that are `async def`, threads, and that nobody's mistake stops a stream.

Everything else is compared with Node in the scenario stream_writable.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from httpkit.errors import NodeError
from httpkit.lifecycle import Callback
from httpkit.stream import Writable, finished


def test_an_async_write_is_done_when_it_returns() -> None:
    async def main() -> list[Any]:
        record: list[Any] = []

        async def write(chunk: bytes) -> None:
            record.append(("begin", chunk))
            await asyncio.sleep(0)
            record.append(("end", chunk))

        stream = Writable(write=write)
        stream.write("a", lambda: record.append("written"))
        stream.end("b")
        await finished(stream)
        return record

    assert asyncio.run(main()) == [("begin", b"a"), ("end", b"a"), "written", ("begin", b"b"), ("end", b"b")]


def test_an_async_write_that_raises_ends_the_stream() -> None:
    async def main() -> tuple[list[BaseException], str]:
        told: list[BaseException] = []

        class Broken(Writable):
            async def _write(self, chunk: bytes) -> None:
                raise OSError("disk full")

        stream = Broken()
        stream.write("a", told.append)
        with pytest.raises(OSError, match="disk full") as failed:
            await finished(stream)
        return told, str(failed.value)

    told, text = asyncio.run(main())
    assert [str(err) for err in told] == [text] == ["disk full"]


def test_an_async_hook_may_call_back_itself() -> None:
    async def main() -> int:
        calls = 0

        async def final(callback: Callback) -> None:
            nonlocal calls
            calls += 1
            callback()

        stream = Writable(write=lambda chunk, encoding, callback: callback(), final=final)
        stream.end("x")
        await finished(stream)
        return calls

    assert asyncio.run(main()) == 1


def test_an_async_destroy_keeps_the_error() -> None:
    async def main() -> list[str]:
        record: list[str] = []

        class Held(Writable):
            async def _destroy(self, err: BaseException | None) -> None:
                await asyncio.sleep(0)
                record.append(f"let go because of {err}")

        stream = Held().on("error", lambda err: record.append(str(err)))
        stream.destroy(RuntimeError("trouble"))
        with pytest.raises(RuntimeError):
            await finished(stream)
        return record

    assert asyncio.run(main()) == ["let go because of trouble", "trouble"]


def test_a_callback_that_raises_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> bool:
        stream = Writable(write=lambda chunk, encoding, callback: callback())
        stream.write("a", lambda: 1 / 0)
        stream.end("b")
        await finished(stream)
        return stream.writableFinished

    assert asyncio.run(main())
    assert capsys.readouterr().err.count("ZeroDivisionError") == 1


def test_an_error_nobody_listens_for_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> None:
        stream = Writable(write=lambda chunk, encoding, callback: callback(OSError("disk full")))
        closed = asyncio.Event()
        stream.on("close", closed.set)
        stream.write("a")
        await closed.wait()

    asyncio.run(main())
    assert capsys.readouterr().err.count("OSError: disk full") == 1


def test_from_another_thread() -> None:
    written: list[tuple[bytes, str]] = []

    def write(chunk: bytes, encoding: str, callback: Callback) -> None:
        written.append((chunk, threading.current_thread().name))
        callback()

    stream = Writable(write=write)
    assert stream.write("a") is True
    stream.end("b")
    finish = threading.Event()
    # It may be over already: the event is replayed.
    stream.on("finish", finish.set)
    assert finish.wait(10)
    assert written == [(b"a", "httpkit"), (b"b", "httpkit")]
    with pytest.raises(NodeError) as refused:
        stream.write(None)
    assert refused.value.code == "ERR_STREAM_NULL_VALUES"


def test_options_as_a_mapping_and_as_keywords() -> None:
    async def main() -> tuple[int, bool]:
        stream = Writable({"highWaterMark": 7, "objectMode": False}, objectMode=True)
        return stream.writableHighWaterMark, stream.writableObjectMode

    assert asyncio.run(main()) == (7, True)


def test_async_with_destroys_what_is_not_finished() -> None:
    async def main() -> tuple[bool, str, bool, object]:
        async with Writable(write=lambda chunk, encoding, callback: callback()) as left:
            left.write("x")
        async with Writable(write=lambda chunk, encoding, callback: callback()) as done:
            done.end("x")
            await finished(done)
        return left.closed, type(left.errored).__name__, done.closed, done.errored

    assert asyncio.run(main()) == (True, "AbortError", True, None)
