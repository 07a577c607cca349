"""Certificates to practise TLS with. Their private keys are public: they prove nothing, and nobody should trust them
outside of an exercise."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

# What each is good for.
NAMES = {
    "localhost": "for localhost, 127.0.0.1 and ::1, until 2126",
    "elsewhere": "for another host, elsewhere.example",
    "expired": "for localhost, until the second day of 2020",
}


def certificate(name: str = "localhost") -> dict[str, Any]:
    """`key` and `cert` as PEM texts: for 'localhost', 'elsewhere' (another host's) or 'expired'. Each signs itself.

        server = http.https.createServer(handler, **certificate())
        res = await http.https.get(url, ca=certificate()["cert"])

    Raises ValueError for another name.
    """
    if name not in NAMES:
        raise ValueError(f"There is no certificate {name!r}: expected one of {', '.join(NAMES)}.")
    folder = files("httpkit.classroom") / "keys"
    return {kind: (folder / f"{name}.{kind}.pem").read_text() for kind in ("key", "cert")}
