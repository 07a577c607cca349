"""CONNECT on both sides: the server gets the socket and the bytes after the head, and so does the client."""

from prelude import dial, gate, listen, log, raw, run, serve, watch

import httpkit as http


async def main():
    server = http.createServer(lambda req, res: log("server", "request"))
    port = await listen(server)
    log("unheard", await raw(port, "CONNECT example.com:80 HTTP/1.1\r\nHost: x\r\n\r\n"))

    def connect(req, socket, head):
        log("server", "connect", req.method, req.url, req.headers, head)
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n")
        socket.on("data", lambda chunk: socket.end(chunk))

    server.on("connect", connect)
    peer = await dial(port)
    peer.send("CONNECT example.com:80 HTTP/1.1\r\nHost: x\r\n\r\nearly")
    log("peer", await peer.until("\r\n\r\n"))
    peer.send("echo")
    log("peer", await peer.rest())

    async def handler(peer):
        head = await peer.until("\r\n\r\n")
        log("proxy", head)
        refused = "refused" in head
        peer.send("HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno" if refused else "HTTP/1.1 200 OK\r\n\r\nhello")
        log("proxy", await peer.rest())

    proxy = await serve(handler)
    for path in ("open:80", "refused:80"):
        await tunnel(path, proxy)


async def tunnel(path, proxy):
    over = gate()

    def connect(res, socket, head):
        log("client", path, res.statusCode, res.headers, head)
        socket.on("close", over.open)
        socket.end("bye")

    req = http.request({"host": "127.0.0.1", "port": proxy, "method": "CONNECT", "path": path, "agent": False})
    watch("client", path, req, "response", "error", "close")
    req.on("connect", connect)
    req.end()
    await over


run(main)
