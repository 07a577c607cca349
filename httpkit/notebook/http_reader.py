"""The `.http` format: a text of requests, in the dialect of VS Code's REST Client, as requests with their places in it.

    @host = localhost:3000                 a variable of the file

    ### Log in                             separates requests; what follows is a title
    # @name login                          settings: @name, @no-redirect, @no-cookie-jar, @note, @prompt, @timeout
    POST http://{{host}}/login HTTP/1.1    method and version may be left out
    Content-Type: application/json

    {"user": "ann"}                        the body, up to the next ###; `< file` is the bytes of a file,
                                           `<@ file` its text with variables filled in

Nothing is filled in here, and nothing is read: what is found are texts and where they stand. What other clients have
beyond that, scripts, assertions and where to save a response, is found too, so that one can say that it is not run. A
request that cannot be read has a `fault`; it is nobody else's.

Source: https://github.com/Huachao/vscode-restclient#usage, https://www.jetbrains.com/help/idea/exploring-http-syntax.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from itertools import groupby

from httpkit import redact
from httpkit.constants import METHODS

from .http_text import FileText, HttpText, Note, Prompt, RequestText, Text
from .mistakes import Mistake
from .templates import HIDDEN, hide, reveal

# What other clients can do and HTTP cannot, or not in this way.
_OTHER_PROTOCOLS = frozenset(
    {"WEBSOCKET", "GRPC", "RSOCKET", "MQTT", "SSE", "EVENTSOURCE", "WS", "GRAPHQL_SUBSCRIPTION"}
)

_SEPARATOR = re.compile(r"###+(?P<title>.*)")
_COMMENT = re.compile(r"\s*(?:#|//)")
_SETTING = re.compile(r"\s*(?:#+|/{2,})\s*@(?P<name>[\w-]+)(?:[ \t=:]+(?P<value>.*))?")
_VARIABLE = re.compile(r"\s*@(?P<name>[^\s=@]+)\s*=(?P<value>.*)")
_REQUEST = re.compile(r"(?:(?P<method>[A-Za-z][A-Za-z-]*)[ \t]+)?(?P<url>\S.*)")
# The version behind a URL.
VERSION = re.compile(r"(?<!\s)\s+HTTP/[\d.]+$", re.IGNORECASE)
_RESPONSE = re.compile(r"\s*HTTP/\d")
_HEADER = re.compile(r"(?P<name>[^\s:][^:]*):[ \t]*(?P<value>.*)")
# A name alone is a header that says nothing; an expression alone is worth a whole line.
_NAME_ALONE = re.compile(rf"(?P<name>[\w-]+|{HIDDEN.pattern})(?P<value>)")
# A line that is set in goes on with the one above, unless it is a header beyond doubt.
_HEADER_SET_IN = re.compile(r"\s+[A-Za-z][\w-]*[ \t]*:(?:[ \t]|$)")
_FILE = re.compile(r"<(?P<filled>@(?P<encoding>[\w-]*))?[ \t]+(?P<path>\S.*)")
# Bodies in which a line that begins with # or // may mean something. (REST Client drops such lines everywhere.)
_TEXTS = re.compile(r"text/|application/(?:x-)?(?:yaml|toml|sh|python|octet-stream)", re.IGNORECASE)
# Bodies in which a line may look like a request and be none.
_MAY_HOLD_REQUESTS = re.compile(rf"{_TEXTS.pattern}|multipart/|message/|application/http", re.IGNORECASE)
_URL = re.compile(
    r"(?:[a-z][\w+.-]*://|/|:\d|\{\{|localhost\b|[\w-]+(?:\.[\w-]+)+(?:[:/?#]|$)|[\w-]+:\d)", re.IGNORECASE
)
# A request whose ### was forgotten.
_NEXT_REQUEST = re.compile(r"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)[ \t]+(?:https?://|/|:\d|localhost\b|\{\{)\S*")
_GRAPHQL = re.compile(r"\s*(?:query|mutation|subscription)\b.*\{\s*")
# httpYac's scripts begin with braces in a line of their own, and end with such.
_HTTPYAC_SCRIPT = re.compile(r"\{\{\+?(?:@\+?\w+)?")

SETTINGS = ("name", "note", "no-redirect", "no-cookie-jar", "prompt", "timeout", "no-log")
# Those of other clients that change what is sent, or when.
_OTHER_SETTINGS = frozenset({"import", "ref", "forceref", "loop", "assert", "capture", "sleep", "disabled"})


def parse_http(source: str, where: str = "the text", first_line: int = 1) -> HttpText:
    """The requests of a `.http` text; one that cannot be read has a Mistake with line and column as its `fault`."""
    found = HttpText(source.removeprefix("\ufeff"), where, first_line)
    for title, block in _blocks(found):
        try:
            lines = [_hidden(found, line) for line in block]
        except Mistake as fault:
            found.requests.append(RequestText(title, line=block[0].line, fault=fault))
            continue
        at = 0
        while at < len(lines):
            # What is left over begins with a request line of its own.
            at = _Reader(found, title if at == 0 else "", lines, at).read()
    found.notes.sort(key=lambda note: note.line)
    return found


def _blocks(found: HttpText) -> Iterator[tuple[str, list[Text]]]:
    """The lines between separators, each with the title of the separator before."""
    title = ""
    block: list[Text] = []
    for number, line in enumerate(found.lines[found.first_line - 1 :], found.first_line):
        separator = _SEPARATOR.fullmatch(line)
        if separator:
            yield title, block
            title, block = separator["title"].strip().strip("#").strip(), []
        else:
            block.append(Text(line, number, 1))
    yield title, block


def _hidden(found: HttpText, line: Text) -> Text:
    try:
        return line._replace(text=hide(line.text))
    except Mistake as mistake:
        raise found.mistake(str(mistake), *line.place(mistake.offset or 0)) from None


class _Reader:
    """Reads the lines of one request; what stands before a request line belongs to the whole text, too."""

    def __init__(self, found: HttpText, title: str, lines: list[Text], at: int) -> None:
        self.found = found
        self.lines = lines
        self.at, self.end = at, len(lines)
        self.request = RequestText(title)
        if named := re.match(r"@name[\s=]+(.+)", title):
            self.request.name = named[1].strip()

    def read(self) -> int:
        """Read one request; gives where the next one begins, if only a ### is missing."""
        try:
            self._read_preamble()
            if self.at < self.end:
                self.request.line = self.lines[self.at].line
                self._read_request_line()
                self._read_headers()
                self._read_body()
                self.found.requests.append(self.request)
        except Mistake as fault:
            self.request.fault = fault
            self.found.requests.append(self.request)
            return len(self.lines)
        return self.at

    def _rest(self) -> Iterator[Text]:
        """The lines that are left; one that is looked at is taken."""
        while self.at < self.end:
            self.at += 1
            yield self.lines[self.at - 1]

    def _note(self, line: int, message: str) -> None:
        self.found.notes.append(Note(line, message))

    # --- before the request line

    def _read_preamble(self) -> None:
        for line in self._rest():
            if not line.text.strip() or self._is_aside(line) or self._skips_script(line, "<"):
                continue
            if self._skips_response(line):
                return
            if re.match(r"(?:run|import)\s", line.text):
                self._note(line.line, f"“{line.text.split()[0]}” of another file is not done: use %http --file.")
                continue
            self.at -= 1
            return

    def _is_aside(self, line: Text) -> bool:
        """Comments, settings and variables."""
        setting = _SETTING.fullmatch(line.text)
        variable = None if setting else _VARIABLE.fullmatch(line.text)
        if setting:
            self._set(line, setting["name"].lower(), reveal(setting["value"] or "").strip())
        elif variable:
            value = variable["value"]
            column = variable.start("value") + len(value) - len(value.lstrip()) + 1
            if re.fullmatch(r"""(["']).*\1""", value.strip()):
                self._note(
                    line.line, f"The quotes are part of @{variable['name']}: leave them out if they are not meant."
                )
            self.found.variables[variable["name"]] = Text(value.strip(), line.line, column)
        return bool(setting or variable or _COMMENT.match(line.text))

    def _set(self, line: Text, name: str, value: str) -> None:
        if name == "prompt":
            variable, _, description = value.partition(" ")
            if not variable:
                raise self.found.mistake("@prompt names no variable. Expected # @prompt NAME DESCRIPTION.", line.line)
            self.request.prompts.append(Prompt(variable, description.strip(), line.line))
        elif name == "name" and value:
            self.request.name = value
        elif name in _OTHER_SETTINGS:
            self._note(line.line, f"“@{name}” is a setting of another client's: it is not followed.")
        elif name not in SETTINGS and (close := get_close_matches(name, SETTINGS, 1, 0.8)):
            self._note(line.line, f"“@{name}” is no setting. Did you mean @{close[0]}?")
        else:
            self.request.settings[name] = value

    def _skips_script(self, line: Text, sign: str) -> bool:
        """Whether a script of another client's begins here, which is left out to its end."""
        text = line.text.strip()
        if _HTTPYAC_SCRIPT.fullmatch(text) or text.startswith("?? "):
            self._note(line.line, "A script or an assertion of httpYac's: it is not run. See `expect(exchange)`.")
            if text.startswith("{{"):
                for following in self._rest():
                    if following.text.strip() == "}}":
                        break
            return True
        if re.match(rf"{sign}\s*\{{%", text):
            self._note(line.line, "A script: it is not run. In a notebook, write it in Python in the next cell.")
            if "%}" not in text:
                for following in self._rest():
                    if "%}" in following.text:
                        break
            return True
        if re.fullmatch(rf"{sign}\s+\S+\.(?:js|mjs|ts|lua)", text):
            self._note(line.line, f"A script, {text[1:].strip()}: it is not run.")
            return True
        return False

    def _skips_response(self, line: Text) -> bool:
        """Whether a response was pasted here, which is left out to its end."""
        if not _RESPONSE.match(line.text):
            return False
        self._note(line.line, "A response stands here: it is not sent.")
        self.end = self._next_request()
        self.at = self.end
        return True

    def _next_request(self) -> int:
        """Where a request begins whose ### was forgotten, with what stands above it; the end where none does."""
        for at in range(self.at, self.end):
            if _NEXT_REQUEST.match(reveal(self.lines[at].text)):
                self._note(self.lines[at].line, "A request begins here without a ### before it.")
                while at > self.at and _is_between(self.lines[at - 1].text):
                    at -= 1
                return at
        return self.end

    # --- the request

    def _read_request_line(self) -> None:
        line = next(self._rest())
        text = VERSION.sub("", line.text.rstrip())
        indent = len(text) - len(text.lstrip())
        found = _REQUEST.fullmatch(text, indent)
        assert found is not None, line
        method, url, column = found["method"], found["url"], found.start("url") + 1
        if method is not None and not self._is_method(method, url, line):
            raise self._no_request(line)
        if method is None and (not _URL.match(reveal(url)) or re.search(r"\s", url)):
            raise self._no_request(line)
        self.request.method = (method or "GET").upper()
        self.request.url = self._with_following(Text(url, line.line, column), self._goes_on_with_url)

    def _with_following(self, first: Text, goes_on: Callable[[str], bool]) -> Text:
        """A text with the lines behind it that belong to it; comments among them are empty lines of it."""
        parts = [first.text]
        for line in self._rest():
            if self._is_aside(line):
                parts.append("")
            elif goes_on(line.text):
                parts.append(line.text)
            else:
                self.at -= 1
                break
        return first._replace(text="\n".join(parts).rstrip("\n"))

    def _goes_on_with_url(self, text: str) -> bool:
        """The query may go on in lines of its own, which begin with ? or &, or are set in."""
        is_query = re.match(r"\s*[?&](?!\?)", text)
        return bool(is_query) or (_is_set_in(text) and not self._begins_body(text))

    def _is_method(self, method: str, url: str, line: Text) -> bool:
        if method.upper() in METHODS or method == "GRAPHQL":
            return True
        if method.upper() in _OTHER_PROTOCOLS:
            raise self.found.mistake(f"{method} is no method of HTTP, and not spoken here.", line.line)
        if method == "curl":
            raise self.found.mistake("A curl command stands alone: in a cell of its own, or behind %http.", line.line)
        if _URL.match(reveal(url)):
            close = get_close_matches(method.upper(), METHODS, 1)
            hint = f"Did you mean {close[0]}?" if close else "Expected GET, POST, PUT, DELETE, …"
            raise self.found.mistake(f"{method[:40]} is not a method. {hint}", line.line)
        return False

    def _no_request(self, line: Text) -> Mistake:
        return self.found.mistake(
            "This is no request. Expected a method and a URL, as in GET http://localhost:3000/; the text between two "
            "### is one request.",
            line.line,
        )

    def _read_headers(self) -> None:
        for line in self._rest():
            if not line.text.strip():
                return
            if self._is_aside(line):
                continue
            if self._begins_body(line.text):
                # The empty line before it was forgotten.
                self.at -= 1
                return
            self._add_header(line)

    def _add_header(self, line: Text) -> None:
        text = line.text.rstrip()
        indent = len(text) - len(text.lstrip())
        found = _HEADER.fullmatch(text, indent) or _NAME_ALONE.fullmatch(text, indent)
        if found is None:
            raise self.found.mistake(
                f"“{redact.text(reveal(text.strip()))[:40]}” is not a header. Expected Name: value, or an empty line "
                "before the body.",
                line.line,
            )
        name = Text(found["name"].rstrip(), line.line, found.start("name") + 1)
        value = Text(found["value"], line.line, found.start("value") + 1)
        self.request.headers.append((name, self._with_following(value, _is_set_in)))

    def _begins_body(self, text: str) -> bool:
        plain = reveal(text)
        if _HTTPYAC_SCRIPT.fullmatch(plain.strip()) or _NEXT_REQUEST.match(plain):
            return True
        begins = re.match(r"\s*(?:[{\[<\"]|>>?!? |\?\? )", plain) and not plain.lstrip().startswith("{{")
        return bool(begins or _GRAPHQL.fullmatch(text))

    # --- the body

    def _read_body(self) -> None:
        body: list[Text | FileText] = []
        kind = self.request.header("Content-Type")
        is_text, is_whole = _TEXTS.match(kind), _MAY_HOLD_REQUESTS.match(kind)
        if not is_whole:
            self.end = self._next_request()
        for line in self._rest():
            found = _FILE.fullmatch(line.text.rstrip())
            if self._skips_script(line, ">") or self._is_about_responses(line):
                continue
            if not is_whole and self._skips_response(line):
                break
            if found:
                path = Text(found["path"], line.line, found.start("path") + 1)
                body.append(FileText(path, found["filled"] is not None, found["encoding"] or ""))
            elif is_text or not self._is_comment(line):
                body.append(line)
        self.request.body = _joined(_without_blank_ends(self._without_variables(body)))

    def _is_comment(self, line: Text) -> bool:
        if not _COMMENT.match(line.text):
            return False
        self._is_aside(line)
        return True

    def _without_variables(self, body: list[Text | FileText]) -> list[Text | FileText]:
        """The body without the variables that are defined behind it, after an empty line or in place of a body."""
        end = len(body)
        while (
            end
            and isinstance(last := body[end - 1], Text)
            and (not last.text.strip() or _VARIABLE.fullmatch(last.text))
        ):
            end -= 1
        behind = [line for line in body[end:] if isinstance(line, Text)]
        if end and behind and behind[0].text.strip():
            # It follows the body at once, and belongs to it.
            return body
        for line in behind:
            if line.text.strip():
                self._is_aside(line)
        return body[:end]

    def _is_about_responses(self, line: Text) -> bool:
        """JetBrains' `>> file` saves a response, and `<> file` says where one was saved."""
        if re.match(r">>!?\s+\S", line.text):
            self._note(
                line.line, f"The response is not saved to {line.text.lstrip('>! ').strip()}: use exchange.save()."
            )
            return True
        return re.match(r"<>\s+\S", line.text) is not None


def _without_blank_ends(body: list[Text | FileText]) -> list[Text | FileText]:
    full = [at for at, part in enumerate(body) if isinstance(part, FileText) or part.text.strip()]
    return body[full[0] : full[-1] + 1] if full else []


def _joined(body: list[Text | FileText]) -> list[Text | FileText]:
    """Lines that follow each other in the text as one piece."""
    pieces: list[Text | FileText] = []
    for _, run in groupby(enumerate(body), _run_of):
        parts = [part for _, part in run]
        lines = [part.text for part in parts if isinstance(part, Text)]
        first = parts[0]
        pieces.append(first._replace(text="\n".join(lines)) if isinstance(first, Text) else first)
    return pieces


def _run_of(numbered: tuple[int, Text | FileText]) -> tuple[str, int]:
    """What lines that follow each other have in common, and no others have."""
    at, part = numbered
    return ("lines", part.line - at) if isinstance(part, Text) else ("file", at)


def _is_set_in(text: str) -> bool:
    """Whether a line goes on with the one above."""
    return text[:1] in (" ", "\t") and bool(text.strip()) and not _HEADER_SET_IN.match(text)


def _is_between(text: str) -> bool:
    """Whether a line may stand above a request line, and belong to that request."""
    return not text.strip() or bool(_COMMENT.match(text) or _VARIABLE.fullmatch(text))
