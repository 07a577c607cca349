"""The magics: each one parses its line, calls a plain function and gives its result."""

from __future__ import annotations

from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import no_var_expand

from httpkit.errors import report_with
from httpkit.exchange import Exchange

from . import serve as serving
from .cells import forget_cells
from .drafts import exchange_for
from .items import parse_line
from .mistakes import Mistake
from .statements import ShowResults
from .statuses import Status, Statuses, find_status
from .tracebacks import print_traceback

# What `%http` calls its result in the notebook.
RESULT = "exchange"


class Magics:
    """The kit's magics in one IPython."""

    LINE = ("http", "servers", "status", "stop")
    CELL = ("serve",)

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._before: dict[tuple[str, str], Any] = {}
        self._transformer = ShowResults(self.LINE)

    def load(self) -> None:
        for kind, names in (("line", self.LINE), ("cell", self.CELL)):
            for name in names:
                self._before[kind, name] = self._shell.magics_manager.magics[kind].get(name)
                self._shell.register_magic_function(getattr(self, name), kind, name)
        self._shell.ast_transformers.append(self._transformer)
        report_with(lambda exc: print_traceback(exc, self._shell))

    def unload(self) -> None:
        serving.stop_all()
        forget_cells()
        report_with(None)
        self._shell.ast_transformers.remove(self._transformer)
        for (kind, name), function in self._before.items():
            table = self._shell.magics_manager.magics[kind]
            table.pop(name, None)
            if function is not None:
                table[name] = function

    @no_var_expand
    def http(self, line: str) -> Exchange:
        """Send a request and show what comes back.

        %http [METHOD] URL [items] [--timeout SECONDS]

        URL: `:3000/path` is this machine; `http://` may be left out. METHOD: GET, or POST where there is data.
        Items: `name=text` and `name:=json` make a JSON body, `name==text` the query, `Name:text` a header,
        `@file` is the whole body. `{{expression}}` stands for a value of the notebook's.

        Without an answer it stops waiting after 30 seconds. The result is called `exchange`; `answer = %http …` calls
        it `answer`, and does not show it.
        """
        draft = parse_line(line, self._shell.user_ns)
        # A request that fails must not leave the last answer behind as if it were its own.
        self._shell.user_ns.pop(RESULT, None)
        exchange = self._shell.user_ns[RESULT] = exchange_for(draft)
        return exchange

    def serve(self, line: str, cell: str) -> serving.Served:
        """Start a server whose handler is the cell.

        %%serve [PORT]

        `req` and `res` are Node's, `await` and `return` work, names of the notebook can be read; a name the cell
        assigns is its own, unless it says `global name`. Run the cell again to change the handler: port and
        connections stay. The default port is 3000.
        """
        return serving.serve_cell(_without_comment(line), cell, self._shell.user_ns, f"Cell In[{self._cell_number()}]")

    def _cell_number(self) -> int:
        # The inputs begin with an empty one. (`execution_count` is the next cell's already.)
        history = self._shell.history_manager
        return len(history.input_hist_raw) - 1 if history else 0

    def servers(self, line: str) -> serving.Servers:
        """List the servers that %%serve started."""
        return serving.running()

    def stop(self, line: str) -> None:
        """Stop the server on a port, or all servers.

        %stop [PORT]
        """
        port = _without_comment(line)
        if port:
            serving.stop(serving.port_of(port))
        else:
            serving.stop_all()

    def status(self, line: str) -> Status | Statuses:
        """Explain status codes.

        %status          all of them, by class
        %status 404      one
        %status 4xx      a class
        %status teapot   search names and meanings
        """
        try:
            return find_status(_without_comment(line))
        except LookupError as error:
            raise Mistake(str(error.args[0])) from None


def _without_comment(line: str) -> str:
    """What stands before a `# comment`, which people write behind a magic as behind any other line."""
    return line.partition("#")[0].strip()
