"""A cell as the body of a request handler: `req` and `res` are in scope, and `await` and `return` work.

It is a function body like any other: names of the notebook can be read, and names assigned in it are its own unless
`global` says otherwise.
"""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .mistakes import Mistake

_filenames: set[str] = set()

_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


@dataclass(frozen=True)
class CellHandler:
    """A handler made of a cell; `hints` are sentences about what will not work as it may be meant."""

    function: Callable[[Any, Any], Any]
    hints: tuple[str, ...] = ()

    def __call__(self, req: Any, res: Any) -> Any:
        return self.function(req, res)


def compile_cell(first_line: str, source: str, namespace: dict[str, Any], filename: str) -> CellHandler:
    """The handler whose body is `source`, the cell's text below `first_line`. Raises Mistake where it is no Python."""
    try:
        # The empty line stands for the cell's first, so that line numbers are the cell's.
        body = ast.parse(f"\n{source}", filename).body
        function = _function(body, namespace, filename)
    except SyntaxError as error:
        raise _wrong_syntax(error) from None
    _remember(filename, f"{first_line}\n{source}")
    return CellHandler(function, tuple(_hints(body, namespace)))


def _remember(filename: str, text: str) -> None:
    """Let tracebacks find the lines of a cell; no modification time means that there is no file to check."""
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    _filenames.add(filename)


def forget_cells() -> None:
    """Drop the text that is kept for tracebacks."""
    for filename in _filenames:
        linecache.cache.pop(filename, None)
    _filenames.clear()


def _function(body: list[ast.stmt], namespace: dict[str, Any], filename: str) -> Callable[[Any, Any], Any]:
    # A handler that awaits nothing stays a plain function: it runs at once, not in a task.
    prefix = "async " if any(map(_awaits, body)) else ""
    module = ast.parse(f"{prefix}def handler(req, res): pass")
    definition = module.body[0]
    assert isinstance(definition, (ast.FunctionDef, ast.AsyncFunctionDef))
    definition.body = body or definition.body
    scope: dict[str, Any] = {}
    exec(compile(module, filename, "exec", dont_inherit=True), namespace, scope)
    handler: Callable[[Any, Any], Any] = scope["handler"]
    return handler


def _awaits(node: ast.AST) -> bool:
    if isinstance(node, _SCOPES):
        return False
    asynchronous = isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)) or getattr(node, "is_async", 0) == 1
    return asynchronous or any(map(_awaits, ast.iter_child_nodes(node)))


def _wrong_syntax(error: SyntaxError) -> Mistake:
    line = (error.text or "").rstrip("\n")
    pointer = " " * ((error.offset or 1) - 1) + "^"
    return Mistake(f"Line {error.lineno}, column {error.offset} of the cell: {error.msg}\n{line}\n{pointer}")


def _hints(body: list[ast.stmt], namespace: dict[str, Any]) -> Iterator[str]:
    nodes = [node for statement in body for node in ast.walk(statement)]
    if not _may_end(nodes):
        yield "It never ends its response, so clients will wait: add `res.end()`."
    declared = {name for node in nodes if isinstance(node, ast.Global) for name in node.names}
    targets = [node.target for node in nodes if isinstance(node, ast.AugAssign)]
    changed = {target.id for target in targets if isinstance(target, ast.Name)}
    for name in sorted((changed & namespace.keys()) - declared):
        yield f"It changes `{name}`, which is the notebook's: add the line `global {name}`."


def _may_end(nodes: list[ast.AST]) -> bool:
    """Whether the response is ended somewhere, or handed to something that could end it."""
    of_attributes = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    return any(
        (isinstance(node, ast.Attribute) and node.attr in {"end", "destroy"})
        or (isinstance(node, ast.Name) and node.id == "res" and id(node) not in of_attributes)
        for node in nodes
    )
