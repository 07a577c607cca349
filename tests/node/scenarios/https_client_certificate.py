"""Servers that ask clients for a certificate, and clients that have a good one, a bad one or none."""

import asyncio
from pathlib import Path

from prelude import body, listen, log, run

from httpkit import https


def pem(name):
    return (Path(__file__).parent.parent / f"certificates/{name}.pem").read_text()


async def serve(lane, options):
    server = https.createServer(
        {"cert": pem("localhost"), "key": pem("localhost-key"), "ca": pem("ca"), "requestCert": True, **options}
    )

    @server.on("request")
    def request(req, res):
        authorized, error = req.socket.authorized, req.socket.authorizationError
        log(lane, "request", authorized, error, req.socket.getPeerCertificate().get("subject", {}).get("CN"))
        res.end("hi")

    server.on("secureConnection", lambda socket: log(lane, "secureConnection", socket.authorized))
    server.on(
        "tlsClientError",
        lambda error, socket: log(lane, "tlsClientError", error.code, socket.authorized, socket.authorizationError),
    )
    return server, await listen(server)


async def attempt(lane, port, options):
    req = https.get({"host": "127.0.0.1", "port": port, "ca": pem("ca"), "agent": False, **options})
    arrived = asyncio.get_running_loop().create_future()
    req.on("response", arrived.set_result).on("error", arrived.set_result)
    res = await arrived
    log(f"{lane} client", "error" if isinstance(res, Exception) else await body(res))


async def main():
    ann = {"cert": pem("client"), "key": pem("client-key")}
    stranger = {"cert": pem("self-signed"), "key": pem("self-signed-key")}
    strict, strict_port = await serve("strict", {})
    await attempt("strict", strict_port, ann)
    await attempt("strict", strict_port, {})
    await attempt("strict", strict_port, stranger)
    await attempt("strict", strict_port, {**ann, "maxVersion": "TLSv1.2"})
    await attempt("strict", strict_port, {"maxVersion": "TLSv1.2"})
    kind, kind_port = await serve("kind", {"rejectUnauthorized": False})
    await attempt("kind", kind_port, ann)
    await attempt("kind", kind_port, {})
    careless, careless_port = await serve("careless", {"requestCert": False})
    await attempt("careless", careless_port, ann)
    for server in [strict, kind, careless]:
        server.close()


run(main)
