"""writeHead's headers meet those of setHeader: who wins, in which place and case, and what getHeader then says."""

from prelude import listen, log, raw, run

import httpkit as http


def preset(res):
    return res.setHeader("X-A", "1").setHeader("X-B", "2").setHeader("X-C", "3")


WAYS = [
    lambda res: res.writeHead(200, {"X-A": "1", "x-a": "2", "X-B": ["3", "4"]}),
    lambda res: res.writeHead(200, ["X-A", "1", "x-a", "2", "X-B", "3"]),
    lambda res: preset(res).writeHead(200),
    lambda res: preset(res).writeHead(200, {"x-b": "new", "X-D": "4"}),
    lambda res: preset(res).writeHead(200, ["x-b", "new", "X-D", "4", "X-B", "again"]),
    lambda res: preset(res).writeHead(200, {"X-A": ["new", "list"]}),
    lambda res: res.writeHead(200, {"Date": "today", "Connection": "close", "Content-Length": 0}),
    lambda res: res.writeHead(200, {"Keep-Alive": "timeout=99"}),
]


async def main():
    @http.createServer
    def server(req, res):
        way = int(req.url[1:])
        log("chains", WAYS[way](res) is res)
        log("getHeaders", res.getHeaders())
        res.end()

    port = await listen(server)
    for way in range(len(WAYS)):
        log("wire", await raw(port, f"GET /{way} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))


run(main)
