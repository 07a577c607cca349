"""Pipelined requests with bodies; a later answer is written while an earlier one still streams."""

from prelude import dial, gate, listen, log, run

import httpkit as http


async def main():
    ready = gate()
    answers = {}

    @http.createServer
    def server(req, res):
        chunks = []

        def end():
            log(req.url, "body", b"".join(chunks))
            if req.url == "/3":
                ready.open()

        answers[req.url] = res
        req.on("data", chunks.append)
        req.on("end", end)
        res.on("drain", lambda: log(req.url, "drain"))
        res.on("finish", lambda: log(req.url, "finish"))

    peer = await dial(await listen(server))
    peer.send("POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\none")
    peer.send("POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n")
    peer.send("HEAD /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    await ready
    first, second, third = answers["/1"], answers["/2"], answers["/3"]
    log("order", "third", third.write("head has no body"), third.end() is third)
    log("order", "second", second.write("small"), second.write("x" * 100000), second.writableNeedDrain)
    log("order", "first", first.write("begin"))
    log("wire", await peer.until("begin\r\n"))
    first.end("end")
    log("wire", await peer.until("small\r\n"))
    second.end(".")
    rest = await peer.rest()
    log("wire", rest.replace("x" * 100000, "<100000 x>"))


run(main)
