"""agent.getName: the name of the pool a request's connection goes to."""

from prelude import log, run

import httpkit as http


async def main():
    agent = http.Agent()
    log("name", agent.getName())
    log("name", agent.getName({}))
    log("name", agent.getName({"host": "example.com", "port": 80}))
    log("name", agent.getName({"host": "example.com", "port": 80, "localAddress": "10.0.0.1"}))
    log("name", agent.getName({"port": 80, "family": 6}))
    log("name", agent.getName({"port": 80, "family": 4}))
    log("name", agent.getName({"port": 80, "family": 0}))
    log("name", agent.getName({"socketPath": "/tmp/socket"}))
    options = {
        "host": "h",
        "port": 1,
        "localAddress": "l",
        "family": 4,
        "socketPath": "/s",
        "path": "/",
        "agent": agent,
    }
    log("name", agent.getName(options))
    log("agent", agent.defaultPort, agent.protocol, agent.maxSockets, agent.maxTotalSockets, agent.maxFreeSockets)
    log("agent", agent.keepAlive, agent.keepAliveMsecs, agent.scheduling, agent.totalSocketCount)
    log("agent", agent.sockets, agent.freeSockets, agent.requests)
    log(
        "global",
        http.globalAgent.keepAlive,
        http.globalAgent.options["timeout"],
        http.globalAgent.options["scheduling"],
    )
    log("default", http.Agent.defaultMaxSockets, http.maxHeaderSize)


run(main)
