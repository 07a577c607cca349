"""The handlers that server.json names in words; server.js has the same in Node's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def put(message: Any, **attributes: Any) -> Any:
    """What an assignment does, as an expression."""
    for name, value in attributes.items():
        setattr(message, name, value)
    return message


HANDLERS: dict[str, Callable[[Any], Any]] = {
    "end()": lambda res: res.end(),
    "end('hi')": lambda res: res.end("hi"),
    "write('a');end('b')": lambda res: (res.write("a"), res.end("b")),
    "setHeader CL=2,end('hi')": lambda res: (res.setHeader("Content-Length", 2), res.end("hi")),
    "setHeader TE=chunked,end('hi')": lambda res: (res.setHeader("Transfer-Encoding", "chunked"), res.end("hi")),
    "writeHead(200,{CT}),end('hi')": lambda res: (res.writeHead(200, {"Content-Type": "text/plain"}), res.end("hi")),
    "writeHead(200),end()": lambda res: (res.writeHead(200), res.end()),
    "flushHeaders,end(hi)": lambda res: (res.flushHeaders(), res.end("hi")),
    "204 end()": lambda res: (put(res, statusCode=204), res.end()),
    "204 end('hi')": lambda res: (put(res, statusCode=204), res.end("hi")),
    "204 CL=0": lambda res: (put(res, statusCode=204), res.setHeader("Content-Length", 0), res.end()),
    "204 TE=chunked": lambda res: (
        put(res, statusCode=204),
        res.setHeader("Transfer-Encoding", "chunked"),
        res.end(),
    ),
    "304 end()": lambda res: (put(res, statusCode=304), res.end()),
    "304 end('hi')": lambda res: (put(res, statusCode=304), res.end("hi")),
    "304 TE=chunked": lambda res: (
        put(res, statusCode=304),
        res.setHeader("Transfer-Encoding", "chunked"),
        res.end(),
    ),
    "205 end()": lambda res: (put(res, statusCode=205), res.end()),
    "205 end('hi')": lambda res: (put(res, statusCode=205), res.end("hi")),
    "199 writeHead end": lambda res: (res.writeHead(199), res.end()),
    "remove CL end('hi')": lambda res: (res.removeHeader("Content-Length"), res.end("hi")),
    "remove TE write+end": lambda res: (res.removeHeader("Transfer-Encoding"), res.write("a"), res.end("b")),
    "remove CL+TE end('hi')": lambda res: (
        res.removeHeader("Content-Length"),
        res.removeHeader("Transfer-Encoding"),
        res.end("hi"),
    ),
    "remove Connection end('hi')": lambda res: (res.removeHeader("Connection"), res.end("hi")),
    "remove Date end('hi')": lambda res: (res.removeHeader("Date"), res.end("hi")),
    "sendDate=false": lambda res: (put(res, sendDate=False), res.end("hi")),
    "Connection: close set": lambda res: (res.setHeader("Connection", "close"), res.end("hi")),
    "Connection: keep-alive set": lambda res: (res.setHeader("connection", "keep-alive"), res.end("hi")),
    "Keep-Alive set": lambda res: (res.setHeader("Keep-Alive", "timeout=99"), res.end("hi")),
    "shouldKeepAlive=false": lambda res: (put(res, shouldKeepAlive=False), res.end("hi")),
    "useChunkedEncodingByDefault=false write": lambda res: (
        put(res, useChunkedEncodingByDefault=False),
        res.write("a"),
        res.end("b"),
    ),
    "TE: identity set": lambda res: (res.setHeader("Transfer-Encoding", "identity"), res.write("a"), res.end("b")),
    "TE: gzip, chunked set": lambda res: (
        res.setHeader("Transfer-Encoding", "gzip, chunked"),
        res.write("a"),
        res.end("b"),
    ),
    "Trailer+addTrailers": lambda res: (
        res.setHeader("Trailer", "X-T"),
        res.write("a"),
        res.addTrailers({"X-T": "v"}),
        res.end(),
    ),
    "Trailer header, single end('a')": lambda res: (
        res.setHeader("Trailer", "X-T"),
        res.addTrailers({"X-T": "v"}),
        res.end("a"),
    ),
    "addTrailers w/o Trailer hdr, write": lambda res: (
        res.write("a"),
        res.addTrailers({"X-T": "v", "X-U": ["1", "2"]}),
        res.end(),
    ),
    "addTrailers w/o Trailer hdr, single end": lambda res: (res.addTrailers({"X-T": "v"}), res.end("a")),
    "CL=5 but body 2": lambda res: (res.setHeader("Content-Length", 5), res.end("hi")),
    "CL=1 but body 2": lambda res: (res.setHeader("Content-Length", 1), res.end("hi")),
    "CL+TE both": lambda res: (
        res.setHeader("Content-Length", 2),
        res.setHeader("Transfer-Encoding", "chunked"),
        res.end("hi"),
    ),
    "set-cookie array": lambda res: (
        res.setHeader("Set-Cookie", ["a=1", "b=2"]),
        res.setHeader("X-A", ["1", "2"]),
        res.setHeader("Cookie", ["c", "d"]),
        res.end(),
    ),
    "writeHead raw array": lambda res: (res.writeHead(200, ["X-A", "1", "X-A", "2"]), res.end()),
    "writeHead nested array": lambda res: (res.writeHead(200, [["X-A", "1"], ["X-A", "2"]]), res.end()),
    "setHeader then writeHead array dup": lambda res: (
        res.setHeader("X-A", "0"),
        res.writeHead(200, ["X-A", "1", "X-A", "2"]),
        res.end(),
    ),
    "status msg custom": lambda res: (put(res, statusCode=299, statusMessage="Yo"), res.end()),
    "status unknown 299": lambda res: (put(res, statusCode=299), res.end()),
    "status 999": lambda res: (res.writeHead(999), res.end()),
    "write('') then end('x')": lambda res: (res.write(""), res.end("x")),
    "end('')": lambda res: res.end(""),
    "header case preserved": lambda res: (res.setHeader("X-Case", 1), res.setHeader("x-case", 2), res.end()),
    "number header / bool": lambda res: (
        res.setHeader("X-N", 5),
        res.setHeader("X-B", True),
        res.setHeader("X-Null", None),
        res.end(),
    ),
    "cork write write uncork": lambda res: (
        res.flushHeaders(),
        res.cork(),
        res.write("aa"),
        res.write("bb"),
        res.uncork(),
        res.end("cc"),
    ),
    "cork before headers": lambda res: (res.cork(), res.write("aa"), res.write("bb"), res.end()),
    "content-disposition latin1": lambda res: (
        res.setHeader("Content-Disposition", 'a; filename="ý"'),
        res.setHeader("X-L", "é"),
        res.end("hi"),
    ),
}
