"""What `%http` and `%%http` do, as plain functions for scripts, marimo and tests.

Each gives what it sent as exchanges; the ones that have names are put into `names` under them, as are the variables of
a text that was written in a cell: what one cell defines, the next one has.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping, MutableMapping
from keyword import iskeyword
from pathlib import Path
from typing import Any

from httpkit.draft import Delivery, Draft
from httpkit.exchange import Exchange

from .asking import Watch, deliver
from .curl import is_curl, parse_curl
from .environments import environment
from .http_drafts import FileVariables, draft_of
from .http_reader import parse_http
from .http_text import HttpText, Note, RequestText
from .items import draft_of as draft_of_words
from .items import split_line
from .mistakes import Mistake
from .options import Options, Where
from .paths import path_of
from .prompts import confirmed, prompted
from .sessions import session
from .shown import Shown

Names = MutableMapping[str, Any]
Each = Callable[[Exchange | Draft], None]


class Exchanges(Shown, tuple[Any, ...]):
    """What a `.http` text led to, in order; `notes` say what of the text was not done. With `--offline`: the drafts."""

    notes: tuple[Note, ...] = ()

    def __getitem__(self, key: Any) -> Any:
        """By number, or by the name of a request."""
        if isinstance(key, str):
            found = [exchange for exchange in self if exchange.name == key]
            if not found:
                there = ", ".join(exchange.name for exchange in self if exchange.name) or "none"
                raise KeyError(f"no request is called {key}; there are: {there}")
            return found[-1]
        return super().__getitem__(key)


def ask(line: str, names: Names | None = None, watch: Watch | None = None) -> Exchange | Exchanges | Draft:
    """Send what a line describes: HTTPie's items, a curl command, or with `--file` the requests of a file.

    `names` fill `{{expressions}}`; `watch` sees what has come so far. With `--offline` the draft is given, unsent.
    Raises Mistake, Failure.

    Example: `ask("POST :3000/people name=Ann")`
    """
    names = {} if names is None else names
    if is_curl(line):
        return ask_curl(line, names, watch=watch)
    words, options = split_line(line, names)
    options.check_for(Where.TEXT if options.file is not None else Where.LINE)
    if options.file is not None:
        if words:
            raise Mistake(f"--file is followed by {' '.join(words)}: expected --file FILE.http [--name NAME].")
        return ask_file(options.file, names, options, watch)
    return _send(_saved(draft_of_words(words, options, names), options), options, watch)


def ask_text(
    source: str,
    names: Names | None = None,
    options: Options | None = None,
    watch: Watch | None = None,
    each: Each | None = None,
    where: str = "the text",
    first_line: int = 1,
) -> Exchanges:
    """Send the requests of a text in the `.http` format, one after the other.

    `each` is called with every exchange, or with `--offline` with every draft, unsent. Raises Mistake, with line and
    column, and Failure where one comes to nothing; those before it have been sent.
    """
    names = {} if names is None else names
    options = options or Options()
    options.check_for(Where.TEXT)
    text = parse_http(source, where, first_line)
    return _Run(text, names, options, Path.cwd(), watch, each).exchanges(exports=True)


def ask_file(
    path: str | Path,
    names: Names | None = None,
    options: Options | None = None,
    watch: Watch | None = None,
    each: Each | None = None,
) -> Exchanges:
    """Send the requests of a `.http` file, or with the option `name` one of them. Raises Mistake, Failure.

    A file may have Python expressions in it, which are evaluated: run only files that you trust.
    """
    path = path_of(str(path))
    try:
        source = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    text = parse_http(source, str(path))
    return _Run(text, {} if names is None else names, options or Options(), path.parent, watch, each).exchanges()


def ask_curl(
    command: str, names: Names | None = None, options: Options | None = None, watch: Watch | None = None
) -> Exchange | Draft:
    """Send what a curl command would, or with `--offline` give the draft. Raises Mistake, Failure."""
    options = options or Options()
    options.check_for(Where.TEXT)
    return _send(options.over(parse_curl(command, names or {})), options, watch)


def _send(draft: Draft, options: Options, watch: Watch | None) -> Exchange | Draft:
    if options.offline:
        return draft
    exchange = deliver(draft, watch)
    return exchange.revealed() if options.reveal else exchange


def _saved(draft: Draft, options: Options) -> Draft:
    """With --download the body goes to a file that is called as in the URL, and never over one that is there."""
    if not options.download or draft.delivery.download is not None:
        return draft
    name = Path(draft.url.partition("?")[0].partition("://")[2].partition("/")[2]).name or "download"
    # The name is a server's: `~news` is nobody's home.
    path = path_of(f"./{name}")
    number = 1
    while path.exists():
        number += 1
        path = Path(name).with_stem(f"{Path(name).stem}-{number}")
    return draft.delivered(download=path)


class _Run:
    """One run through the requests of a text."""

    def __init__(
        self, text: HttpText, names: Names, options: Options, folder: Path, watch: Watch | None, each: Each | None
    ) -> None:
        self._text, self._names, self._options, self._folder = text, names, options, folder
        self._watch, self._each = watch, each
        self._notes = list(text.notes)
        # What JetBrains' client calls a request by its title; a name of the notebook's goes before it.
        self._titled: dict[str, Exchange] = {}
        below = [environment(folder, options.env)] if options.env else []
        self._below: Mapping[str, Any] = ChainMap(*below, names, self._titled)

    def exchanges(self, *, exports: bool = False) -> Exchanges:
        requests = self._chosen()
        if fault := next((request.fault for request in requests if request.fault), None):
            # Before anything is sent.
            raise fault
        done: list[Exchange | Draft] = []
        try:
            for request in requests:
                result = self._ask(request)
                if result is not None:
                    done.append(result)
                    if self._each is not None:
                        self._each(result)
        finally:
            if exports:
                self._export()
        exchanges = Exchanges(done)
        exchanges.notes = tuple(sorted(self._notes, key=lambda note: note.line))
        return exchanges

    def _chosen(self) -> list[RequestText]:
        name = self._options.name
        if name is None:
            return self._text.requests
        found = self._text.named(name)
        if not found:
            there = ", ".join(request.called for request in self._text.requests) or "none"
            raise Mistake(f"No request of {self._text.where} is called {name}. There are: {there}.")
        return found[:1]

    def _ask(self, request: RequestText) -> Exchange | Draft | None:
        """Send one request, if it is to be sent; None where somebody says no."""
        draft = self._options.over(self._draft(request))
        if self._options.offline:
            return draft
        if "note" in request.settings and not confirmed(request.called):
            self._notes.append(Note(request.line, f"{request.called} was not sent."))
            return None
        exchange = deliver(draft, self._watch)
        exchange = exchange.revealed() if self._options.reveal else exchange
        if request.name:
            self._names[request.name] = exchange
        elif request.title:
            self._titled[request.title] = exchange
        return exchange

    def _draft(self, request: RequestText) -> Draft:
        prompts = {prompt.name: prompted(prompt.name, prompt.description) for prompt in request.prompts}
        below = ChainMap(prompts, self._below)  # type: ignore[arg-type]  # only read
        names = ChainMap(prompts, FileVariables(self._text, below, self._folder), self._below)  # type: ignore[arg-type]
        # As REST Client does, unless a request says otherwise: redirects are followed, and cookies remembered.
        usual = Delivery(follow=True, session=session())
        return draft_of(self._text, request, names, self._folder, usual)

    def _export(self) -> None:
        """Give the notebook the variables of a cell; those that cannot be filled yet stay out."""
        variables = FileVariables(self._text, self._below, self._folder)
        values = {}
        for name in self._text.variables:
            if name.isidentifier() and not iskeyword(name):
                try:
                    values[name] = variables[name]
                except Mistake:
                    continue
        self._names.update(values)
