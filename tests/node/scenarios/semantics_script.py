"""An idle connection in the pool does not keep a script alive."""

import socket
import threading

from prelude import epilogue, log

import httpkit as http

epilogue()

# A server that keeps its connections, and nobody else.
server = socket.create_server(("127.0.0.1", 0))


def serve():
    with server.accept()[0] as connection:
        while connection.recv(65536):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")


threading.Thread(target=serve, daemon=True).start()

agent = http.Agent({"keepAlive": True})
agent.on("free", lambda *_: log("agent", "free"))


def response(res):
    socket = res.socket
    log("client", res.statusCode)
    res.resume().on("close", lambda: log("client", "close", socket.destroyed))


http.get({"host": "127.0.0.1", "port": server.getsockname()[1], "agent": agent}, response)
log("script", "end of script")
