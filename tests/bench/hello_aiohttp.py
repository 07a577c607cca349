import asyncio
import os

from aiohttp import web


async def hello(request: web.BaseRequest) -> web.Response:
    return web.Response(body=b"Hello, World!", content_type="text/plain")


async def main() -> None:
    runner = web.ServerRunner(web.Server(hello))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if os.environ["HTTPKIT_LOOP"] == "uvloop":
    import uvloop

    uvloop.run(main())
else:
    asyncio.run(main())
