"""What is sent to the server, counted as it comes."""

from __future__ import annotations

from email.message import Message
from email.parser import BytesParser
from hashlib import sha256
from typing import Any

from .replies import Refusal, send_json
from .routes import Route

_MOST = 1_000_000_000  # bytes
_MOST_FORM = 10_000_000  # bytes of a form, which is kept to be taken apart


async def upload(req: Any, res: Any) -> None:
    """Counts what is sent, up to 1 GB, and gives its SHA-256; lists the fields and files of a form"""
    is_form = req.headers.get("Content-Type", "").startswith("multipart/form-data")
    most = _MOST_FORM if is_form else _MOST
    size, digest, form = 0, sha256(), bytearray()
    async for chunk in req:
        size += len(chunk)
        if size > most:
            raise Refusal(413, f"Expected at most {most:,} bytes.", {"Connection": "close"})
        digest.update(chunk)
        if is_form:
            form += chunk
    seen: dict[str, Any] = {"bytes": size, "sha256": digest.hexdigest()}
    if is_form:
        seen["parts"] = _parts(req.headers["Content-Type"], bytes(form))
    send_json(res, seen, 201)


def _parts(kind: str, form: bytes) -> list[dict[str, Any]]:
    """The parts of multipart/form-data (RFC 7578). Raises Refusal (400) where it has none."""
    # A form is made like an e-mail with attachments, so that the standard library can read it.
    message = BytesParser().parsebytes(b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + form)
    parts = message.get_payload()
    if not isinstance(parts, list):
        raise Refusal(400, "The form has no parts: is its boundary the one in Content-Type?")
    return [_part(part) for part in parts if isinstance(part, Message)]


def _part(part: Message) -> dict[str, Any]:
    body = part.get_payload(decode=True)
    size = len(body) if isinstance(body, bytes) else 0
    name = part.get_param("name", header="Content-Disposition")
    filename = part.get_filename()
    described = {"name": name, "filename": filename, "type": part.get_content_type() if filename else None}
    return {key: value for key, value in described.items() if value is not None} | {"bytes": size}


ROUTES = (Route(("POST", "PUT"), "/upload", upload, "/upload"),)
