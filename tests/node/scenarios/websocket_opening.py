"""The opening handshake: what the client asks, which answers it takes, and what it lets nobody ask for."""

import base64
import hashlib
import re

from prelude import gate, log, run, serve

from httpkit.errors import NodeError
from httpkit.websocket import WebSocket

SWITCHING = "HTTP/1.1 101 Switching Protocols"
UPGRADE = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Accept: <accept>"]
CHAT = {"protocols": ["chat", "superchat"]}

ANSWERS = {
    "/plain": [[SWITCHING, *UPGRADE], None],
    "/any-case": [[SWITCHING, "connection: upgrade", "upgrade: WebSocket", UPGRADE[2]], None],
    "/one-of-two": [[SWITCHING, *UPGRADE, "Sec-WebSocket-Protocol: superchat"], CHAT],
    "/one": [[SWITCHING, *UPGRADE, "Sec-WebSocket-Protocol: chat"], "chat"],
    "/headers": [[SWITCHING, *UPGRADE], {"headers": {"X-Token": "abc", "Cookie": "a=b"}}],
    "/early-hints": [["HTTP/1.1 103 Early Hints", "", SWITCHING, *UPGRADE], None],
    "/none-of-two": [[SWITCHING, *UPGRADE], CHAT],
    "/another": [[SWITCHING, *UPGRADE, "Sec-WebSocket-Protocol: other"], CHAT],
    "/both": [[SWITCHING, *UPGRADE, "Sec-WebSocket-Protocol: chat, superchat"], CHAT],
    "/extension": [[SWITCHING, *UPGRADE, "Sec-WebSocket-Extensions: x-unheard-of"], None],
    "/wrong-accept": [[SWITCHING, *UPGRADE[:2], "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA="], None],
    "/two-accepts": [[SWITCHING, *UPGRADE, UPGRADE[2]], None],
    "/no-accept": [[SWITCHING, *UPGRADE[:2]], None],
    "/no-upgrade": [[SWITCHING, UPGRADE[0], UPGRADE[2]], None],
    "/no-connection": [[SWITCHING, *UPGRADE[1:]], None],
    "/other-upgrade": [[SWITCHING, UPGRADE[0], "Upgrade: chat", UPGRADE[2]], None],
    "/ok": [["HTTP/1.1 200 OK", *UPGRADE, "Content-Length: 0"], None],
    "/missing": [["HTTP/1.1 404 Not Found", "Content-Length: 2", "", "no"], None],
    "/redirect": [["HTTP/1.1 302 Found", "Location: /plain", "Content-Length: 0"], None],
    "/garbage": [["SMTP ready"], None],
    "/nothing": [[], None],
}

TOLD = re.compile(r"(GET|host|connection|upgrade|sec-websocket-(version|protocol)|x-token|cookie)\b", re.IGNORECASE)

NAMES = {
    "SYNTAX_ERR": "SyntaxError",
    "INVALID_STATE_ERR": "InvalidStateError",
    "INVALID_ACCESS_ERR": "InvalidAccessError",
}


def accept(key):
    return base64.b64encode(hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()).decode()


async def answer(peer):
    head = await peer.until("\r\n\r\n")
    lane = head.split(" ")[1]
    lines = head.split("\r\n")
    lowered = [re.sub(r"^[\w-]+:", lambda name: name[0].lower(), line) for line in lines if TOLD.match(line)]
    log(f"{lane} wire", sorted(lowered))
    key = next(line for line in lines if re.match("sec-websocket-key: ", line, re.IGNORECASE))[19:]
    log(f"{lane} wire", len(base64.b64decode(key)))
    said = ANSWERS[lane][0]
    if said:
        peer.send("\r\n".join([*said, "", ""]).replace("<accept>", accept(key)))
    else:
        peer.end()
    if said and said[0] == SWITCHING:
        first = await peer.rest()
        log(f"{lane} wire", ord(first[0]) if first else None)


async def open_one(lane, port):
    closed = gate()
    given = ANSWERS.get(lane, (None, None))[1]
    ws = WebSocket(f"ws://127.0.0.1:{port}{lane}", given) if given else WebSocket(f"ws://127.0.0.1:{port}{lane}")
    log(lane, ws.readyState, ws.url, ws.binaryType)

    def opened(_):
        log(lane, "open", ws.readyState, ws.protocol)
        ws.close(1000)
        log(lane, ws.readyState)
        # The server never answers; what follows is of no interest.
        closed.open()

    def close(event):
        log(lane, "close", ws.readyState, event.code, event.reason, event.wasClean)
        closed.open()

    ws.onopen = opened
    ws.onerror = lambda _: log(lane, "error", ws.readyState)
    ws.onclose = close
    await closed


def attempt(name, action):
    try:
        action()
        log("misuse", name, "ok")
    except NodeError as error:
        log("misuse", name, NAMES[error.code])


async def misuse(port):
    for url in [
        "",
        "localhost",
        "/path",
        "ws://",
        "ftp://localhost",
        "ws://a/#",
        "ws://a/#x",
        "ws://a b/",
    ]:
        attempt(url, lambda url=url: WebSocket(url))
    for protocols in ["", "a b", "a,b", "é", ["a", "A"], ["a", "a"], ["ok", ""]]:
        attempt(protocols, lambda protocols=protocols: WebSocket(f"ws://127.0.0.1:{port}/plain", protocols))
    ws = WebSocket("ws://127.0.0.1:1/")
    attempt("send", lambda: ws.send("too early"))
    for code in [0, 999, 1001, 1005, 1006, 2999, 5000]:
        attempt(code, lambda code=code: ws.close(code))
    attempt("long", lambda: ws.close(1000, "x" * 124))
    attempt("long in bytes", lambda: ws.close(1000, "é" * 62))
    closed = gate()
    ws.onclose = closed.open
    await closed
    attempt("send, closed", lambda: ws.send("too late"))
    attempt("close, closed", lambda: ws.close())
    attempt("close wrongly, closed", lambda: ws.close(1))


def urls():
    for url in ["HTTP://LocalHost:80", "https://localhost:443/a/../b?c d", "ws://localhost:8080", "wss://[::1]:444/é"]:
        ws = WebSocket(url)
        log("urls", ws.url)
        ws.close()


async def main():
    port = await serve(answer)
    for lane in ANSWERS:
        await open_one(lane, port)
    await open_one("/", 1)  # nobody listens there
    urls()
    await misuse(port)


run(main)
