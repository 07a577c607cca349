"""Node 24's tables of methods and status codes.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httpmethods and #httpstatus_codes
"""

from __future__ import annotations

from typing import Any


class Methods(list[str]):
    """The request methods the parser accepts, sorted; notebooks show it as a table."""


class StatusCodes(dict[int, str]):
    """Status code to reason phrase; answers 404 and '404' alike, and notebooks show it as a table."""

    def __missing__(self, code: Any) -> str:
        if isinstance(code, str) and code.isdecimal():
            return self[int(code)]
        raise KeyError(code)

    def __contains__(self, code: object) -> bool:
        return super().__contains__(int(code) if isinstance(code, str) and code.isdecimal() else code)

    def get(self, code: Any, default: Any = None) -> Any:
        try:
            return self[code]
        except KeyError:
            return default


METHODS = Methods(
    """
    ACL BIND CHECKOUT CONNECT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE
    MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT
    QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE
    """.split()
)

STATUS_CODES = StatusCodes(
    {
        100: "Continue",
        101: "Switching Protocols",
        102: "Processing",
        103: "Early Hints",
        200: "OK",
        201: "Created",
        202: "Accepted",
        203: "Non-Authoritative Information",
        204: "No Content",
        205: "Reset Content",
        206: "Partial Content",
        207: "Multi-Status",
        208: "Already Reported",
        226: "IM Used",
        300: "Multiple Choices",
        301: "Moved Permanently",
        302: "Found",
        303: "See Other",
        304: "Not Modified",
        305: "Use Proxy",
        307: "Temporary Redirect",
        308: "Permanent Redirect",
        400: "Bad Request",
        401: "Unauthorized",
        402: "Payment Required",
        403: "Forbidden",
        404: "Not Found",
        405: "Method Not Allowed",
        406: "Not Acceptable",
        407: "Proxy Authentication Required",
        408: "Request Timeout",
        409: "Conflict",
        410: "Gone",
        411: "Length Required",
        412: "Precondition Failed",
        413: "Payload Too Large",
        414: "URI Too Long",
        415: "Unsupported Media Type",
        416: "Range Not Satisfiable",
        417: "Expectation Failed",
        418: "I'm a Teapot",
        421: "Misdirected Request",
        422: "Unprocessable Entity",
        423: "Locked",
        424: "Failed Dependency",
        425: "Too Early",
        426: "Upgrade Required",
        428: "Precondition Required",
        429: "Too Many Requests",
        431: "Request Header Fields Too Large",
        451: "Unavailable For Legal Reasons",
        500: "Internal Server Error",
        501: "Not Implemented",
        502: "Bad Gateway",
        503: "Service Unavailable",
        504: "Gateway Timeout",
        505: "HTTP Version Not Supported",
        506: "Variant Also Negotiates",
        507: "Insufficient Storage",
        508: "Loop Detected",
        509: "Bandwidth Limit Exceeded",
        510: "Not Extended",
        511: "Network Authentication Required",
    }
)

# Bytes of target, header names and header values together that one head may have.
MAX_HEADER_SIZE = 16384
# Bytes a stream buffers before it asks its source to wait.
HIGH_WATER_MARK = 65536
