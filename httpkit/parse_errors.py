"""Why a head was refused, in Node's words: llhttp's reasons, which aiohttp passes on, and Node's code for each."""

from __future__ import annotations

import re

from .errors import ParseError

_CODES = {
    "Invalid method encountered": "HPE_INVALID_METHOD",
    "Expected space after method": "HPE_INVALID_METHOD",
    "Invalid HTTP version": "HPE_INVALID_VERSION",
    "Expected CRLF after version": "HPE_INVALID_VERSION",
    "Expected HTTP/, RTSP/ or ICE/": "HPE_INVALID_CONSTANT",
    "Expected HTTP/": "HPE_INVALID_CONSTANT",
    "Invalid status code": "HPE_INVALID_STATUS",
    "Invalid header token": "HPE_INVALID_HEADER_TOKEN",
    "Invalid header value char": "HPE_INVALID_HEADER_TOKEN",
    "Unexpected whitespace after header value": "HPE_INVALID_HEADER_TOKEN",
    "Unexpected start char in url": "HPE_INVALID_URL",
    "Invalid char in url path": "HPE_INVALID_URL",
    "Invalid characters in url": "HPE_INVALID_URL",
    "Invalid character in Content-Length": "HPE_INVALID_CONTENT_LENGTH",
    "Empty Content-Length": "HPE_INVALID_CONTENT_LENGTH",
    "Content-Length overflow": "HPE_INVALID_CONTENT_LENGTH",
    "Content-Length can't be present with Transfer-Encoding": "HPE_INVALID_CONTENT_LENGTH",
    "Duplicate Content-Length": "HPE_UNEXPECTED_CONTENT_LENGTH",
    "Transfer-Encoding can't be present with Content-Length": "HPE_INVALID_TRANSFER_ENCODING",
    "Request has invalid `Transfer-Encoding`": "HPE_INVALID_TRANSFER_ENCODING",
    "Invalid `Transfer-Encoding` header value": "HPE_INVALID_TRANSFER_ENCODING",
    "Missing expected LF after header value": "HPE_LF_EXPECTED",
    "Expected LF after headers": "HPE_LF_EXPECTED",
    "Missing expected CR after header value": "HPE_CR_EXPECTED",
    "Missing expected CR after response line": "HPE_CR_EXPECTED",
    "Pause on PRI/Upgrade": "HPE_PAUSED_H2_UPGRADE",
}

_PROTOCOL = re.compile(rb"(?:HTTP|RTSP|ICE)/")
_VERSION = re.compile(rb"HTTP/(?:0\.9|1\.0|1\.1|2\.0)")


def refusal(message: str, head: bytes, position: int, *, is_request: bool) -> ParseError:
    """The ParseError for aiohttp's `message` about `head`, which stands at `position` of what was received."""
    reason = message.partition(":\n")[0].removesuffix(":")
    if reason == "Bad status line":
        reason = _bad_request_line(head) if is_request else _bad_status_line(head)
    elif "url" in reason:
        reason = "Invalid characters in url"
    elif "HTTPS" in reason:
        # aiohttp recognises a TLS greeting; to Node it is a method like any other that does not exist.
        reason = "Invalid method encountered"
    return ParseError(_CODES.get(reason, "HPE_INVALID_HEADER_TOKEN"), reason, position)


def _bad_request_line(head: bytes) -> str:
    version = head.split(b"\n")[0].rsplit(b" ", 1)[-1]
    if not _PROTOCOL.match(version):
        return "Expected HTTP/, RTSP/ or ICE/"
    return "Expected CRLF after version" if _VERSION.fullmatch(version) else "Invalid HTTP version"


def _bad_status_line(head: bytes) -> str:
    if not head.startswith(b"HTTP/"):
        return "Expected HTTP/"
    return "Invalid status code" if _VERSION.match(head) else "Invalid HTTP version"
