"""Header lines that come twice: the first wins, or they are joined, or listed; rawHeaders keeps everything."""

from prelude import body, hangup, listen, log, once, raw, run, serve

import httpkit as http

# fmt: off
NAMES = [
    "Age", "Authorization", "Expires", "From", "If-Modified-Since", "If-Unmodified-Since",
    "Last-Modified", "Location", "Proxy-Authorization", "Referer", "Retry-After", "Cookie",
    "Set-Cookie", "Accept", "X-Custom", "Cache-Control", "Date", "Via", "Vary", "X-Forwarded-For",
]
# fmt: on
LINES = "".join(f"{name}: first\r\n{name.lower()}: second\r\n" for name in NAMES)


async def main():
    def listener(req, res):
        log("server", req.headers)
        log("server", req.headersDistinct)
        log("server", req.rawHeaders)
        res.end()

    request = f"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{LINES}X-Empty:\r\nX-Spaces:  a  b  \r\n\r\n"
    await raw(await listen(http.createServer(listener)), request)
    await raw(await listen(http.createServer({"joinDuplicateHeaders": True}, listener)), request)
    port = await serve(hangup(f"HTTP/1.1 200 OK\r\n{LINES}Content-Length: 0\r\n\r\n"))
    for join in (False, True):
        req = http.get({"host": "127.0.0.1", "port": port, "joinDuplicateHeaders": join, "agent": False})
        res = await once(req, "response")
        log("client", res.headers)
        log("client", res.headersDistinct, len(res.rawHeaders), await body(res))


run(main)
