"""What `%http` and `%%http` do, as plain functions for scripts, marimo and tests.

Each gives what it sent as exchanges; the ones that have names are put into `names` under them, as are the variables of
a text that was written in a cell: what one cell defines, the next one has.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from keyword import iskeyword
from pathlib import Path
from typing import Any

from httpkit.draft import Draft
from httpkit.exchange import Exchange

from .asking import Watch, ask
from .curl import is_curl, parse_curl
from .environments import environment
from .http_drafts import FileVariables, draft_of
from .http_text import HttpText, Note, RequestText, parse_http
from .items import draft_of as draft_of_words
from .items import split_line
from .mistakes import Mistake
from .options import Options
from .prompts import prompted
from .sessions import session
from .shown import Shown

Names = MutableMapping[str, Any]
Each = Callable[[Exchange | Draft], None]


class Exchanges(Shown, tuple[Exchange, ...]):
    """What a `.http` text led to, in order; `notes` say what of the text was not done."""

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


def http(line: str, names: Names | None = None, watch: Watch | None = None) -> Exchange | Exchanges | Draft:
    """Send what a line describes: HTTPie's items, a curl command, or with `--file` the requests of a file.

    `names` fill `{{expressions}}`; `watch` sees what has come so far. With `--offline` the draft is given, unsent.
    Raises Mistake, Failure.

    Example: `http("POST :3000/people name=Ann", {})`
    """
    names = {} if names is None else names
    if is_curl(line):
        return _send(parse_curl(line, names), Options(), watch)
    words, options = split_line(line, names)
    if options.file is not None:
        if words:
            raise Mistake(f"--file is followed by {' '.join(words)}: expected --file FILE.http [--name NAME].")
        return http_file(options.file, names, options, watch)
    return _send(_saved(draft_of_words(words, options, names), options), options, watch)


def http_text(
    source: str,
    names: Names | None = None,
    options: Options | None = None,
    watch: Watch | None = None,
    each: Each | None = None,
    where: str = "the text",
    first_line: int = 1,
) -> Exchanges:
    """Send the requests of a text in the `.http` format, one after the other; `each` is called with every
    exchange, or with `--offline` with every draft, unsent.

    Raises Mistake, with line and column, and Failure where one comes to nothing; those before it have been sent.
    """
    names = {} if names is None else names
    text = parse_http(source, where, first_line)
    return _run(text, names, options or Options(), Path.cwd(), watch, each, exports=True)


def http_file(
    path: str | Path,
    names: Names | None = None,
    options: Options | None = None,
    watch: Watch | None = None,
    each: Each | None = None,
) -> Exchanges:
    """Send the requests of a `.http` file, or with the option `name` one of them. Raises Mistake, Failure."""
    path = Path(path)
    try:
        source = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Mistake(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    text = parse_http(source, str(path))
    return _run(text, {} if names is None else names, options or Options(), path.parent, watch, each)


def http_curl(command: str, names: Names | None = None, watch: Watch | None = None) -> Exchange:
    """Send what a curl command would. Raises Mistake, Failure."""
    return ask(parse_curl(command, names or {}), watch)


def _send(draft: Draft, options: Options, watch: Watch | None) -> Exchange | Draft:
    if options.offline:
        return draft
    exchange = ask(draft, watch)
    return exchange.revealed() if options.reveal else exchange


def _saved(draft: Draft, options: Options) -> Draft:
    """With --download the body goes to a file that is called as in the URL, and never over one that is there."""
    if not options.download or draft.delivery.download is not None:
        return draft
    name = Path(draft.url.partition("?")[0].partition("://")[2].partition("/")[2]).name or "download"
    path = Path(name)
    number = 1
    while path.exists():
        number += 1
        path = Path(name).with_stem(f"{Path(name).stem}-{number}")
    return draft.delivered(download=path)


def _run(
    text: HttpText,
    names: Names,
    options: Options,
    folder: Path,
    watch: Watch | None,
    each: Each | None,
    *,
    exports: bool = False,
) -> Exchanges:
    requests = _chosen(text, options.name)
    if fault := next((request.fault for request in requests if request.fault), None):
        # Before anything is sent.
        raise fault
    below = ChainMap(environment(folder, options.env), names) if options.env else names
    variables = FileVariables(text, below, folder)
    done: list[Exchange] = []
    try:
        for request in requests:
            draft = _draft(text, request, variables, below, folder, options)
            if options.offline:
                if each is not None:
                    each(draft)
                continue
            exchange = ask(draft, watch)
            done.append(exchange.revealed() if options.reveal else exchange)
            if request.name:
                names[request.name] = exchange
            if each is not None:
                each(done[-1])
    finally:
        if exports:
            _export(text, variables, names)
    exchanges = Exchanges(done)
    exchanges.notes = tuple(text.notes)
    return exchanges


def _chosen(text: HttpText, name: str | None) -> list[RequestText]:
    if name is None:
        return text.requests
    found = text.named(name)
    if not found:
        there = ", ".join(request.called for request in text.requests) or "none"
        raise Mistake(f"No request of {text.where} is called {name}. There are: {there}.")
    return found[:1]


def _draft(
    text: HttpText, request: RequestText, variables: FileVariables, below: Names, folder: Path, options: Options
) -> Draft:
    prompts = {prompt.name: prompted(prompt.name, prompt.description) for prompt in request.prompts}
    names = ChainMap(prompts, variables, below)  # type: ignore[arg-type]  # nothing is written to it
    delivery = options.delivery
    if "follow" not in options.given:
        delivery = replace(delivery, follow=True)
    if delivery.session is None:
        delivery = replace(delivery, session=session())
    return draft_of(text, request, names, folder, delivery)


def _export(text: HttpText, variables: FileVariables, names: Names) -> None:
    """Give the notebook the variables of a cell; those that cannot be filled yet stay out."""
    values = {}
    for name in text.variables:
        if name.isidentifier() and not iskeyword(name):
            try:
                values[name] = variables[name]
            except Mistake:
                continue
    names.update(values)
