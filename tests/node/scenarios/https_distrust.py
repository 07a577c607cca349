"""Servers that a client does not trust: who signed them, whom they name, when they end; and who trusts anybody."""

import asyncio
from pathlib import Path

from prelude import body, listen, log, run

from httpkit import https, tls
from httpkit.errors import NodeError


def pem(name):
    return (Path(__file__).parent.parent / f"certificates/{name}.pem").read_text()


async def main():
    ports = {}
    servers = {}
    for name in ["localhost", "self-signed", "expired", "revoked", "example"]:
        server = servers[name] = https.createServer(
            {"cert": pem(name), "key": pem(f"{name}-key")}, lambda req, res: res.end("secret")
        )
        server.on("tlsClientError", lambda error, socket, name=name: log(name, "server", error.code))
        server.on(
            "clientError",
            lambda error, socket, name=name: [log(name, "clientError", error.code), socket.destroy()],
        )
        ports[name] = await listen(server)

    async def attempt(name, options):
        req = https.get({"host": "127.0.0.1", "port": ports[name], "agent": False, **options})
        arrived = asyncio.get_running_loop().create_future()

        def failed(error):
            cert = getattr(error, "cert", {})
            log(name, error.code, getattr(error, "reason", None), getattr(error, "host", None), cert.get("subject"))
            arrived.set_result(None)

        req.on("response", arrived.set_result).on("error", failed)
        res = await arrived
        if res is None:
            return
        log(name, res.socket.authorized, res.socket.authorizationError, res.socket.servername, await body(res))

    ca = pem("ca")
    await attempt("localhost", {})
    await attempt("localhost", {"ca": ca})
    await attempt("localhost", {"ca": ca, "host": "localhost", "family": 4})
    await attempt("localhost", {"ca": ca, "servername": "example.org"})
    await attempt("localhost", {"ca": ca, "headers": {"host": "example.org:443"}})
    await attempt("localhost", {"ca": ca, "servername": ""})
    await attempt("localhost", {"rejectUnauthorized": False})
    await attempt("localhost", {"rejectUnauthorized": False, "ca": ca})
    await attempt("localhost", {"rejectUnauthorized": False, "ca": ca, "servername": "example.org"})
    await attempt("localhost", {"rejectUnauthorized": False, "ca": pem("self-signed")})
    await attempt("self-signed", {"ca": ca})
    await attempt("self-signed", {"ca": pem("self-signed"), "servername": "localhost"})
    await attempt("self-signed", {"rejectUnauthorized": False})
    await attempt("expired", {"ca": ca})
    await attempt("expired", {"ca": ca, "rejectUnauthorized": False})
    await attempt("revoked", {"ca": ca})
    await attempt("revoked", {"ca": ca, "crl": pem("crl")})
    await attempt("revoked", {"ca": ca, "crl": [pem("crl")], "rejectUnauthorized": False})
    await attempt("localhost", {"ca": ca, "crl": pem("crl")})
    await attempt("example", {"ca": ca, "servername": "www.example.com"})
    await attempt("example", {"ca": ca, "servername": "a.b.example.com"})
    await attempt("example", {"ca": ca, "servername": "EXAMPLE.org"})

    def check(answer):
        def checks(host, cert):
            log("check", host, cert["subject"], cert["subjectaltname"], cert["issuerCertificate"]["subject"])
            return answer

        return checks

    await attempt("example", {"ca": ca, "checkServerIdentity": check(None)})
    await attempt("example", {"ca": ca, "checkServerIdentity": check(NodeError("no", "MINE"))})
    await attempt(
        "example", {"ca": ca, "checkServerIdentity": check(NodeError("no", "MINE")), "rejectUnauthorized": False}
    )

    names = 'DNS:*.example.com, DNS:f*o.example.com, IP Address:10.0.0.1, DNS:"a, b"'
    cert = {"subject": {"CN": "cn.example"}, "subjectaltname": names}
    for host in "www.example.com fo.example.com x.y.example.com 10.0.0.1 10.0.0.2 cn.example example.com.".split():
        log("identity", host, getattr(tls.checkServerIdentity(host, cert), "reason", None))
    for host in ["cn.example", "CN.example.", "www.cn.example"]:
        log("identity", host, getattr(tls.checkServerIdentity(host, {"subject": cert["subject"]}), "reason", None))
    log("identity", tls.checkServerIdentity("a.example", {"subject": {}}))
    for server in servers.values():
        server.close()


run(main)
