"""Options of a request that are for its connection: through an agent, and what they do."""

import asyncio

from prelude import attempt, body, gate, listen, log, run

import httpkit as http
from httpkit.blocklist import BlockList


async def main():
    def answer(req, res):
        log("server", req.headers["host"].split(":")[0], req.socket.remoteAddress)
        res.end("hi")

    port = await listen(http.createServer(answer))

    async def ask(lane, **options):
        def looked_up(err, address, family, host):
            log(lane, "lookup", err and err.code, address, family, host)

        def socket_given(socket):
            socket.on("lookup", looked_up)
            socket.on("connectionAttempt", lambda *_: attempts.append(1))

        def failed(err):
            log(lane, err.code)
            done.open()

        async def response(res):
            log(lane, res.statusCode, (await body(res)).decode())
            done.open()

        done = gate()
        attempts = []
        req = http.get({"host": "name.invalid", "port": port, "agent": False, **options})
        req.on("socket", socket_given)
        req.on("error", failed)
        req.on("response", response)
        await done
        log(lane, len(attempts), req.reusedSocket)

    def lookup(host, options, callback):
        log("resolver", host, options.get("family"), options.get("all"))
        found = {"address": "127.0.0.1", "family": 4}
        answer = [[found]] if options.get("all") else [found["address"], found["family"]]
        asyncio.get_running_loop().call_soon(callback, None, *answer)

    def nothing(host, options, callback):
        err = Exception("nothing")
        err.code = "ENOTHING"
        asyncio.get_running_loop().call_soon(callback, err)

    block_list = BlockList()
    block_list.addAddress("127.0.0.1")
    agent = http.Agent({"keepAlive": True, "lookup": lookup})

    await ask("lookup", lookup=lookup)
    await ask("family", lookup=lookup, family=4)
    await ask("one", lookup=lookup, autoSelectFamily=False)
    await ask("failed", lookup=nothing)
    await ask("local", host="127.0.0.1", localAddress="127.0.0.2")
    await ask("blocked", host="127.0.0.1", blockList=block_list)
    await ask("blocked name", lookup=lookup, blockList=block_list)
    await ask("agent", agent=agent)
    await ask("agent", agent=agent)
    agent.destroy()

    def refused(name, **options):
        attempt(
            "refused", name, lambda: http.get({"port": port, "agent": False, **options}).on("error", lambda _: None)
        )

    refused("localAddress", localAddress="x")
    refused("localPort", localPort="x")
    refused("autoSelectFamily", autoSelectFamily="x")
    refused("autoSelectFamilyAttemptTimeout", autoSelectFamilyAttemptTimeout=0)
    refused("lookup", host="name.invalid", lookup=5)
    refused("agent timeout", agent=http.Agent({"timeout": "x"}))


run(main)
