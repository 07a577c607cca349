"""The loop rule in an asyncio program: objects live on the loop that runs, and die with it."""

from __future__ import annotations

import asyncio
import gc
import threading
from typing import Any

import pytest

import httpkit as http
from httpkit.loop import home


def test_objects_live_on_the_running_loop() -> None:
    async def main() -> tuple[bool, str, int]:
        threads: set[int] = set()

        def handler(req: Any, res: Any) -> None:
            threads.add(threading.get_ident())
            res.end("hi")

        server = http.createServer(handler).listen(0)
        res = await http.get(server.url)
        on_this_loop = server._home.loop is asyncio.get_running_loop() is res._home.loop
        return on_this_loop, await res.text(), (threads == {threading.get_ident()} and res.statusCode) or 0

    assert asyncio.run(main()) == (True, "hi", 200)


def test_what_is_open_at_the_end_is_closed_without_a_warning() -> None:
    async def main() -> None:
        server = http.createServer(lambda req, res: res.end("hi")).listen(0)
        await (await http.get(server.url)).text()
        http.get(server.url)

    # Unclosed transports would be ResourceWarnings, and those are errors here.
    asyncio.run(main())
    gc.collect()


def test_each_loop_has_a_global_agent_of_its_own() -> None:
    async def main() -> tuple[Any, Any]:
        return http.globalAgent, http.globalAgent

    first, again = asyncio.run(main())
    other, _ = asyncio.run(main())
    assert first is again
    assert first is not other


def test_the_global_agent_can_be_replaced() -> None:
    async def main() -> bool:
        mine = http.Agent(keepAlive=True)
        http.globalAgent = mine
        server = http.createServer(lambda req, res: res.end("hi")).listen(0)
        req = http.get(server.url)
        await (await req).text()
        return req.agent is mine is http.globalAgent

    assert asyncio.run(main())


def test_a_call_from_another_thread_is_carried_over() -> None:
    async def main() -> list[str]:
        server = http.createServer(lambda req, res: res.end("hi")).listen(0)

        def elsewhere() -> list[str]:
            # A thread without a loop: its own objects live on the background loop, this server on the main one.
            assert home() is not server._home
            text = http.send("GET", server.url).text
            with pytest.raises(http.NodeError) as refused:
                server.listen(0)
            server.close()
            return [text, refused.value.code]

        return await asyncio.to_thread(elsewhere)

    assert asyncio.run(main()) == ["hi", "ERR_SERVER_ALREADY_LISTEN"]


def test_requests_can_be_awaited_from_another_loop() -> None:
    server = http.createServer(lambda req, res: res.end("hi")).listen(0)
    agent = http.Agent(keepAlive=True)

    async def main() -> list[str]:
        # The request lives where its agent does: on the background loop.
        res = await http.get(server.url, agent=agent)
        assert res._home is agent._home is server._home is not home()
        return [chunk.decode() async for chunk in res]

    assert asyncio.run(main()) == ["hi"]
    agent.destroy()
    server.close()


def test_an_object_whose_loop_has_ended_says_so() -> None:
    async def main() -> http.Server:
        return http.createServer()

    server = asyncio.run(main())
    caught: list[BaseException] = []

    def elsewhere() -> None:
        try:
            server.listen(0)
        except http.NodeError as err:
            caught.append(err)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert "has ended" in str(caught[0])


def test_leaving_an_iteration_early_destroys_the_stream() -> None:
    async def main() -> tuple[bool, bool]:
        def handler(req: Any, res: Any) -> None:
            res.write("x" * 10)
            res.write("y" * 10)

        server = http.createServer(handler).listen(0)
        res = await http.get(server.url)
        async for _ in res:
            break
        closed = asyncio.get_running_loop().create_future()
        res.on("close", lambda: closed.set_result(True))
        await closed
        return res.destroyed, res.complete

    assert asyncio.run(main()) == (True, False)


def test_blocking_send_is_refused_on_the_loop() -> None:
    async def main() -> None:
        http.send("GET", "http://127.0.0.1:1/")

    with pytest.raises(http.NodeError, match="await asend"):
        asyncio.run(main())


def test_awaiting_sends_the_request() -> None:
    async def main() -> str:
        server = http.createServer(lambda req, res: res.end(req.method)).listen(0)
        return await (await http.request(server.url, method="POST")).text()

    assert asyncio.run(main()) == "POST"
