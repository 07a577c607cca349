"""Paths as people type them."""

from __future__ import annotations

from pathlib import Path

from .mistakes import Mistake


def path_of(text: str) -> Path:
    """The path that was typed, `~` and all. Raises Mistake where it can be none."""
    try:
        path = Path(text).expanduser()
        # Asks the system, which knows what cannot be a name.
        path.exists()
    except (OSError, RuntimeError, ValueError) as error:
        reason = str(getattr(error, "strerror", None) or error).rstrip(".")
        raise Mistake(f"{text[:100]} cannot be a file: {reason}.") from None
    return path
