"""https through a proxy: what the proxy is asked, and what comes of it when it refuses, hangs up or says nothing."""

from prelude import answer, gate, hangup, log, run, serve, watch

from httpkit import https


async def main():
    refusing = await serve(answer("HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n"))
    leaving = await serve(hangup("HTTP/1.1 200 OK\r\n"))
    silent = await serve(lambda peer: peer.until("never"))

    async def ask(lane, proxy, options=None, agent_options=None):
        def facts(err):
            log(lane, getattr(err, "statusCode", None), getattr(err, "proxyTunnelTimeout", None))

        agent = https.Agent({"proxyEnv": {"HTTPS_PROXY": proxy}, **(agent_options or {})})
        closed = gate()
        req = https.get({"host": "example.com", "agent": agent, **(options or {})})
        watch(lane, "req", req, "socket", "response", "timeout", "error", "close")
        req.on("error", facts)
        req.on("close", closed.open)
        await closed
        log(lane, agent.totalSocketCount, len(agent.requests))

    await ask("refused", f"http://127.0.0.1:{refusing}")
    await ask("credentials", f"http://us%20er:p%40w@127.0.0.1:{refusing}", {}, {"keepAlive": True})
    await ask("shared", f"http://127.0.0.1:{refusing}", {"port": 8443}, {"maxSockets": 2})
    await ask("address", f"http://127.0.0.1:{refusing}", {"host": "::1"})
    await ask("gone", f"http://127.0.0.1:{leaving}")
    await ask("late", f"http://127.0.0.1:{silent}", {"timeout": 50})
    await ask("agent late", f"http://127.0.0.1:{silent}", {}, {"timeout": 50})


run(main)
