"""A proxy of pipes: the body goes up, the answer comes back, with its status and headers, large or small."""

from prelude import body, dial, listen, log, once, run

import httpkit as http


async def main():
    agent = http.Agent({"keepAlive": True})

    @http.createServer
    def origin(req, res):
        log("origin", req.method, req.url, req.headers["x-via"], req.headers.get("content-length"))
        res.writeHead(201, "Made", {"X-Origin": "yes", "Set-Cookie": ["a=1", "b=2"]})
        req.pipe(res)

    origin_port = await listen(origin)

    @http.createServer
    def proxy(req, res):
        def pass_on(answer):
            res.writeHead(answer.statusCode, answer.statusMessage, answer.headers)
            answer.pipe(res)

        options = {"host": "127.0.0.1", "port": origin_port, "path": req.url, "method": req.method, "agent": agent}
        headers = {**req.headers, "x-via": "proxy", "connection": "keep-alive"}
        upstream = http.request({**options, "headers": headers}, pass_on)
        req.pipe(upstream)

    port = await listen(proxy)

    for size in (0, 5, 300000):
        req = http.request({"host": "127.0.0.1", "port": port, "path": f"/{size}", "method": "PUT", "agent": agent})
        res = await once(req.end("x" * size), "response")
        received = await body(res)
        log("client", res.statusCode, res.statusMessage, res.headers["set-cookie"], len(received))
    peer = await dial(port)
    peer.send("POST /raw HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
    log("raw", await peer.until("0\r\n\r\n"))


run(main)
