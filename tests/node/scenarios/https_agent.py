"""https.Agent: the names of origins, sessions that shorten handshakes, and checks of one request that share nothing."""

from pathlib import Path

from prelude import attempt, body, listen, log, once, run, tick

import httpkit as http
from httpkit import https


def pem(name):
    return (Path(__file__).parent.parent / f"certificates/{name}.pem").read_text()


def names():
    agent = https.Agent()
    most = https.Agent({"maxCachedSessions": 3}).maxCachedSessions
    log("names", agent.defaultPort, agent.protocol, agent.maxCachedSessions, most)
    name = lambda options=None: log("names", agent.getName(options))  # noqa: E731
    name()
    name({"host": "a", "port": 1, "localAddress": "b", "family": 6})
    name({"host": "a", "servername": "a", "ca": "CA", "cert": b"CERT", "key": ["K1", "K2"], "pfx": "P"})
    name({"host": "a", "servername": "b", "rejectUnauthorized": False, "ciphers": "C", "crl": "R", "ecdhCurve": "auto"})
    versions = {"minVersion": "TLSv1.2", "maxVersion": "TLSv1.3", "secureProtocol": "S"}
    name({**versions, "honorCipherOrder": True, "dhparam": "D"})
    engines = {"sigalgs": "G", "clientCertEngine": "E"}
    name({"secureOptions": 0, "sessionIdContext": "I", "honorCipherOrder": False, **engines})
    name({"privateKeyIdentifier": "PI", "privateKeyEngine": "PE", "rejectUnauthorized": True, "servername": ""})
    options = https.globalAgent.options
    log("names", options["keepAlive"], options["timeout"], options["scheduling"])


def misuse():
    attempt("misuse", "http URL", lambda: https.get("http://localhost/"))
    attempt("misuse", "https URL", lambda: http.get("https://localhost/"))
    attempt("misuse", "http agent", lambda: https.get({"agent": http.Agent()}))
    attempt("misuse", "no agent", lambda: https.get({"agent": "none"}))
    attempt("misuse", "check", lambda: https.get({"port": 1, "checkServerIdentity": 7}))
    attempt("misuse", "version", lambda: https.get({"port": 1, "minVersion": "SSLv3"}))


async def main():
    names()
    misuse()
    server = https.createServer({"cert": pem("localhost"), "key": pem("localhost-key")}, lambda req, res: res.end("hi"))
    times = [server.timeout, server.keepAliveTimeout, server.headersTimeout, server.requestTimeout]
    log("server", *times, server.maxHeadersCount)
    flags = [server.httpAllowHalfOpen, server.allowHalfOpen, server.requestCert, server.rejectUnauthorized]
    log("server", server.maxRequestsPerSocket, *flags)
    port = await listen(server)

    async def exchange(lane, options):
        closed = {"Connection": "close"} if lane == "sessions" else {}
        request = {"host": "127.0.0.1", "port": port, "ca": pem("ca"), "headers": closed, **options}
        res = await once(https.get(request), "response")
        socket = res.socket
        is_agent = isinstance(res.req.agent, https.Agent)
        log(lane, res.req.reusedSocket, socket.isSessionReused(), socket.authorized, is_agent)
        log(lane, socket.getPeerCertificate().get("subject", {}).get("CN"))
        over = once(socket, "close") if lane == "sessions" else None
        await body(res)
        if over:
            await over
        await tick()

    agent = https.Agent({"keepAlive": True})
    await exchange("sessions", {"agent": agent})
    await exchange("sessions", {"agent": agent})
    await exchange("sessions", {"agent": agent, "maxVersion": "TLSv1.2"})
    await exchange("sessions", {"agent": agent, "maxVersion": "TLSv1.2"})
    await exchange("sessions", {"agent": agent, "rejectUnauthorized": False, "ca": None, "servername": ""})
    forgetful = https.Agent({"keepAlive": True, "maxCachedSessions": 0})
    await exchange("sessions", {"agent": forgetful})
    await exchange("sessions", {"agent": forgetful})

    checks = []
    check = lambda *_: checks.append(1)  # noqa: E731
    checking = https.Agent({"keepAlive": True, "checkServerIdentity": check})
    pools = lambda: [sum(map(len, each.freeSockets.values())) for each in [agent, checking]]  # noqa: E731
    await exchange("checks", {"agent": agent, "checkServerIdentity": check})
    await exchange("checks", {"agent": agent, "checkServerIdentity": check})
    log("checks", len(checks), pools())
    await exchange("checks", {"agent": agent})
    await exchange("checks", {"agent": agent})
    log("checks", len(checks), pools())
    await exchange("checks", {"agent": checking})
    await exchange("checks", {"agent": checking, "checkServerIdentity": lambda *_: Exception("never asked")})
    log("checks", len(checks), pools())
    await exchange("global", {"agent": None})
    await exchange("global", {"agent": None})
    await exchange("global", {"agent": False})
    for each in [agent, checking, forgetful, https.globalAgent]:
        each.destroy()
    server.close()


run(main)
