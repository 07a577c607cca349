"""Both ends at once: what the server writes arrives before it has ended, and so does what the client writes."""

from prelude import gate, listen, log, run

import httpkit as http


async def main():
    over = gate()

    @http.createServer
    def server(req, res):
        res.flushHeaders()
        req.on("data", lambda chunk: [log("server", chunk), res.write(chunk + b" pong")])
        req.on("end", lambda: res.end("bye"))

    def response(res):
        def data(text):
            log("client", text)
            if text == "ping 1 pong":
                req.write("ping 2")
            if text == "ping 2 pong":
                req.end()

        res.setEncoding("utf8")
        log("client", "response", res.statusCode, req.writableEnded)
        req.write("ping 1")
        res.on("data", data)
        res.on("end", over.open)

    port = await listen(server)
    req = http.request({"host": "127.0.0.1", "port": port, "method": "POST", "agent": False})
    req.flushHeaders()
    req.on("response", response)
    await over


run(main)
