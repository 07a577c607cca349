"""httpValidation: what header values may hold, on their way out and on their way in."""

from prelude import attempt, body, gate, log, run, serve

import httpkit as http


async def main():
    async def handler(peer):
        log("wire", await peer.until("\r\n\r\n"))
        peer.send("HTTP/1.1 200 OK\r\nX: a\x01b\r\nContent-Length: 2\r\n\r\nhi")

    port = await serve(handler)

    async def ask(lane, **options):
        async def response(res):
            log(lane, res.headers["x"], (await body(res)).decode())
            done.open()

        def failed(err):
            log(lane, err.code)
            done.open()

        done = gate()
        req = http.get({"host": "127.0.0.1", "port": port, "agent": False, **options})
        log(lane, req.httpValidation, req.insecureHTTPParser)
        req.on("error", failed)
        req.on("response", response)
        await done

    await ask("default")
    await ask("strict", httpValidation="strict")
    await ask("secure", insecureHTTPParser=False)
    await ask("relaxed", httpValidation="relaxed", headers={"X": "a\x01b\x7f\t"})
    await ask("relaxed", httpValidation="relaxed", headers=["X", "a\x01b"])

    for validation in ("strict", "relaxed"):

        def set_both(name, value, validation=validation):
            def act():
                req = http.request({"host": "127.0.0.1", "port": port, "agent": False, "httpValidation": validation})
                req.on("error", lambda _: None)
                req.destroy()
                req.setHeader("X", value)
                req.addTrailers({"X": value})

            attempt(validation, name, act)

        set_both("control", "a\x01b")
        set_both("delete", "a\x7fb")
        set_both("tab", "a\tb")
        set_both("latin1", "a\xffb")
        set_both("null", "a\0b")
        set_both("return", "a\rb")
        set_both("line feed", "a\nb")
        set_both("euro", "€")
        set_both("list", ["a", "a\x01b"])


run(main)
