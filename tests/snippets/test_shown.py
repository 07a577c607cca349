"""No secret is written, in no language and no encoding, unless it is asked for."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from httpkit import redact, snippets
from httpkit.draft import Delivery, Draft
from httpkit.payload import Payload
from httpkit.session import Session
from httpkit.snippets.shown import number, shown
from tests.snippets.cases import JSON

H = redact.HIDDEN
SECRET = "hunter2's \\$ecret%é"
LOGIN = base64.b64encode(b"ann:hunter2-login").decode()
LANGUAGES = ["curl", "python", "node", "httpie", "http"]


def draft(*headers: tuple[str, str], url: str = "http://host/", body: bytes = b"", **delivery: Any) -> Draft:
    return Draft("POST", url, headers, Payload(body), Delivery(**delivery))


def session() -> Session:
    made = Session({"X-Api-Key": "hunter2-of-the-session"})
    made.cookies.take("http://host/", ["sid=hunter2-cookie; Path=/"])
    return made


SECRETS = {
    "bearer": draft(("Authorization", "Bearer hunter2.token")),
    "basic": draft(("Authorization", f"Basic {LOGIN}")),
    "basic-elsewhere": draft(("Authorization", f"Basic {LOGIN}"), ("X-Echo", LOGIN), body=b"pass hunter2-login\0"),
    "cookie": draft(("Cookie", "sid=hunter2; theme=hunter2")),
    "named-header": draft(("X-Api-Key", "hunter2")),
    "echo-in-header": draft(("X-Api-Key", "hunter2-key"), ("X-Other", "see hunter2-key")),
    "echo-in-url": draft(("X-Api-Key", "hunter2/key ü"), url="http://host/hunter2/key ü/x"),
    "query": draft(url="http://host/?a=1&access_token=hunter2%20b"),
    "query-with-spaces": draft(url="http://host/?token=a hunter2"),
    "login-with-spaces": draft(url="http://ann:a hunter2@host/"),
    "login": draft(url="http://ann:hunter2@host/"),
    "token-as-user": draft(url="http://hunter2@host/"),
    "json": draft(JSON, body=json.dumps({"password": SECRET}).encode()),
    "json-utf-8": draft(JSON, body=json.dumps({"password": SECRET}, ensure_ascii=False).encode()),
    "json-lines": draft(JSON, body=json.dumps({"a": {"clientSecret": SECRET}}, indent=2).encode()),
    "json-number": draft(JSON, body=b'{"token": 8478933, "of": {"password": ["hunter2"]}}'),
    "json-escaped-name": draft(JSON, body=b'{"passw\\u006frd": "hunter2", "half": "\\ud800"}'),
    "multipart": draft(
        ("Content-Type", "multipart/form-data; boundary=b"),
        body=b'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nhunter2\r\n--b--\r\n',
    ),
    "form": draft(body=b"user=ann&password=hunter2"),
    "with-nul": draft(body=b'\0{"token": "hunter2-token"}'),
    "not-utf-8": draft(body=b'\xff{"token": "hunter2-token"}\xfe'),
    "in-two-pieces": Draft("POST", "http://host/", payload=Payload(b"user=ann&passw", b"ord=hunter2")),
    "large": draft(body=b"password=hunter2&x=" + b"x" * 200_000),
    "compressed": draft(("Content-Encoding", "gzip"), body=gzip.compress(b"password=hunter2")),
    "said-to-be-compressed": draft(("Content-Encoding", "gzip"), body=b"password=hunter2"),
    "proxy": draft(proxy="http://ann:hunter2@proxy:3128"),
    "session": draft(session=session()),
}


def readings(text: str) -> str:
    """A text, and whatever it holds in base64, in octal, in hexadecimal and percent-encoded."""
    based = [
        base64.b64decode(found) for found in re.findall(r"(?:[A-Za-z0-9+/]{4}){3,}(?:[\w+/]{2}==|[\w+/]{3}=)?", text)
    ]
    inflated = [gzip.decompress(each) for each in based if each.startswith(b"\x1f\x8b")]
    plain = re.sub(r"\\([0-7]{3})|(?:\\x|%)([0-9a-f]{2})", lambda f: chr(int(f[1], 8) if f[1] else int(f[2], 16)), text)
    return plain + text + b"\n".join([*based, *inflated]).decode("latin-1")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", SECRETS)
def test_secrets_are_hidden(language: str, kind: str) -> None:
    write: Callable[..., str] = getattr(snippets, language)
    assert not re.search("hunter2|8478933", readings(write(SECRETS[kind])))


@pytest.mark.parametrize("language", ["curl", "python", "node", "httpie"])
@pytest.mark.parametrize("kind", SECRETS.keys() - {"said-to-be-compressed", "compressed"})
def test_secrets_are_there_when_asked_for(language: str, kind: str) -> None:
    write: Callable[..., str] = getattr(snippets, language)
    assert "hunter2" in readings(write(SECRETS[kind], reveal=True))


def test_what_kind_of_secret_it_is_stays_visible() -> None:
    hidden = snippets.curl(
        draft(("Authorization", "Bearer abcdef"), url="http://ann:pw@host/a?token=x y#top", body=b'{"password": "x"}')
    )
    assert hidden == (
        f"curl 'http://host/a?token={H}' \\\n"
        f"  -H 'Authorization: Bearer {H}' \\\n"
        "  -H Content-Type: \\\n"
        f'  --data-raw \'{{"password": "{H}"}}\''
    )
    assert snippets.httpie(draft(url="http://ann:pw@host/")).startswith(f"http --ignore-stdin --auth 'ann:{H}' POST ")


def test_a_remembered_secret_is_hidden_everywhere() -> None:
    redact.remember("open sesame")
    try:
        assert "sesame" not in readings(snippets.node(draft(("X-A", "open sesame"), body=b"\0open sesame")))
    finally:
        redact.forget()


def test_a_session_goes_along() -> None:
    told = shown(draft(("cookie", "a=1"), ("x-api-key", "mine"), session=session()), reveal=True)
    assert told.raw_headers == (("x-api-key", "mine"), ("Cookie", "a=1; sid=hunter2-cookie"))
    assert "sid" not in snippets.http(draft(session=session()), reveal=True)


def test_each_thing_is_said_once() -> None:
    headers = (("Host", "a"), ("Cookie", "a=1"), ("Host", "b"), ("Cookie", "b=2"), ("Content-Length", "4"))
    told = shown(draft(*headers, body=b"body"), reveal=True)
    assert told.raw_headers == (("Cookie", "a=1; b=2"), ("Host", "b"))
    assert shown(draft(("Content-Length", "3"), body=b"body"), reveal=True).header("Content-Length") == "3"


@pytest.mark.parametrize(
    ("url", "spelled"),
    [
        ("HTTP://Host:80/a b/../ü?q=a b#top", "http://host:80/%C3%BC?q=a%20b"),
        ("http://[::1]:3000", "http://[::1]:3000/"),
        ("http://us er:p%40w@host", "http://us%20er:p%40w@host/"),
        ("http://user:@host", "http://user@host/"),
        ("not a URL", "not a URL"),
    ],
)
def test_the_url_is_the_one_that_is_sent(url: str, spelled: str) -> None:
    assert shown(draft(url=url), reveal=True).url == spelled


def test_files_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "gone"
    path.write_bytes(b"password=hunter2")
    upload = Draft("PUT", "http://host/", payload=Payload(path))
    mixed = Draft("PUT", "http://host/", payload=Payload(b"password=hunter2&file=", path))
    path.unlink()
    for language in LANGUAGES:
        write: Callable[..., str] = getattr(snippets, language)
        assert str(path) in write(upload)
        assert language == "http" or str(path) in write(mixed)


def test_numbers() -> None:
    assert [number(value) for value in (1500, 1500.0, 0.5, 12345678.5)] == ["1500", "1500", "0.5", "12345678.5"]
