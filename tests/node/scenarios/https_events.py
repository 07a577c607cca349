"""The order of what a TLS request goes through: with a new connection, with a kept one, and without an agent."""

from pathlib import Path

from prelude import gate, listen, log, run, watch

from httpkit import https


def pem(name):
    return (Path(__file__).parent.parent / f"certificates/{name}.pem").read_text()


async def exchange(lane, options):
    over = gate()
    closed = gate()

    def callback(res):
        log(lane, "callback", res.socket.authorized)
        watch(lane, "res", res, "end", "close")
        res.on("data", lambda chunk: log(lane, "data", chunk))
        res.on("close", lambda: over.open())

    req = https.request({"method": "POST", "host": "127.0.0.1", "ca": pem("ca"), **options}, callback)
    watch(lane, "req", req, "finish", "response", "close")
    req.on("close", lambda: closed.open())

    @req.on("socket")
    def on_socket(socket):
        log(lane, "req socket", socket.connecting, socket.secureConnecting, socket.authorized, socket.encrypted)
        if lane != "kept":
            watch(lane, "socket", socket, "connect", "ready", "secureConnect", "free")
        facts = lambda: [socket.secureConnecting, socket.remoteAddress, socket.getPeerCertificate()]  # noqa: E731
        socket.on("connect", lambda: log(lane, *facts()))

    req.end("body")
    await over
    await closed


async def main():
    def handler(req, res):
        log("server", "request", req.socket.secureConnecting)
        req.resume()
        res.end("hi")

    server = https.createServer({"cert": pem("localhost"), "key": pem("localhost-key")}, handler)
    watch("server", "server", server, "connection", "secureConnection", "tlsClientError")
    encrypted = lambda socket: getattr(socket, "encrypted", None) is True  # noqa: E731
    port_type = {int: "number"}
    server.on("connection", lambda socket: log("server", encrypted(socket), port_type[type(socket.remotePort)]))
    server.on("secureConnection", lambda socket: log("server", encrypted(socket), socket.authorized))
    port = await listen(server)
    agent = https.Agent({"keepAlive": True})
    await exchange("new", {"port": port, "agent": agent})
    await exchange("kept", {"port": port, "agent": agent})
    await exchange("alone", {"port": port, "agent": False})
    closed = gate()
    server.close(lambda *_: [log("server", "closed"), closed.open()])
    agent.destroy()
    await closed


run(main)
