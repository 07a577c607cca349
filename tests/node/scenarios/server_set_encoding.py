"""After setEncoding 'data' carries text; a character that arrives in two pieces comes out whole."""

from prelude import dial, gate, listen, log, run

import httpkit as http


async def main():
    arrived = None

    @http.createServer
    def server(req, res):
        log("server", req.readableEncoding, req.setEncoding(req.url[1:]) is req, req.readableEncoding)

        def data(text):
            log(req.url, text)
            arrived.open()

        def end():
            log(req.url, "end")
            res.end("done")

        req.on("data", data)
        req.on("end", end)

    peer = await dial(await listen(server))
    euro = "\xe2\x82\xac"
    for encoding, *pieces in (
        ("utf8", f"a{euro[:1]}", f"{euro[1:]}b"),
        ("utf8", f"a{euro[:2]}", euro[2:]),
        ("utf8", "a", euro[:2]),
        ("utf8", "a", "\xff!"),
        ("latin1", "a\xe9", "\xff"),
        ("hex", "a\xe9", "\xff"),
        ("base64", "abcd", "ef"),
    ):
        arrived = gate()
        length = len("".join(pieces))
        peer.send(f"POST /{encoding} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{pieces[0]}")
        await arrived
        peer.send(pieces[1])
        await peer.until("done")


run(main)
