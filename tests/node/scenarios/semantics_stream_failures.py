"""What finished() and pipeline() say of a request and a response whose client goes away."""

from prelude import dial, gate, listen, log, run

import httpkit as http
from httpkit.stream import finished, pipeline


async def main():
    started = told = None

    @http.createServer
    def server(req, res):
        def tell(err=None):
            log(req.url, err)
            told.open()

        if req.url == "/res":
            finished(res, tell)
        if req.url == "/req":
            finished(req, tell)
        if req.url == "/pipeline":
            pipeline(req, res, tell)
        started.open()

    port = await listen(server)
    for path in ("/res", "/req", "/pipeline"):
        started = gate()
        told = gate()
        peer = await dial(port)
        peer.send(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\npart")
        await started
        peer.reset()
        await told


run(main)
