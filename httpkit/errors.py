"""Node's errors as Python exceptions.

Every error carries Node's `code`; its class tells Python what kind it is, so `except TypeError`, `except ValueError`
and `except OSError` work as they would anywhere else:

    NodeError
    ├── NodeTypeError     also a TypeError: an argument of the wrong type or form
    ├── NodeRangeError    also a ValueError: the right type, out of range
    ├── SystemCallError   also an OSError: errno, syscall, address, port
    └── ParseError        HPE_*: bytesParsed, reason, rawPacket

Source: https://nodejs.org/docs/latest-v24.x/api/errors.html
"""

from __future__ import annotations

import errno
import os
import socket


class NodeError(Exception):
    """Base of all errors of the kit; `code` is Node's, for example 'ERR_HTTP_HEADERS_SENT'."""

    code: str

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code

    def __str__(self) -> str:
        return self.message


class NodeTypeError(NodeError, TypeError):
    """An argument of the wrong type or form."""


class NodeRangeError(NodeError, ValueError):
    """An argument of the right type that is out of range."""


class SystemCallError(NodeError, OSError):
    """A failed system call, or a connection that ended where it must not have."""

    def __init__(
        self,
        message: str,
        code: str,
        *,
        syscall: str | None = None,
        address: str | None = None,
        port: int | None = None,
        hostname: str | None = None,
    ) -> None:
        super().__init__(message, code)
        self.errno = getattr(errno, code, None)
        self.syscall = syscall
        self.address = address
        self.port = port
        self.hostname = hostname


class ParseError(NodeError):
    """What came over the wire is not HTTP; `bytesParsed` counts within `rawPacket`, `reason` is the parser's."""

    def __init__(self, code: str, reason: str, bytesParsed: int = 0, rawPacket: bytes | None = None) -> None:
        super().__init__(f"Parse Error: {reason}" if reason else "Parse Error", code)
        self.reason = reason
        self.bytesParsed = bytesParsed
        self.rawPacket = rawPacket


_MESSAGES: dict[str, tuple[type[NodeError], str]] = {
    "ERR_HTTP_BODY_NOT_ALLOWED": (
        NodeError,
        "Adding content for this request method or response status is not allowed.",
    ),
    "ERR_HTTP_CONTENT_LENGTH_MISMATCH": (
        NodeError,
        "Response body's content-length of {} byte(s) does not match the content-length of {} byte(s) set in header",
    ),
    "ERR_HTTP_HEADERS_SENT": (NodeError, "Cannot {} headers after they are sent to the client"),
    "ERR_HTTP_INVALID_HEADER_VALUE": (NodeTypeError, 'Invalid value "{}" for header "{}"'),
    "ERR_HTTP_INVALID_STATUS_CODE": (NodeRangeError, "Invalid status code: {}"),
    "ERR_HTTP_SOCKET_ASSIGNED": (NodeError, "ServerResponse has an already assigned socket"),
    "ERR_HTTP_TRAILER_INVALID": (NodeError, "Trailers are invalid with this transfer encoding"),
    "ERR_INVALID_ARG_TYPE": (NodeTypeError, 'The "{}" {} must be {}. Received {}'),
    "ERR_INVALID_ARG_VALUE": (NodeTypeError, "The {} '{}' {}. Received {}"),
    "ERR_INVALID_CHAR": (NodeTypeError, 'Invalid character in {} ["{}"]'),
    "ERR_INVALID_HTTP_TOKEN": (NodeTypeError, '{} must be a valid HTTP token ["{}"]'),
    "ERR_INVALID_PROTOCOL": (NodeTypeError, 'Protocol "{}" not supported. Expected "{}"'),
    "ERR_INVALID_URL": (NodeTypeError, "Invalid URL"),
    "ERR_METHOD_NOT_IMPLEMENTED": (NodeError, "The {} method is not implemented"),
    "ERR_OUT_OF_RANGE": (NodeRangeError, 'The value of "{}" is out of range. It must be {}. Received {}'),
    "ERR_SERVER_ALREADY_LISTEN": (NodeError, "Listen method has been called more than once without closing."),
    "ERR_SERVER_NOT_RUNNING": (NodeError, "Server is not running."),
    "ERR_SOCKET_CLOSED": (NodeError, "Socket is closed"),
    "ERR_SOCKET_BAD_PORT": (NodeRangeError, "{} should be >= 0 and < 65536. Received {}."),
    "ERR_STREAM_ALREADY_FINISHED": (NodeError, "Cannot call {} after a stream was finished"),
    "ERR_STREAM_CANNOT_PIPE": (NodeError, "Cannot pipe, not readable"),
    "ERR_STREAM_DESTROYED": (NodeError, "Cannot call {} after a stream was destroyed"),
    "ERR_STREAM_NULL_VALUES": (NodeTypeError, "May not write null values to stream"),
    "ERR_STREAM_PREMATURE_CLOSE": (NodeError, "Premature close"),
    "ERR_STREAM_PUSH_AFTER_EOF": (NodeError, "stream.push() after EOF"),
    "ERR_STREAM_UNSHIFT_AFTER_END_EVENT": (NodeError, "stream.unshift() after end event"),
    "ERR_STREAM_WRITE_AFTER_END": (NodeError, "write after end"),
    "ERR_UNESCAPED_CHARACTERS": (NodeTypeError, "{} contains unescaped characters"),
    "ERR_UNHANDLED_ERROR": (NodeError, "Unhandled error. ({!r})"),
}


def error(code: str, *values: object) -> NodeError:
    """The error Node gives for `code`, its message filled with `values`."""
    kind, template = _MESSAGES[code]
    return kind(template.format(*values), code)


def received(value: object) -> str:
    """What was got, in words: `None`, `type int (7)`, `an instance of list`."""
    if value is None:
        return "None"
    if isinstance(value, (bool, int, float, str)):
        text = repr(value)
        return f"type {type(value).__name__} ({text if len(text) <= 28 else text[:25] + '...'})"
    if callable(value) and hasattr(value, "__name__"):
        return f"function {value.__name__}"
    return f"an instance of {type(value).__name__}"


def wrong_type(name: str, expected: str, value: object) -> NodeError:
    """ERR_INVALID_ARG_TYPE for the argument (or, with a dot in its name, the property) `name`."""
    return error("ERR_INVALID_ARG_TYPE", name, "property" if "." in name else "argument", expected, received(value))


def wrong_value(name: str, reason: str, value: object) -> NodeError:
    """ERR_INVALID_ARG_VALUE for the argument (or, with a dot in its name, the property) `name`."""
    return error("ERR_INVALID_ARG_VALUE", "property" if "." in name else "argument", name, reason, repr(value))


def out_of_range(name: str, expected: str, value: object) -> NodeError:
    """ERR_OUT_OF_RANGE for the value called `name`."""
    return error("ERR_OUT_OF_RANGE", name, expected, value)


def connection_reset(message: str) -> SystemCallError:
    """ECONNRESET with one of Node's own messages: 'socket hang up', 'aborted'."""
    return SystemCallError(message, "ECONNRESET")


def from_os_error(exc: OSError, syscall: str, *, host: str | None = None, port: int | None = None) -> SystemCallError:
    """The same failure under Node's name, such as `connect ECONNREFUSED 127.0.0.1:80`."""
    if isinstance(exc, socket.gaierror):
        code = "EAI_AGAIN" if exc.errno == socket.EAI_AGAIN else "ENOTFOUND"
        return SystemCallError(f"getaddrinfo {code} {host}", code, syscall="getaddrinfo", hostname=host)
    number = exc.errno or errno.ECONNRESET
    code = errno.errorcode.get(number, "UNKNOWN")
    # listen() explains itself in Node; the other calls give the bare code.
    detail = f": {os.strerror(number).lower()}" if syscall == "listen" else ""
    where = f" {host}:{port}" if port is not None else f" {host}" if host else ""
    translated = SystemCallError(f"{syscall} {code}{detail}{where}", code, syscall=syscall, address=host, port=port)
    translated.__cause__ = exc
    return translated
