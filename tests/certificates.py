"""The certificates of the tests: PEM texts by name. `tests/node/certificates/make.py` has made them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

WHERE = Path(__file__).parent / "node" / "certificates"
PASSPHRASE = "open sesame"


def pem(name: str) -> str:
    return (WHERE / f"{name}.pem").read_text()


def identity(name: str) -> dict[str, Any]:
    """The options `cert` and `key` of `name`."""
    return {"cert": pem(name), "key": pem(f"{name}-key")}


CA = pem("ca")
LOCALHOST = identity("localhost")
