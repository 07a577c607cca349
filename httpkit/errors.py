"""Node's errors as Python exceptions.

Every error carries Node's `code`; its class tells Python what kind it is, so `except TypeError`, `except ValueError`
and `except OSError` work as they would anywhere else:

    NodeError
    ├── NodeTypeError     also a TypeError: an argument of the wrong type or form
    ├── NodeRangeError    also a ValueError: the right type, out of range
    ├── SystemCallError   also an OSError: errno, syscall, address, port
    │   └── AggregateError    several of them: errors
    ├── AbortError        what an AbortSignal stopped: cause, the signal's reason
    ├── TimeoutError      also Python's: the reason AbortSignal.timeout() gives
    └── ParseError        HPE_*: bytesParsed, reason, rawPacket

Source: https://nodejs.org/docs/latest-v24.x/api/errors.html
"""

from __future__ import annotations

import builtins
import errno
import os
import socket
import sys
import traceback
from collections.abc import Callable


class NodeError(Exception):
    """Base of all errors of the kit; `code` is Node's, for example 'ERR_HTTP_HEADERS_SENT'."""

    code: str
    # The name of Node's class.
    name = "Error"
    # What there was of an exchange when it failed, as a `Sending` tells it.
    exchange: object = None

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.message = message
        if code:
            self.code = code

    def __str__(self) -> str:
        return self.message


class NodeTypeError(NodeError, TypeError):
    """An argument of the wrong type or form."""

    name = "TypeError"


class NodeRangeError(NodeError, ValueError):
    """An argument of the right type that is out of range."""

    name = "RangeError"


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


class AggregateError(SystemCallError):
    """None of several addresses could be connected to: `errors` has one error for each, `code` is the first one's."""

    name = "AggregateError"

    def __init__(self, errors: list[NodeError]) -> None:
        super().__init__("; ".join(map(str, errors)), errors[0].code)
        self.errors = errors


class AbortError(NodeError):
    """What an AbortSignal stopped; `cause` is the signal's reason, and `__cause__` too where it is an exception."""

    name = "AbortError"

    def __init__(self, message: str = "The operation was aborted", *, cause: object = None) -> None:
        super().__init__(message, "ABORT_ERR")
        self.cause = cause
        if isinstance(cause, BaseException):
            self.__cause__ = cause


class TimeoutError(NodeError, builtins.TimeoutError):  # noqa: A001 - Node's name, and every one is also Python's
    """The reason of a signal made with AbortSignal.timeout()."""

    name = "TimeoutError"

    def __init__(self, message: str = "The operation was aborted due to timeout") -> None:
        super().__init__(message, "TIMEOUT_ERR")


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
    "ERR_HTTP_REQUEST_TIMEOUT": (NodeError, "Request timeout"),
    "ERR_HTTP_SOCKET_ASSIGNED": (NodeError, "ServerResponse has an already assigned socket"),
    "ERR_HTTP_SOCKET_ENCODING": (NodeError, "Changing the socket encoding is not allowed per RFC7230 Section 3."),
    "ERR_HTTP_TRAILER_INVALID": (NodeError, "Trailers are invalid with this transfer encoding"),
    "ERR_ILLEGAL_CONSTRUCTOR": (NodeTypeError, "Illegal constructor"),
    "ERR_INVALID_ADDRESS": (NodeError, "Invalid socket address"),
    "ERR_INVALID_ADDRESS_FAMILY": (NodeRangeError, "Invalid address family: {} {}:{}"),
    "ERR_INVALID_ARG_TYPE": (NodeTypeError, 'The "{}" {} must be {}. Received {}'),
    "ERR_INVALID_ARG_VALUE": (NodeTypeError, "The {} '{}' {}. Received {}"),
    "ERR_INVALID_CHAR": (NodeTypeError, 'Invalid character in {} ["{}"]'),
    "ERR_INVALID_HTTP_TOKEN": (NodeTypeError, '{} must be a valid HTTP token ["{}"]'),
    "ERR_INVALID_IP_ADDRESS": (NodeTypeError, "Invalid IP address: {}"),
    "ERR_INVALID_PROTOCOL": (NodeTypeError, 'Protocol "{}" not supported. Expected "{}"'),
    "ERR_INVALID_RETURN_VALUE": (NodeTypeError, 'Expected {} to be returned from the "{}" function but got {}.'),
    "ERR_INVALID_URL": (NodeTypeError, "Invalid URL"),
    "ERR_IP_BLOCKED": (NodeError, "IP({}) is blocked by net.BlockList"),
    "ERR_METHOD_NOT_IMPLEMENTED": (NodeError, "The {} method is not implemented"),
    "ERR_MISSING_ARGS": (NodeTypeError, "The {} must be specified"),
    "ERR_MULTIPLE_CALLBACK": (NodeError, "Callback called multiple times"),
    "ERR_OUT_OF_RANGE": (NodeRangeError, 'The value of "{}" is out of range. It must be {}. Received {}'),
    "ERR_PROXY_INVALID_CONFIG": (NodeError, "{}"),
    "ERR_PROXY_TUNNEL": (NodeError, "{}"),
    "ERR_SERVER_ALREADY_LISTEN": (NodeError, "Listen method has been called more than once without closing."),
    "ERR_SERVER_NOT_RUNNING": (NodeError, "Server is not running."),
    "ERR_SOCKET_BAD_PORT": (NodeRangeError, "{} should be >= 0 and < 65536. Received {}."),
    "ERR_SOCKET_CLOSED": (NodeError, "Socket is closed"),
    "ERR_SOCKET_CLOSED_BEFORE_CONNECTION": (NodeError, "Socket closed before the connection was established"),
    "ERR_STREAM_ALREADY_FINISHED": (NodeError, "Cannot call {} after a stream was finished"),
    "ERR_STREAM_CANNOT_PIPE": (NodeError, "Cannot pipe, not readable"),
    "ERR_STREAM_DESTROYED": (NodeError, "Cannot call {} after a stream was destroyed"),
    "ERR_STREAM_NULL_VALUES": (NodeTypeError, "May not write null values to stream"),
    "ERR_STREAM_PREMATURE_CLOSE": (NodeError, "Premature close"),
    "ERR_STREAM_PUSH_AFTER_EOF": (NodeError, "stream.push() after EOF"),
    "ERR_STREAM_UNABLE_TO_PIPE": (NodeError, "Cannot pipe to a closed or destroyed stream"),
    "ERR_STREAM_UNSHIFT_AFTER_END_EVENT": (NodeError, "stream.unshift() after end event"),
    "ERR_STREAM_WRAP": (NodeError, "Stream has StringDecoder set or is in objectMode"),
    "ERR_STREAM_WRITE_AFTER_END": (NodeError, "write after end"),
    "ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS": (
        NodeTypeError,
        "The ALPNCallback and ALPNProtocols TLS options are mutually exclusive",
    ),
    "ERR_TLS_CERT_ALTNAME_FORMAT": (NodeError, "Invalid subject alternative name string"),
    "ERR_TLS_CERT_ALTNAME_INVALID": (NodeError, "Hostname/IP does not match certificate's altnames: {}"),
    "ERR_TLS_HANDSHAKE_TIMEOUT": (NodeError, "TLS handshake timeout"),
    "ERR_TLS_INVALID_CONTEXT": (NodeTypeError, "{} must be a SecureContext"),
    "ERR_TLS_INVALID_PROTOCOL_VERSION": (NodeTypeError, '"{}" is not a valid {} TLS protocol version'),
    "ERR_TLS_PROTOCOL_VERSION_CONFLICT": (
        NodeTypeError,
        'TLS protocol version "{}" conflicts with secureProtocol "{}"',
    ),
    "ERR_TLS_REQUIRED_SERVER_NAME": (NodeError, '"servername" is required parameter for Server.addContext'),
    "ERR_UNESCAPED_CHARACTERS": (NodeTypeError, "{} contains unescaped characters"),
    "ERR_UNHANDLED_ERROR": (NodeError, "Unhandled error. ({!r})"),
    "ERR_UNKNOWN_ENCODING": (NodeTypeError, "Unknown encoding: {}"),
}


def error(code: str, *values: object, **properties: object) -> NodeError:
    """The error Node gives for `code`, its message filled with `values`; it carries `properties` as attributes."""
    kind, template = _MESSAGES[code]
    exc = kind(template.format(*values), code)
    vars(exc).update(properties)
    return exc


def raisable(reason: object) -> BaseException:
    """`reason` if it can be raised; otherwise, as Node's 'error' may carry anything, an error with it as `context`."""
    # An ErrorEvent holds one.
    for each in (reason, getattr(reason, "error", None)):
        if isinstance(each, BaseException):
            return each
    return error("ERR_UNHANDLED_ERROR", reason, context=reason)


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


def _print_traceback(exc: BaseException) -> None:
    traceback.print_exception(exc, file=sys.stderr)


_reporter: Callable[[BaseException], None] = _print_traceback


def report(exc: BaseException) -> None:
    """Show an exception nobody caught, once; on stderr, which is under the running cell in a notebook."""
    _reporter(exc)


def report_with(reporter: Callable[[BaseException], None] | None) -> None:
    """Show such exceptions with `reporter` instead; None for the traceback on stderr again."""
    global _reporter
    _reporter = reporter or _print_traceback
