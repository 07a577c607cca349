"""What is sent to the server, counted as it comes."""

from __future__ import annotations

from email.message import Message
from email.utils import collapse_rfc2231_value
from hashlib import sha256
from typing import Any

from .replies import Refusal, send_json
from .routes import Route

_MOST = 1_000_000_000  # bytes
_MOST_FORM = 10_000_000  # bytes of a form, which is kept to be taken apart
_MOST_PARTS = 1_000


async def upload(req: Any, res: Any) -> None:
    """Counts what is sent, up to 1 GB, and gives its SHA-256; lists the fields and files of a form"""
    kind = req.headers.get("Content-Type", "")
    is_form = kind.partition(";")[0].strip().lower() == "multipart/form-data"
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
        seen["parts"] = _parts(kind, bytes(form))
    send_json(res, seen, 201)


def _parts(kind: str, form: bytes) -> list[dict[str, Any]]:
    """The parts of multipart/form-data (RFC 7578). Raises Refusal (400) where it has none, (413) where it has many."""
    boundary = str(_header("Content-Type", kind).get_param("boundary", ""))
    delimiter = b"\r\n--" + boundary.encode("latin-1", "replace")
    if form.count(delimiter) > _MOST_PARTS:
        raise Refusal(413, f"Expected at most {_MOST_PARTS:,} parts.", {"Connection": "close"})
    between = (b"\r\n" + form).split(delimiter)[1:]
    parts = [piece.removeprefix(b"\r\n") for piece in between if not piece.startswith(b"--")]
    if not boundary or not parts:
        raise Refusal(400, "The form has no parts: is its boundary the one in Content-Type?")
    return [_part(*part.partition(b"\r\n\r\n")) for part in parts]


def _part(head: bytes, _: bytes, body: bytes) -> dict[str, Any]:
    lines = (line.partition(":") for line in head.decode(errors="replace").split("\r\n"))
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    disposition = _header("Content-Disposition", headers.get("content-disposition", ""))
    name = disposition.get_param("name", header="Content-Disposition")
    filename = disposition.get_param("filename", header="Content-Disposition")
    described = {"name": name, "filename": filename, "type": headers.get("content-type")}
    return {key: collapse_rfc2231_value(value) for key, value in described.items() if value} | {"bytes": len(body)}


def _header(name: str, value: str) -> Message:
    """A header whose parameters can be asked for: those of forms are written like those of e-mails."""
    message = Message()
    message[name] = value
    return message


ROUTES = (Route(("POST", "PUT"), "/upload", upload, "/upload"),)
