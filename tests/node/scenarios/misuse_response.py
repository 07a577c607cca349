"""What a response refuses, with Node's code and message; it is still usable afterwards."""

from prelude import attempt, listen, log, raw, run

import httpkit as http


async def main():
    @http.createServer
    def server(req, res):
        def refused(name, action):
            attempt("server", name, action)

        refused("name with space", lambda: res.setHeader("Bad Name", "x"))
        refused("empty name", lambda: res.setHeader("", "x"))
        refused("non-ASCII name", lambda: res.setHeader("X-É", "x"))
        refused("name is a number", lambda: res.setHeader(1, "x"))
        refused("value with line feed", lambda: res.setHeader("X", "a\nb"))
        refused("value with return", lambda: res.setHeader("X", "a\rb"))
        refused("value with NUL", lambda: res.setHeader("X", "a\0b"))
        refused("value with control", lambda: res.setHeader("X", "a\x01b"))
        refused("value with DEL", lambda: res.setHeader("X", "a\x7fb"))
        refused("value beyond latin1", lambda: res.setHeader("X", "€"))
        refused("list with line feed", lambda: res.setHeader("X", ["a", "b\n"]))
        refused("no value", lambda: res.setHeader("X", None))
        refused("value with tab", lambda: res.setHeader("X-Tab", "a\tb"))
        refused("latin1 value", lambda: res.setHeader("X-Latin", "é"))
        refused("getHeader of a number", lambda: res.getHeader(1))
        refused("hasHeader of a number", lambda: res.hasHeader(1))
        refused("removeHeader of a number", lambda: res.removeHeader(1))
        refused("append with bad name", lambda: res.appendHeader("Bad Name", "x"))
        refused("append with bad value", lambda: res.appendHeader("X", "a\nb"))
        refused("status 99", lambda: res.writeHead(99))
        refused("status 1000", lambda: res.writeHead(1000))
        refused("status text", lambda: res.writeHead("abc"))
        refused("bad reason", lambda: res.writeHead(200, "a\nb"))
        res.statusMessage = None
        refused("bad name in writeHead", lambda: res.writeHead(200, {"Bad Name": "x"}))
        refused("bad value in writeHead", lambda: res.writeHead(200, {"X": "a\nb"}))
        refused("odd list in writeHead", lambda: res.writeHead(200, ["X"]))
        refused("write nothing", lambda: res.write(None))
        refused("write a number", lambda: res.write(7))
        refused("write an object", lambda: res.write({}))
        refused("end a number", lambda: res.end(7))
        res.statusCode = 1000
        refused("statusCode 1000", lambda: res.end("late"))
        res.statusCode = 200
        res.end(b"fine")
        refused("writeHead after end", lambda: res.writeHead(200))
        refused("appendHeader after end", lambda: res.appendHeader("X", "y"))

    log("wire", await raw(await listen(server), "GET / HTTP/1.0\r\n\r\n"))


run(main)
