"""Reading a body in every way there is; and what happens to those who share it, or give up."""

from __future__ import annotations

import asyncio
import io
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

import httpkit as http
from httpkit.stream import Readable, finished


def with_response(use: Callable[[Any, Any], Awaitable[Any]]) -> Any:
    """What `use(res, more)` gives for a response that has begun with 'part1'; `more` is the server's side of it."""

    async def main() -> Any:
        begun: list[Any] = []

        def handler(req: Any, res: Any) -> None:
            res.write("part1")
            begun.append(res)

        server = http.createServer(handler).listen(0)
        res = await http.get(server.url)
        result = await use(res, begun[0])
        server.closeAllConnections()
        server.close()
        return result

    return asyncio.run(main())


def test_several_can_read_the_whole_at_once() -> None:
    async def use(res: Any, more: Any) -> list[str]:
        both = asyncio.gather(res.text(), res.text(), res.bytes())
        await asyncio.sleep(0)
        more.end("part2")
        return [*await both, await res.text()]

    assert with_response(use) == ["part1part2", "part1part2", b"part1part2", "part1part2"]


def test_one_who_gives_up_takes_nothing_from_the_others() -> None:
    async def use(res: Any, more: Any) -> str:
        impatient = asyncio.ensure_future(res.text())
        await asyncio.sleep(0)
        impatient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await impatient
        more.end("part2")
        return str(await res.text())

    assert with_response(use) == "part1part2"


def test_a_body_that_went_elsewhere_is_not_an_empty_one() -> None:
    async def use(res: Any, more: Any) -> str:
        async for _ in res:
            more.end()
        with pytest.raises(http.NodeError, match="has been read already") as refused:
            await res.text()
        return refused.value.code

    assert with_response(use) == "ERR_BODY_READ"


def test_a_response_can_be_asked_for_late() -> None:
    async def main() -> list[str]:
        server = http.createServer(lambda req, res: res.end(req.url)).listen(0)
        requests = [http.get(f"{server.url}{n}") for n in range(3)]
        closed = [asyncio.get_running_loop().create_future() for _ in requests]
        for req, future in zip(requests, closed, strict=True):
            req.on("close", lambda future=future: future.set_result(None))
        await asyncio.gather(*closed)
        return [await (await req).text() for req in requests]

    assert asyncio.run(main()) == ["/0", "/1", "/2"]


def test_giving_up_a_request_gives_its_socket_back() -> None:
    async def main() -> str:
        arrived = asyncio.Event()

        def handler(req: Any, res: Any) -> None:
            arrived.set() if req.url == "/slow" else res.end("next")

        server = http.createServer(handler).listen(0)
        agent = http.Agent(keepAlive=True, maxSockets=1)
        slow = asyncio.ensure_future(_response(http.get(f"{server.url}slow", agent=agent)))
        await arrived.wait()
        slow.cancel()
        return await (await http.get(server.url, agent=agent)).text()

    assert asyncio.run(main()) == "next"


async def _response(req: http.ClientRequest) -> http.IncomingMessage:
    return await req


def test_a_response_listener_that_raises_blocks_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> str:
        server = http.createServer(lambda req, res: res.end("hi")).listen(0)
        agent = http.Agent(keepAlive=True, maxSockets=1)
        http.get(server.url, lambda res: 1 / 0, agent=agent)
        return await (await http.get(server.url, agent=agent)).text()

    assert asyncio.run(main()) == "hi"
    assert capsys.readouterr().err.count("ZeroDivisionError") == 1


class TestPipe:
    def test_into_a_file_which_it_closes(self) -> None:
        kept: list[bytes] = []

        class File(io.BytesIO):
            def close(self) -> None:
                kept.append(self.getvalue())
                super().close()

        async def use(res: Any, more: Any) -> list[bytes]:
            ended = asyncio.get_running_loop().create_future()
            res.pipe(File())
            res.on("close", lambda: ended.set_result(None))
            more.end("part2")
            await ended
            return kept

        assert with_response(use) == [b"part1part2"]

    def test_into_stdout_which_stays_open(self, monkeypatch: pytest.MonkeyPatch) -> None:
        stdout = io.TextIOWrapper(io.BytesIO())
        monkeypatch.setattr(sys, "stdout", stdout)

        async def use(res: Any, more: Any) -> Any:
            ended = asyncio.get_running_loop().create_future()
            res.pipe(stdout.buffer)
            res.on("close", lambda: ended.set_result(None))
            more.end()
            await ended
            return stdout.buffer.getvalue()

        assert with_response(use) == b"part1"
        assert not stdout.closed

    def test_between_two_pipes_nothing_is_lost(self) -> None:
        class Sink:
            def __init__(self) -> None:
                self.got = b""
                self.written = asyncio.Event()

            def write(self, chunk: bytes) -> None:
                self.got += chunk
                self.written.set()

            def end(self) -> None: ...

        async def use(res: Any, more: Any) -> bytes:
            first, second = Sink(), Sink()
            res.pipe(first)
            await first.written.wait()
            res.unpipe(first)
            more.write("part2")
            for _ in range(10):
                await asyncio.sleep(0)
            ended = asyncio.get_running_loop().create_future()
            res.on("end", lambda: ended.set_result(None))
            res.pipe(second)
            more.end("part3")
            await ended
            return first.got + b"|" + second.got

        assert with_response(use) == b"part1|part2part3"

    def test_a_destination_that_fails_is_let_go(self, capsys: pytest.CaptureFixture[str]) -> None:
        class Full:
            def write(self, chunk: bytes) -> None:
                raise OSError("disk full")

        async def use(res: Any, more: Any) -> int:
            res.pipe(Full())
            more.write("part2")
            for _ in range(20):
                await asyncio.sleep(0)
            return len(res._pipes)

        assert with_response(use) == 0
        assert capsys.readouterr().err.count("OSError: disk full") == 1


def test_read_can_ask_for_more_than_the_buffer_usually_holds() -> None:
    async def main() -> list[int]:
        server = http.createServer(lambda req, res: res.end("x" * 500_000)).listen(0)
        res = await http.get(server.url)
        sizes: list[int] = []
        ended = asyncio.get_running_loop().create_future()

        def readable() -> None:
            while (chunk := res.read(200_000)) is not None:
                sizes.append(len(chunk))

        res.on("readable", readable)
        res.on("end", lambda: ended.set_result(None))
        await ended
        return sizes

    assert asyncio.run(main()) == [200_000, 200_000, 100_000]


def test_an_async_source() -> None:
    class Counter(Readable):
        count = 0

        async def _read(self) -> None:
            await asyncio.sleep(0)
            self.count += 1
            self.push(str(self.count) if self.count < 4 else None)

    async def main() -> str:
        return await Counter().text()

    assert asyncio.run(main()) == "123"


def test_an_async_source_that_raises() -> None:
    async def read() -> None:
        raise OSError("no such disk")

    async def main() -> None:
        with pytest.raises(OSError, match="no such disk"):
            await Readable(read=read).bytes()

    asyncio.run(main())


def test_iterated_from_another_loop() -> None:
    stream = Readable.from_(["a", "b", "c"])

    async def main() -> list[str]:
        chunks: list[str] = []
        async for chunk in stream:
            chunks.append(chunk)
            if chunk == "b":
                break
        with pytest.raises(http.NodeError) as given_up:
            await finished(stream)
        assert given_up.value.code == "ABORT_ERR"
        return chunks

    assert asyncio.run(main()) == ["a", "b"]


def test_one_who_stops_waiting_for_a_chunk_has_given_up() -> None:
    async def main() -> bool:
        stream = Readable(read=lambda: None)
        waiting = asyncio.ensure_future(anext(aiter(stream)))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return stream.destroyed

    assert asyncio.run(main())


def test_an_iterable_is_let_go_of_where_it_waits() -> None:
    async def main() -> list[str]:
        record: list[str] = []

        async def endless() -> AsyncIterator[str]:
            yield "first"
            try:
                await asyncio.Event().wait()
            finally:
                record.append("let go")

        stream = Readable.from_(endless())
        async for chunk in stream:
            record.append(chunk)
            break
        with pytest.raises(http.NodeError):
            await finished(stream)
        return record

    assert asyncio.run(main()) == ["first", "let go"]


def test_a_script_stays_alive_until_an_iterable_is_read() -> None:
    script = """
import asyncio
from httpkit.stream import Readable

async def slow():
    for n in range(3):
        await asyncio.sleep(0.05)
        yield n

Readable.from_(slow()).on("data", print).on("end", lambda: print("end"))
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True)
    assert (run.stdout.split(), run.stderr) == (["0", "1", "2", "end"], "")
