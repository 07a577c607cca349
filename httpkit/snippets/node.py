"""A request as a program for Node.js, an ES module that needs Node's own modules alone.

Source: https://nodejs.org/docs/latest-v24.x/api/http.html#httprequesturl-options-callback
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path

from httpkit.draft import Delivery, Draft

from .parts import METHODS_WITHOUT_BODY, Part, text_of
from .shown import number, shown

_MODULES = {
    "once": "node:events",
    "createReadStream": "node:fs",
    "createWriteStream": "node:fs",
    "readFileSync": "node:fs",
    "statSync": "node:fs",
    "Readable": "node:stream",
    "text": "node:stream/consumers",
    "pipeline": "node:stream/promises",
}


def node(draft: Draft, *, reveal: bool = False) -> str:
    """The request as an ES module for Node.js; its secrets are hidden unless `reveal` is True."""
    draft = shown(draft, reveal=reveal)
    parts = draft.payload.parts
    program = [
        *_notes(draft.delivery),
        *_values(parts),
        *_call(_quoted(draft.url), [*_method(draft), *_headers(draft, parts), *_options(draft)]),
        *_limits(draft.delivery),
        _sending(parts),
        "const [res] = await once(req, 'response')",
        *_receiving(draft.delivery),
    ]
    return "\n".join([*_imports(draft, "\n".join(program)), "", *program])


def _imports(draft: Draft, program: str) -> list[str]:
    """The imports for the names that the program uses, besides those in its strings."""
    scheme = "https" if draft.url[:6].lower() == "https:" else "http"
    code = re.sub(r"'(?:[^'\\\n]|\\.)*'", "", program)
    wanted = {name: module for name, module in _MODULES.items() if re.search(rf"(?<![.\w]){name}\(|new {name}\b", code)}
    wanted["request"] = f"node:{scheme}"
    if "new Agent(" in code:
        wanted["Agent"] = f"node:{scheme}"
    if "Readable.from(" in code:
        wanted["Readable"] = "node:stream"
    modules = sorted(set(wanted.values()))
    return [
        f"import {{ {', '.join(sorted(name for name in wanted if wanted[name] == module))} }} from '{module}'"
        for module in modules
    ]


def _notes(delivery: Delivery) -> Iterator[str]:
    if delivery.follow:
        yield "// Node follows no redirects: where one leads is in res.headers.location."


def _call(url: str, options: list[str]) -> list[str]:
    if not options:
        return [f"const req = request({url})"]
    indented = [f"  {line}" for option in options for line in f"{option},".split("\n")]
    return [f"const req = request({url}, {{", *indented, "})"]


def _method(draft: Draft) -> Iterator[str]:
    if draft.method != "GET":
        yield f"method: {_quoted(draft.method)}"


# --- headers


def _headers(draft: Draft, parts: tuple[Part, ...]) -> Iterator[str]:
    values: dict[str, list[str]] = {}
    for name, value in draft.raw_headers:
        values.setdefault(_same(name, values), []).append(_quoted(value))
    lines = [f"{_key(name)}: {_value(each)}" for name, each in values.items()]
    if _needs_length(draft, parts):
        lines.append(f"'Content-Length': {_length(parts)}")
    if lines:
        yield "\n".join(["headers: {", *(f"  {line}," for line in lines), "}"])


def _same(name: str, others: dict[str, list[str]]) -> str:
    """The name in the case it was first given in."""
    return next((other for other in others if other.lower() == name.lower()), name)


def _key(name: str) -> str:
    return "['__proto__']" if name == "__proto__" else _quoted(name)


def _value(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"[{', '.join(values)}]"


def _needs_length(draft: Draft, parts: tuple[Part, ...]) -> bool:
    """Node finds the length of text by itself, but not that of a stream, nor for a method that seldom has a body."""
    if not parts or draft.header("Content-Length") or draft.header("Transfer-Encoding"):
        return False
    return _is_streamed(parts) or draft.method in METHODS_WITHOUT_BODY


def _length(parts: tuple[Part, ...]) -> str:
    fixed = sum(len(part) for part in parts if isinstance(part, bytes))
    files = [f"statSync({_quoted(str(part))}).size" for part in parts if isinstance(part, Path)]
    return " + ".join([*([str(fixed)] if fixed else []), *files])


# --- the body


def _is_streamed(parts: tuple[Part, ...]) -> bool:
    return any(isinstance(part, Path) for part in parts)


def _values(parts: tuple[Part, ...]) -> list[str]:
    """What comes before the call: the function that makes the parts of a body."""
    if len(parts) < 2:
        return []
    lines = [
        f"  yield* createReadStream({_quoted(str(part))})" if isinstance(part, Path) else f"  yield {_buffer(part)}"
        for part in parts
    ]
    return ["async function* body() {", *lines, "}", ""]


def _sending(parts: tuple[Part, ...]) -> str:
    if not parts:
        return "req.end()"
    if len(parts) > 1:
        return "Readable.from(body()).pipe(req)"
    part = parts[0]
    return (
        f"createReadStream({_quoted(str(part))}).pipe(req)" if isinstance(part, Path) else f"req.end({_content(part)})"
    )


def _buffer(data: bytes) -> str:
    """Bytes: pieces of text among them would make of the stream one of objects that only looks right."""
    text = text_of(data)
    return _based(data) if text is None else f"Buffer.from({_lines(text, indent=4)})"


def _content(data: bytes) -> str:
    text = text_of(data)
    return _based(data) if text is None else _lines(text)


def _based(data: bytes) -> str:
    return f"Buffer.from('{base64.b64encode(data).decode()}', 'base64')"


def _lines(text: str, indent: int = 2) -> str:
    return f" +\n{' ' * indent}".join(map(_quoted, text.splitlines(keepends=True)))


def _quoted(text: str) -> str:
    """A string of JavaScript, in single quotes so that JSON in it can be read."""
    escaped = json.dumps(text, ensure_ascii=not text.removesuffix("\n").isprintable())[1:-1]
    return "'" + re.sub(r"\\.|'", lambda found: _REQUOTED.get(found[0], found[0]), escaped) + "'"


_REQUOTED = {'\\"': '"', "'": "\\'"}


# --- how it is sent, and what comes back


def _options(draft: Draft) -> Iterator[str]:
    delivery = draft.delivery
    if delivery.timeout:
        yield f"signal: AbortSignal.timeout({number(delivery.timeout)})"
    if delivery.idle:
        yield f"timeout: {number(delivery.idle)}"
    if delivery.verify is False:
        yield "rejectUnauthorized: false"
    elif isinstance(delivery.verify, str):
        yield f"ca: readFileSync({_quoted(delivery.verify)})"
    if delivery.cert is not None:
        certificate, key = delivery.cert
        yield f"cert: readFileSync({_quoted(certificate)})"
        yield f"key: readFileSync({_quoted(key)})"
    if delivery.proxy is not None:
        environment = ", ".join(f"{name}: {_quoted(delivery.proxy)}" for name in ("HTTP_PROXY", "HTTPS_PROXY"))
        yield f"// From Node 24.5 on.\nagent: new Agent({{ proxyEnv: {{ {environment} }} }})"


def _limits(delivery: Delivery) -> Iterator[str]:
    if delivery.idle:
        yield f"req.on('timeout', () => req.destroy(new Error('nothing came for {number(delivery.idle)} ms')))"


def _receiving(delivery: Delivery) -> list[str]:
    if delivery.download is None:
        return ["console.log(res.statusCode, await text(res))"]
    path = _quoted(str(delivery.download))
    return ["console.log(res.statusCode)", f"await pipeline(res, createWriteStream({path}))"]
