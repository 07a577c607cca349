"""What the sockets and messages of both sides say about each other."""

from prelude import body, listen, log, once, run

import httpkit as http


async def main():
    client_port = None

    @http.createServer
    def server(req, res):
        nonlocal client_port
        client_port = req.socket.remotePort
        socket = req.socket
        log("server", socket.remoteAddress, socket.remoteFamily, socket.localAddress, socket.localPort == port)
        log("server", socket is res.socket, req.connection is socket, res.connection is socket, res.req is req)
        log("server", socket.destroyed, socket.readable, socket.writable, socket.connecting, socket.server is server)
        log("server", req.statusCode, req.statusMessage, req.method, req.url, req.aborted, req.upgrade)
        res.end("hi")

    port = await listen(server)
    req = http.request({"host": "127.0.0.1", "port": port, "agent": False})
    res = await once(req.end(), "response")
    socket = res.socket
    log("client", socket is req.socket, req.connection is socket, socket.localPort == client_port)
    log("client", socket.remoteAddress, socket.remotePort == port, socket.remoteFamily, socket.localAddress)
    log("client", res.method, res.url, res.statusCode, res.statusMessage, res.httpVersion)
    log("client", await body(res))


run(main)
