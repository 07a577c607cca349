"""Requests and responses over TLS, what both ends know of each other, and a connection kept for the next request."""

from pathlib import Path

from prelude import body, listen, log, once, run

from httpkit import https


def pem(name):
    return (Path(__file__).parent.parent / f"certificates/{name}.pem").read_text()


def facts(lane, socket):
    log(lane, socket.encrypted, socket.authorized, socket.authorizationError, socket.alpnProtocol, socket.servername)
    log(lane, socket.getProtocol(), socket.getCipher(), socket.isSessionReused(), socket.secureConnecting)


def certificate(lane, cert):
    log(lane, cert["subject"], cert["issuer"], cert.get("subjectaltname"), cert["valid_from"], cert["valid_to"])
    log(
        lane,
        cert["fingerprint"],
        cert["fingerprint256"],
        cert["fingerprint512"],
        cert["serialNumber"],
        len(cert["raw"]),
    )


async def main():
    async def handler(req, res):
        facts("server", req.socket)
        log("server", req.socket.getPeerCertificate())
        text = (await body(req)).decode()
        res.end(f"{req.method} {req.url} {req.headers['host'].split(':')[0]} {text}")

    server = https.createServer({"cert": pem("localhost"), "key": pem("localhost-key")}, handler)
    port = await listen(server)
    agent = https.Agent({"keepAlive": True, "ca": pem("ca")})

    async def exchange(options, text=None):
        res = await once(https.request({"port": port, "agent": agent, **options}).end(text), "response")
        log("client", res.statusCode, res.req.reusedSocket, res.req.protocol, res.req.host)
        facts("client", res.socket)
        cert = res.socket.getPeerCertificate(True)
        log("client", await body(res))
        return cert

    cert = await exchange({"host": "127.0.0.1", "path": "/first"})
    certificate("certificate", cert)
    certificate("issuer", cert["issuerCertificate"])
    log("issuer", cert["issuerCertificate"]["issuerCertificate"] is cert["issuerCertificate"])
    await exchange({"host": "127.0.0.1", "path": "/second", "method": "POST"}, "hello")
    await exchange({"host": "localhost", "path": "/named", "method": "PUT", "family": 4}, "x" * 100_000)
    old = {"maxVersion": "TLSv1.2", "ciphers": "ECDHE-ECDSA-AES128-GCM-SHA256"}
    await exchange({"host": "127.0.0.1", "path": "/old", **old})
    alone = {"agent": False, "ca": pem("ca"), "ALPNProtocols": ["http/1.1"]}
    await exchange({"host": "127.0.0.1", "path": "/alpn", **alone})
    agent.destroy()
    server.close()


run(main)
