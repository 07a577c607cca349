"""What the header methods answer, before and after the head is written."""

from prelude import attempt, listen, log, raw, run

import httpkit as http


def look(lane, res):
    log(lane, "getHeaders", res.getHeaders())
    log(lane, "getHeaderNames", res.getHeaderNames())
    log(lane, "getRawHeaderNames", res.getRawHeaderNames())
    log(lane, "getHeader", res.getHeader("x-NUMBER"), res.getHeader("X-List"), res.getHeader("Missing"))
    log(lane, "hasHeader", res.hasHeader("x-NUMBER"), res.hasHeader("Missing"))
    log(lane, "headersSent", res.headersSent)


async def main():
    @http.createServer
    def server(req, res):
        look("empty", res)
        log("set", "chains", res.setHeader("X-Number", 7) is res)
        res.setHeader("X-Text", "text").setHeader("X-List", ["a", "b"])
        res.setHeader("X-Gone", "gone")
        look("set", res)
        log("removed", res.removeHeader("x-gone"))
        log("removed", res.removeHeader("Never-There"))
        look("removed", res)
        log("appended", "chains", res.appendHeader("x-text", "more") is res)
        res.appendHeader("X-Text", ["and", "more"]).appendHeader("X-New", "new")
        look("appended", res)
        log("many", "chains", res.setHeaders({"X-Map": "1", "X-Text": "replaced"}) is res)
        look("many", res)
        res.writeHead(200)
        look("sent", res)
        attempt("sent", "setHeader", lambda: res.setHeader("X", "y"))
        attempt("sent", "appendHeader", lambda: res.appendHeader("X", "y"))
        attempt("sent", "setHeaders", lambda: res.setHeaders({"X": "y"}))
        attempt("sent", "removeHeader", lambda: res.removeHeader("X"))
        attempt("sent", "writeHead", lambda: res.writeHead(200))
        attempt("sent", "flushHeaders", lambda: res.flushHeaders())
        res.end()
        attempt("ended", "setHeader", lambda: res.setHeader("X", "y"))

    port = await listen(server)
    log("wire", await raw(port, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))


run(main)
