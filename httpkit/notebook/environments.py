"""Environments: sets of variables for `.http` files, kept beside them.

JetBrains' `http-client.env.json`, with `http-client.private.env.json` for what is secret, and REST Client's
`rest-client.environmentVariables` in `.vscode/settings.json`; what is under `$shared` goes with each. A value may name
others, as in `{{$shared token}}`, `{{$dotenv TOKEN}}` or `{{host}}`, but is no program: what it says is not evaluated.
"""

from __future__ import annotations

import json
import re
from collections import UserDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from httpkit import redact

from .mistakes import Mistake
from .system_variables import system_value

_FILES = ("http-client.env.json", "http-client.private.env.json")
_SHARED = "$shared"
_TEMPLATE = re.compile(r"\{\{([^{}]+)\}\}")
# VS Code's settings may have comments, and a comma behind the last of a list.
_BEYOND_JSON = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)


class Environment(UserDict[str, Any]):
    """The variables of an environment, each worth what its templates are worth when it is asked for."""

    def __init__(self, name: str, values: dict[str, Any], shared: dict[str, Any], folder: Path) -> None:
        super().__init__({**shared, **values})
        self._name, self._shared, self._folder = name, shared, folder
        self._asked_for: list[str] = []

    def __getitem__(self, name: str) -> Any:
        value = self.data[name]
        if isinstance(value, str):
            if name in self._asked_for:
                raise Mistake(f"{name} of the environment {self._name} is made of itself.")
            self._asked_for.append(name)
            try:
                value = _TEMPLATE.sub(self._filled, value)
            finally:
                self._asked_for.remove(name)
        if redact.is_secret(name):
            redact.remember(str(value))
        return value

    def _filled(self, found: re.Match[str]) -> str:
        expression = found[1].strip()
        shared = expression.removeprefix(f"{_SHARED} ").strip()
        if shared != expression and shared in self._shared:
            return str(self._shared[shared])
        if expression in self.data:
            return str(self[expression])
        if expression.startswith("$") and shared == expression:
            return system_value(expression, self._folder)
        raise Mistake(
            f"{found[0]} in the environment {self._name} has no value. Expected one of its variables, "
            f"{{{{{_SHARED} NAME}}}} or {{{{$dotenv NAME}}}}."
        )


def environment(folder: Path, name: str) -> Environment:
    """The variables of the environment `name`, looked for in `folder` and above it. Raises Mistake."""
    found = list(_environments(folder.absolute()))
    known = sorted({each for names in found for each in names} - {_SHARED})
    if name not in known:
        there = f"There are: {', '.join(known)}." if known else f"Expected one in {_FILES[0]}, in {folder} or above it."
        raise Mistake(f"No environment is called {name}. {there}")
    return Environment(name, _merged(found, name), _merged(found, _SHARED), folder)


def _merged(found: list[dict[str, dict[str, Any]]], name: str) -> dict[str, Any]:
    return {each: value for names in found for each, value in names.get(name, {}).items()}


def _environments(folder: Path) -> Iterator[dict[str, dict[str, Any]]]:
    """What the files define, those that count more behind the others."""
    for place in reversed([folder, *folder.parents]):
        settings = _read(place / ".vscode" / "settings.json").get("rest-client.environmentVariables")
        for each in (settings, *(_read(place / file) for file in _FILES)):
            if isinstance(each, dict):
                yield {name: values for name, values in each.items() if isinstance(values, dict)}


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        text = path.read_text(encoding="utf-8-sig")
        found = json.loads(_BEYOND_JSON.sub(lambda part: part[1] or "", text))
    except (OSError, ValueError) as error:
        if path.parent.name == ".vscode":
            # It is about other things.
            return {}
        raise Mistake(f"{path} is not JSON that can be read ({error}).") from None
    return found if isinstance(found, dict) else {}
