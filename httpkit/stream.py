"""Node's `stream` module: what can be read, written, joined and waited for.

Source: https://nodejs.org/docs/latest-v24.x/api/stream.html
"""

from __future__ import annotations

from .compose import compose
from .duplex import Duplex, PassThrough, Transform, duplexPair
from .finished import finished
from .lifecycle import Stream, addAbortSignal
from .pipeline import pipeline
from .readable import Readable
from .writable import Writable

__all__ = [
    "Duplex",
    "PassThrough",
    "Readable",
    "Stream",
    "Transform",
    "Writable",
    "addAbortSignal",
    "compose",
    "duplexPair",
    "finished",
    "pipeline",
]
