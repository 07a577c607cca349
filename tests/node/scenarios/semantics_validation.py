"""httpValidation: 'relaxed' takes control characters in the values of headers, in both directions, and nothing else.
(A NUL in such a value sends Node into an endless loop.)"""

from prelude import attempt, listen, log, raw, run

import httpkit as http

values = {"control": "a\x01b", "DEL": "a\x7fb", "NUL": "a\0b", "return": "a\rb", "line feed": "a\nb", "euro": "€"}
head = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
requests = {
    "plain": f"{head}\r\n",
    "control": f"{head}X: a\x01b\r\n\r\n",
    "control in name": f"{head}X\x01: a\r\n\r\n",
    "folded": f"{head}X: a\r\n b\r\n\r\n",
    "line feeds": "GET / HTTP/1.1\nHost: x\n\n",
}


async def main():
    for validation in (None, "strict", "relaxed"):
        await serve(validation or "default", validation)
    attempt("options", "word", lambda: http.createServer({"httpValidation": "other"}))
    both = {"httpValidation": "strict", "insecureHTTPParser": False}
    attempt("options", "both", lambda: http.createServer(both))


async def serve(lane, validation):
    def listener(req, res):
        log(lane, "request", req.headers.get("x"))
        for name, value in values.items():
            attempt(lane, name, lambda value=value: res.setHeader("X", value))
        res.removeHeader("X")
        res.end()

    port = await listen(http.createServer({"httpValidation": validation}, listener))
    for name, request in requests.items():
        log(lane, name, await raw(port, request))


run(main)
