"""Completion in IPython: what `completion.py` finds, where the text is one of the kit's magics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.completer import SimpleCompletion, context_matcher

from .completion import World, complete
from .serving import running

if TYPE_CHECKING:
    from IPython.core.completer import CompletionContext
    from IPython.core.interactiveshell import InteractiveShell


class Completer:
    """Adds the kit's matcher to an IPython, and takes it away again."""

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell

        @context_matcher()  # type: ignore[untyped-decorator]  # IPython has no type for it
        def httpkit_matcher(context: CompletionContext) -> Any:
            return self._matches(context)

        self._matcher = httpkit_matcher

    def load(self) -> None:
        self._shell.Completer.custom_matchers.append(self._matcher)

    def unload(self) -> None:
        self._shell.Completer.custom_matchers.remove(self._matcher)

    def _matches(self, context: CompletionContext) -> Any:
        lines = context.full_text.split("\n")
        cursor = sum(len(line) + 1 for line in lines[: context.cursor_line]) + context.cursor_position
        found = complete(context.full_text, cursor, self._world())
        if found is None:
            return {"completions": []}
        completions = [SimpleCompletion(text, type=found.kind) for text in found.texts]
        return {
            "completions": completions,
            "matched_fragment": found.fragment,
            # Nothing of Python stands there; where we know nothing, it may be a file.
            "suppress": bool(completions),
            "ordered": True,
        }

    def _world(self) -> World:
        servers = running()
        ports = tuple(str(each.port) for each in servers)
        urls = tuple(f"http://localhost:{port}/" for port in ports)
        return World(urls, ports, self._shell.user_ns)
