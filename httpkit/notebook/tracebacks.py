"""Tracebacks of handlers, from the user's own code on and in the words of the notebook."""

from __future__ import annotations

import sys
import traceback
from contextvars import Context
from pathlib import Path
from types import TracebackType
from typing import Any

_KIT = str(Path(__file__).parents[1])


def print_traceback(exc: BaseException, shell: Any) -> None:
    """On stderr, under the cell that runs, or ran last."""
    # A kernel keeps in the context which cell an output belongs to. A server's is that of the cell which started it;
    # from an empty one the kernel takes the latest cell.
    Context().run(_write, format_traceback(exc, shell))


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


def format_traceback(exc: BaseException, shell: Any) -> str:
    """The traceback without the kit's own frames at its ends, and with cells called by their numbers."""
    trimmed = without_kit(_from_user_code(exc.__traceback__))
    summary = traceback.TracebackException(type(exc), exc, trimmed)
    for frame in summary.stack:
        frame.line  # noqa: B018 - reads the line while the frame still has the file name it is found by
        frame.filename = _name_of(frame.filename, shell)
    return "".join(summary.format())


def _from_user_code(trace: TracebackType | None) -> TracebackType | None:
    while trace and trace.tb_next and _is_of_kit(trace):
        trace = trace.tb_next
    return trace


def _is_of_kit(trace: TracebackType) -> bool:
    return trace.tb_frame.f_code.co_filename.startswith(_KIT)


def without_kit(trace: TracebackType | None) -> TracebackType | None:
    """The traceback up to where it enters the kit; all of it where it begins there."""
    if trace is None or _is_of_kit(trace):
        return trace
    frames = []
    while trace is not None and not _is_of_kit(trace):
        frames.append(trace)
        trace = trace.tb_next
    kept: TracebackType | None = None
    for each in reversed(frames):
        kept = TracebackType(kept, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return kept


def _name_of(filename: str, shell: Any) -> str:
    names = shell.compile.format_code_name(filename)
    return " ".join(names) if names else filename
