"""The cases, and words for what a server was seen to do."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A byte stream, where it is split into packets, whether its sender closes its half, and what Node did."""

    id: str
    category: str
    data: bytes
    splits: tuple[int, ...]
    ends: bool
    method: str
    node: Json

    def packets(self, *, bytewise: bool = False) -> Iterator[bytes]:
        cuts = range(1, len(self.data)) if bytewise else self.splits
        for start, end in zip((0, *cuts), (*cuts, len(self.data)), strict=True):
            yield self.data[start:end]


def load(name: str) -> list[Case]:
    """The cases of `name`.json.gz."""
    found = json.loads(gzip.decompress((HERE / f"{name}.json.gz").read_bytes()))["cases"]
    return [
        Case(
            case["id"],
            case["category"],
            base64.b64decode(case["bytes"]),
            tuple(split for split in case["splits"] if split),
            case.get("half_close") or case.get("fin") or False,
            case.get("method", ""),
            case["node"],
        )
        for case in found
    ]


def text_of(data: bytes, limit: int) -> str:
    """Bytes as the corpus writes them: in base64, or their digest and length when there are many."""
    encoded = base64.b64encode(data).decode()
    return encoded if len(encoded) <= limit else f"sha256:{hashlib.sha256(data).hexdigest()}:{len(data)}"


def lines_of(raw: Iterable[str], limit: int) -> list[str]:
    """Raw header lines as the corpus writes them."""
    lines = list(raw)
    if len(lines) <= 60 and sum(map(len, lines)) <= limit:
        return lines
    return ["sha256:" + hashlib.sha256(json.dumps(lines).encode()).hexdigest(), str(len(lines))]


def answers_in(sent: bytes) -> list[Json]:
    """The responses in what a server has sent: their status and what their heads say of the connection and the body."""
    found = []
    while sent:
        head, _, sent = sent.partition(b"\r\n\r\n")
        status_line, *fields = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        status = int(status_line.split(" ")[1])
        body, sent = _split_body(status, headers, sent)
        facts = {
            "status": status,
            "connection": headers.get("connection"),
            "keep_alive": headers.get("keep-alive"),
            "te": headers.get("transfer-encoding"),
            "has_cl": "content-length" in headers,
            "has_date": "date" in headers,
            "nobody": body is None,
        }
        found.append({name: value for name, value in facts.items() if value})
    return found


def _split_body(status: int, headers: dict[str, str], sent: bytes) -> tuple[bytes | None, bytes]:
    """The body, None where one is announced and not sent (HEAD), and what follows it."""
    if status == 101 or (headers.get("connection") == "close" and "content-length" not in headers):
        chunked = headers.get("transfer-encoding") == "chunked"
        return (None if chunked and not sent else sent), b""
    if status < 200 or status in (204, 304):
        return b"", sent
    if headers.get("transfer-encoding") == "chunked":
        body, end, rest = sent.partition(b"0\r\n\r\n")
        return (body + end or None), rest
    length = int(headers.get("content-length", 0))
    if length and (not sent or sent.startswith(b"HTTP/1.")):
        return None, sent
    return sent[:length], sent[length:]
