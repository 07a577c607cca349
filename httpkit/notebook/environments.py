"""Environments: sets of variables for `.http` files, kept beside them.

JetBrains' `http-client.env.json`, with `http-client.private.env.json` for what is secret, and REST Client's
`rest-client.environmentVariables` in `.vscode/settings.json`; what is under `$shared` goes with each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from httpkit import redact

from .mistakes import Mistake

_FILES = ("http-client.env.json", "http-client.private.env.json")
_SHARED = "$shared"


def environment(folder: Path, name: str) -> dict[str, Any]:
    """The variables of the environment `name`, looked for in `folder` and above it. Raises Mistake."""
    found = list(_environments(folder))
    known = sorted({each for names in found for each in names} - {_SHARED})
    if name not in known:
        there = f"There are: {', '.join(known)}." if known else f"Expected one in {_FILES[0]}, in {folder} or above it."
        raise Mistake(f"No environment is called {name}. {there}")
    variables: dict[str, Any] = {}
    for names in found:
        variables.update({**names.get(_SHARED, {}), **names.get(name, {})})
    for each, value in variables.items():
        if redact.is_secret(each):
            redact.remember(str(value))
    return variables


def _environments(folder: Path) -> Iterator[dict[str, Any]]:
    for place in reversed([folder, *folder.parents]):
        settings = _read(place / ".vscode" / "settings.json").get("rest-client.environmentVariables")
        yield from (each for each in (settings, *(_read(place / file) for file in _FILES)) if isinstance(each, dict))


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        if path.parent.name == ".vscode":
            # It may have comments, and is about other things.
            return {}
        raise Mistake(f"{path} is not JSON that can be read ({error}).") from None
    return found if isinstance(found, dict) else {}
