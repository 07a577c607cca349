"""A server with several names: whose certificate a client gets (SNI), and which protocol is spoken (ALPN)."""

import asyncio
from pathlib import Path

from prelude import attempt, body, listen, log, run

from httpkit import https, tls


def pem(name):
    return (Path(__file__).parent.parent / f"certificates/{name}.pem").read_text()


def identity(name):
    return {"cert": pem(name), "key": pem(f"{name}-key")}


async def ask(lane, port, options):
    req = https.get(
        {"host": "127.0.0.1", "port": port, "ca": pem("ca"), "agent": False, "rejectUnauthorized": False, **options}
    )
    arrived = asyncio.get_running_loop().create_future()
    req.on("response", arrived.set_result).on("error", arrived.set_result)
    res = await arrived
    if isinstance(res, Exception):
        return log(lane, "error", res.code in ("EPROTO", "ECONNRESET"))
    socket = res.socket
    common_name = socket.getPeerCertificate()["subject"]["CN"]
    log(lane, common_name, socket.authorized, socket.servername, socket.alpnProtocol, await body(res))


async def main():
    def handler(req, res):
        log("server", req.socket.servername, req.socket.alpnProtocol)
        res.end("hi")

    server = https.createServer(identity("localhost"), handler)
    server.on("tlsClientError", lambda error, socket: log("server", error.code))
    server.addContext("*.example.com", identity("example"))
    attempt("server", "no name", lambda: server.addContext("", identity("example")))
    port = await listen(server)
    await ask("contexts", port, {})
    await ask("contexts", port, {"servername": "www.example.com"})
    await ask("contexts", port, {"servername": "WWW.example.com"})
    await ask("contexts", port, {"servername": "a.b.example.com"})
    await ask("contexts", port, {"servername": "example.com"})
    server.addContext("www.example.com", identity("self-signed"))
    await ask("contexts", port, {"servername": "www.example.com"})
    server.setSecureContext(identity("example"))
    await ask("contexts", port, {})
    await ask("alpn", port, {"ALPNProtocols": ["http/1.1", "h2"]})
    await ask("alpn", port, {"ALPNProtocols": ["h2"]})
    await ask("alpn", port, {"ALPNProtocols": ["h2", "http/1.1"]})

    def sni_callback(name, callback):
        log("SNICallback", name)
        if name == "later.example.com":
            asyncio.get_running_loop().call_soon(callback, None, context)
        else:
            error = Exception("bad name") if name == "bad.example.com" else None
            callback(error, None if name == "none.example.com" else context)

    def alpn_callback(hello):
        log("ALPNCallback", hello["servername"], hello["protocols"])
        return next((protocol for protocol in hello["protocols"] if protocol.startswith("x-")), None)

    asked = https.createServer(
        {**identity("localhost"), "SNICallback": sni_callback, "ALPNCallback": alpn_callback}, handler
    )
    context = tls.createSecureContext(identity("example"))
    asked.on("tlsClientError", lambda error, socket: log("asked", True if str(error) == "bad name" else error.code))
    asked_port = await listen(asked)
    for name in ["now", "later", "none", "bad"]:
        await ask("asked", asked_port, {"servername": f"{name}.example.com"})
    await ask("asked", asked_port, {"ALPNProtocols": ["h2", "x-mine", "x-yours"]})
    await ask("asked", asked_port, {"ALPNProtocols": ["h2"]})
    server.close()
    asked.close()


run(main)
