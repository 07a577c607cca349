"""createConnection: of an agent, in the options of a request without agent, and one that fails."""

from prelude import answer, log, once, run, serve, watch

import httpkit as http


async def main():
    port = await serve(answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    agent = http.Agent({"keepAlive": True})
    original = agent.createConnection

    def replaced(*args):
        log("agent", "createConnection", args[0]["port"], args[0]["host"])
        return original({"port": port, "host": "127.0.0.1"})

    agent.createConnection = replaced
    await ask("agent", "close", {"host": "nowhere.invalid", "port": 1, "agent": agent})
    await ask("agent", "close", {"host": "nowhere.invalid", "port": 1, "agent": agent})

    def connect(options, oncreate):
        log("option", "createConnection", options["host"], options["port"])
        return http.globalAgent.createConnection({"port": port, "host": "127.0.0.1"})

    def fail(options, oncreate):
        raise RuntimeError("no connection")

    def fail_later(options, oncreate):
        oncreate(RuntimeError("later"))

    await ask("option", "close", {"host": "nowhere.invalid", "port": 1, "createConnection": connect})
    await ask("failing", "error", {"host": "nowhere.invalid", "port": 1, "createConnection": fail})
    await ask("callback", "error", {"host": "nowhere.invalid", "port": 1, "createConnection": fail_later})


async def ask(lane, ending, options):
    req = http.get(options)
    watch(lane, "req", req, ending)
    req.on("response", lambda res: [log(lane, res.statusCode, req.reusedSocket), res.resume()])
    await once(req, ending)


run(main)
