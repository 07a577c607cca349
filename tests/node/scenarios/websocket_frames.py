"""What a server says after the handshake, and what the client makes of it: messages, goodbyes, and broken frames."""

import base64
import hashlib
import re

from prelude import gate, listen, log, run

import httpkit as http
from httpkit.websocket import WebSocket

HELLO = {"/echo": ["hello", bytes([0, 255, 128]), "é" * 100, "x" * 70000]}

SESSIONS = {
    "/text": ["8105", "Hello", "8800"],
    "/fragments": ["0103", "Hel", "8902", "hi", "8002", "lo", "8a00", "8800"],
    "/binary": ["8203", "\x00\x7f\xff", "8800"],
    "/empty": ["8100", "8200", "8800"],
    "/lengths": ["817e0100", "x" * 256, "827f0000000000010000", "y" * 65536, "8800"],
    "/goodbye": ["880e", "\x03\xe9going away!!", "8105", "Hello"],
    "/goodbye-4000": ["8802", "\x0f\xa0"],
    "/echo": [],
    "/drop": ["8105", "Hello", "end"],
    "/drop-inside": ["8105", "Hel", "end"],
    "/masked": ["8181", "keyyA"],
    "/reserved": ["c101", "A"],
    "/opcode": ["8300"],
    "/lone-continuation": ["8001", "A"],
    "/two-beginnings": ["0101", "A", "8101", "B"],
    "/fragmented-ping": ["0900"],
    "/long-ping": ["897e007e", "x" * 126],
    "/not-utf8": ["8102", "\xc3\x28"],
    "/short-goodbye": ["8801", "\x03"],
    "/goodbye-1005": ["8802", "\x03\xed"],
    "/goodbye-not-utf8": ["8803", "\x03\xe8\xff"],
    "/too-long": ["827fffffffffffffffff"],
}


def is_hex(part):
    return re.fullmatch("[0-9a-f]{4,}", part)


def accept(key):
    return base64.b64encode(hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()).decode()


def reader(socket):
    kept = bytearray()
    over = []
    changed = [gate()]

    def wake():
        changed[0].open()
        changed[0] = gate()

    @socket.on("data")
    def data(data):
        kept.extend(data)
        wake()

    @socket.on("close")
    def close(*_):
        over.append(True)
        wake()

    async def read(count):
        while len(kept) < count and not over:
            await changed[0]
        taken = bytes(kept[:count])
        del kept[:count]
        return taken

    return read


async def frame(read):
    head = await read(2)
    if len(head) < 2:
        return None
    first, second = head
    extra = {126: 2, 127: 8}.get(second & 127)
    length = int.from_bytes(await read(extra)) if extra else second & 127
    key = await read(4)
    payload = bytes(byte ^ key[index % 4] for index, byte in enumerate(await read(length)))
    return first, second > 127, payload


async def serve(req, socket, closed):
    lane = req.url
    read = reader(socket)
    socket.on("error", lambda _: None)
    socket.on("close", closed.open)
    parts = [part for part in SESSIONS[lane] if part != "end"]
    socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Accept: {accept(req.headers['sec-websocket-key'])}\r\n\r\n"
    )
    socket.write(b"".join(bytes.fromhex(part) if is_hex(part) else part.encode("latin1") for part in parts))
    if "end" in SESSIONS[lane]:
        socket.end()
    while True:
        got = await frame(read)
        if got is None:
            return
        first, masked, payload = got
        shown = len(payload) if len(payload) > 2000 else payload if lane == "/echo" else payload[:2]
        log(f"{lane} wire", first, masked, shown)
        if lane == "/echo":
            length = len(payload)
            size = (
                bytes([length])
                if length < 126
                else bytes([126]) + length.to_bytes(2)
                if length < 65536
                else bytes([127]) + length.to_bytes(8)
            )
            socket.write(bytes([first]) + size + payload)
        if first == 0x88:
            socket.end()


async def converse(lane, port):
    closed = gate()
    ws = WebSocket(f"ws://127.0.0.1:{port}{lane}")
    ws.binaryType = "arraybuffer"
    to_send = list(HELLO.get(lane, []))

    def next_one():
        if lane not in HELLO:
            return
        if not to_send:
            ws.close(3001, "dône")
            log(lane, ws.readyState)
            ws.send("too late")
            return
        ws.send(to_send.pop(0))
        log(lane, ws.bufferedAmount)

    def opened(event):
        log(lane, event.type, ws.readyState, ws.protocol, ws.extensions, event.target is ws)
        next_one()

    def message(event):
        data = event.data
        log(lane, event.type, ws.readyState, len(data) if len(data) > 2000 else data, event.origin)
        next_one()

    def close(event):
        log(lane, event.type, ws.readyState, event.code, event.reason, event.wasClean)
        closed.open()

    ws.onopen = opened
    ws.onmessage = message
    ws.onerror = lambda event: log(lane, event.type, ws.readyState)
    ws.onclose = close
    await closed


async def main():
    left = []
    server = http.createServer()
    server.on("upgrade", lambda req, socket, head: serve(req, socket, left[-1]))
    port = await listen(server)
    for lane in SESSIONS:
        left.append(gate())
        await converse(lane, port)
        await left[-1]


run(main)
