"""The magics: each one parses its line, calls a plain function and gives its result."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import needs_local_scope, no_var_expand

from httpkit import redact
from httpkit.archive import Archive
from httpkit.draft import Draft
from httpkit.errors import NodeError, report_with
from httpkit.exchange import Exchange

from . import serving
from .cells import forget_cells
from .completer import Completer
from .curl import is_curl
from .failures import Failure
from .items import split_line
from .live import Live
from .mistakes import Mistake
from .recording import Traffic, is_status, open_har, recorder, save_har, traffic
from .run import Exchanges, ask, ask_curl, ask_text
from .sessions import forget_sessions
from .statements import ShowResults
from .statuses import Status, Statuses, find_status
from .tracebacks import print_traceback, without_kit

# What `%http` and `%%http` call their results in the notebook: the last one, and all of a cell.
RESULT = "exchange"
RESULTS = "exchanges"


R = TypeVar("R")


class _Names(ChainMap[str, Any]):
    """The names that a line sees, those of the function it is in first; a new one is the notebook's."""

    def __setitem__(self, name: str, value: Any) -> None:
        self.maps[-1][name] = value


class Magics:
    """The kit's magics in one IPython."""

    LINE = ("har", "http", "servers", "status", "stop", "traffic")
    CELL = ("http", "serve")

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._before: dict[tuple[str, str], Any] = {}
        self._transformer = ShowResults(self.LINE)
        self._completer = Completer(shell)
        self._exceptions: tuple[Any, Any] = ((), None)
        # What of a cell is answered already.
        self._answered: list[Exchange] = []
        self.live = Live(in_notebook=hasattr(shell, "kernel"))

    def load(self) -> None:
        for kind, names in (("line", self.LINE), ("cell", self.CELL)):
            for name in names:
                self._before[kind, name] = self._shell.magics_manager.magics[kind].get(name)
                self._shell.register_magic_function(getattr(self, name), kind, name)
        self._shell.ast_transformers.append(self._transformer)
        self._completer.load()
        # IPython has one handler of exceptions: the one that was there keeps its own.
        self._exceptions = (self._shell.custom_exceptions, self._shell.CustomTB)
        self._shell.set_custom_exc((*self._exceptions[0], Failure, NodeError), self._show_exception)  # type: ignore[no-untyped-call]  # IPython has no type for it
        report_with(lambda exc: print_traceback(exc, self._shell))
        recorder.start()

    def unload(self) -> None:
        serving.stop_served()
        forget_cells()
        forget_sessions()
        redact.forget()
        recorder.stop()
        recorder.clear()
        report_with(None)
        self._shell.custom_exceptions, self._shell.CustomTB = self._exceptions
        self._completer.unload()
        self._shell.ast_transformers.remove(self._transformer)
        for (kind, name), function in self._before.items():
            table = self._shell.magics_manager.magics[kind]
            table.pop(name, None)
            if function is not None:
                table[name] = function

    def _show_exception(
        self, shell: Any, kind: type[BaseException], error: BaseException, trace: TracebackType, tb_offset: int | None
    ) -> Any:
        """A request that failed is shown as a card; the cell has failed all the same."""
        if isinstance(error, NodeError):
            # Where in the kit it was raised is nobody's business: the traceback ends with the line that called it.
            shell.showtraceback((kind, error, without_kit(trace)), tb_offset=tb_offset)
            return None
        if isinstance(error, Failure):
            self.live.show(error.failed, in_place=True)
            # For whoever runs the notebook without looking: nbconvert, papermill.
            shell._last_traceback = [str(error)]
            return None
        return self._exceptions[1](kind, error, trace, tb_offset)

    # --- requests

    @no_var_expand
    @needs_local_scope
    def http(
        self, line: str, cell: str | None = None, local_ns: dict[str, Any] | None = None
    ) -> Exchange | Exchanges | Draft | None:
        """Send a request and show what comes back.

        %http [METHOD] URL [items] [options]

            %http :3000/people                         this machine, port 3000
            %http POST :3000/people name=Ann age:=30   a JSON body: strings with =, other JSON with :=
            %http :3000/pets pet[name]=Rex tags[]=old  objects and lists in it
            %http :3000/search q==tea X-Trace:7        the query with ==, headers with :
            %http PUT :3000/photo @photo.png           a file as the whole body
            %http -f POST :3000/form a=1 photo@p.png   a form, with files
            %http :3000/{{path}} Authorization:'Bearer {{token}}'
            %http --file api.http --name login         requests of a .http file
            %http curl 'https://…' -H '…'              a command copied from a browser

        Options: --auth NAME:PASSWORD, --auth-type basic|bearer, --follow, --max-redirects NUMBER, --timeout SECONDS,
        --verify yes|no|FILE, --cert FILE, --cert-key FILE, --proxy URL, --session NAME, --offline (build it, do not
        send it), --reveal (show secrets); for one request --json, --form, --multipart, --raw TEXT, --download, --output
        FILE; for a file --file FILE, --name NAME, --env NAME.

        %%http [options]

        The cell is text in the .http format of VS Code's REST Client, or a curl command:

            %%http
            @host = localhost:3000

            ### Log in
            # @name login
            POST http://{{host}}/login
            Content-Type: application/json

            {"user": "ann"}

            ### Who am I?
            GET http://{{host}}/me
            Authorization: Bearer {{login.response.body.$.token}}

        `{{…}}` is a Python expression of the notebook, a part of an earlier answer, or {{$guid}}, {{$timestamp}}, …;
        in a curl command only a name or a part of an answer: what was copied is not evaluated.
        The result is called `exchange`, all of a cell `exchanges`, a named request by its name; `answer = %http …`
        calls it `answer`, and does not show it. It stops waiting when nothing has come for 30 seconds.
        """
        self._answered = []
        try:
            if cell is not None:
                self._cell(line, cell)
                return None
            line = _without_note(line)
            names = _Names(local_ns or {}, self._shell.user_ns)
            result = self._watched(lambda: ask(line, names, self.live.watch))
        except BaseException as error:
            self._forget_last()
            if isinstance(error, Failure) and error.failed.exchange is not None:
                # Nothing is lost: what had come is there, and says that it is not complete.
                self._shell.user_ns[RESULT] = error.failed.exchange
            raise
        self._keep(result)
        return result

    def _cell(self, line: str, cell: str) -> None:
        names = self._shell.user_ns
        words, options = split_line(line, names)
        if words:
            raise Mistake(f"%%http is followed by options alone. Got {' '.join(words)}; requests stand in the cell.")
        if is_curl(cell):
            result = self._watched(lambda: ask_curl(cell, names, options, self.live.watch))
            self._keep(result)
            self.live.show(result)
            return
        exchanges = self._watched(
            lambda: ask_text(cell, names, options, self.live.watch, self._show_each, "the cell", 2)
        )
        self._keep(exchanges)
        for note in exchanges.notes:
            self.live.show(note)

    def _show_each(self, result: Exchange | Draft) -> None:
        if isinstance(result, Exchange):
            self._answered.append(result)
            self._shell.user_ns[RESULT] = result
            self.live.done(result)
        self.live.show(result)

    def _watched(self, send: Callable[[], R]) -> R:
        """What `send` gives, with its progress on show until then."""
        self.live.begin()
        try:
            result = send()
        except Failure:
            # Its card takes the place of the progress.
            raise
        except BaseException:
            self.live.stopped()
            raise
        if isinstance(result, Exchange):
            self.live.done(result)
        return result

    def _forget_last(self) -> None:
        """A request that fails must not leave the last answer behind as if it were its own."""
        names = self._shell.user_ns
        names.pop(RESULT, None)
        names.pop(RESULTS, None)
        if self._answered:
            names[RESULTS] = Exchanges(self._answered)

    def _keep(self, result: Exchange | Exchanges | Draft) -> None:
        names = self._shell.user_ns
        if isinstance(result, Exchange):
            names[RESULT] = result
        elif isinstance(result, Exchanges):
            names[RESULTS] = result
            if result and isinstance(result[-1], Exchange):
                names[RESULT] = result[-1]

    # --- servers

    def serve(self, line: str, cell: str) -> serving.Served:
        """Start a server whose handler is the cell.

        %%serve [PORT]

            %%serve 3000
            res.setHeader("Content-Type", "application/json")
            res.end('{"path": "%s"}' % req.url)

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
        """List the servers that are running: those of %%serve, and those that code made with createServer.

        %servers
        """
        return serving.running()

    def stop(self, line: str) -> None:
        """Stop the server on a port, or all servers.

        %stop 3000       that one, whether %%serve or code started it
        %stop            all of them
        """
        port = _without_comment(line)
        if port:
            serving.stop(serving.port_of(port))
        else:
            serving.stop_all()

    # --- to look things up

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

    def traffic(self, line: str) -> Traffic | Exchange | None:
        """List what was sent and served since the kit was loaded, or show one exchange of it.

        %traffic             all of it; `entries = %traffic` keeps it
        %traffic 12          the exchange with that number; of three digits: %traffic no 120
        %traffic POST 4xx    those with a method, a status, a class, a part of a URL; client, server, errors
        %traffic clear       forget what there is
        """
        words = _without_comment(line)
        if words == "clear":
            recorder.clear()
            return None
        if words.removeprefix("no ").isdecimal() and (words.startswith("no ") or not is_status(words)):
            return traffic().exchange(int(words.removeprefix("no ")))
        return traffic(words)

    def har(self, line: str) -> Archive | None:
        """Save what was sent and served as a HAR file, or open one.

        %har session.har             save it, without its secrets
        %har session.har --reveal    save it with them
        %har --open chrome.har       open one: `archive = %har --open …` keeps its exchanges
        """
        words = _without_comment(line).split()
        flags = {word for word in words if word.startswith("--")}
        paths = [word for word in words if word not in flags]
        if len(paths) != 1 or flags - {"--open", "--reveal"}:
            raise Mistake("Expected %har FILE, %har FILE --reveal or %har --open FILE.")
        if "--open" in flags:
            return open_har(paths[0])
        path = save_har(paths[0], reveal="--reveal" in flags)
        print(f"Saved {len(traffic())} exchanges to {path}")  # noqa: T201 - it is what the magic has to say
        return None


def _without_comment(line: str) -> str:
    """What stands before a `# comment`, which people write behind a magic as behind any other line."""
    return re.split(r"(?:^|\s)#", line, maxsplit=1)[0].strip()


def _without_note(line: str) -> str:
    """A request line without a comment behind it: one that is set off by two spaces or more, as Python's are."""
    return re.split(r"\s{2,}#\s", line, maxsplit=1)[0]
