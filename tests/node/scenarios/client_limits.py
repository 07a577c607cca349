"""The size and number of a response's headers, and a default agent of one's own."""

from prelude import answer, body, hangup, log, once, run, serve

import httpkit as http


async def main():
    for size, limit in ((100, 200), (300, 200), (17000, 20000)):
        await ask(size, limit)

    lines = "X: y\r\n" * 1500
    many = await serve(hangup(f"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n{lines}\r\n"))
    for count in (None, 3):
        req = http.get({"host": "127.0.0.1", "port": many, "agent": False})
        req.maxHeadersCount = count
        res = await once(req, "response")
        log("count", count, len(res.rawHeaders), await body(res))

    odd = await serve(hangup("HTTP/1.1 200 OK\r\nX: a\x01\x7fb\r\nContent-Length: 0\r\n\r\n"))
    relaxed = http.get({"host": "127.0.0.1", "port": odd, "agent": False, "httpValidation": "relaxed"})
    log("relaxed", (await once(relaxed, "response")).rawHeaders)

    port = await serve(answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
    original = http.globalAgent
    http.globalAgent = http.Agent()
    req = http.get({"host": "127.0.0.1", "port": port})
    log("global", req.agent is http.globalAgent, req.agent is original)
    await once(req, "response")
    http.globalAgent = original


async def ask(size, limit):
    port = await serve(hangup(f"HTTP/1.1 200 OK\r\nX: {'x' * size}\r\nContent-Length: 0\r\n\r\n"))
    req = http.get({"host": "127.0.0.1", "port": port, "maxHeaderSize": limit, "agent": False})
    req.on("response", lambda res: res.resume())
    req.on("response", lambda res: log("size", size, limit, len(res.headers["x"])))
    req.on("error", lambda err: log("size", size, limit, err.code))
    await once(req, "close")


run(main)
