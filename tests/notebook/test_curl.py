"""Pasted curl commands: what is sent is what the real curl sends, and what cannot be is said."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest

import httpkit as http
from httpkit import redact
from httpkit.exchange import Sending
from httpkit.notebook.curl import is_curl, parse_curl
from httpkit.notebook.mistakes import Mistake

URL = "http://localhost:3000/"


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    """Passwords of one test are not hidden in the next."""
    yield
    redact.forget()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with some files in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lines.txt").write_bytes(b"one\r\ntwo & three\n")
    (tmp_path / "people.json").write_text('{"name": "Ann"}\n')
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\xff")
    (tmp_path / "a b.txt").write_text("spaces\n")
    (tmp_path / "headers.txt").write_text("X-One: 1\n\nX-Two:2\n")
    (tmp_path / "cookies.txt").write_text(
        "# Netscape HTTP Cookie File\n"
        "127.0.0.1\tFALSE\t/\tFALSE\t0\tall\t1\n"
        "#HttpOnly_127.0.0.1\tFALSE\t/people\tFALSE\t9999999999\tpeople\t2\n"
        "127.0.0.1\tFALSE\t/other\tFALSE\t0\tother\t3\n"
        "127.0.0.1\tFALSE\t/\tFALSE\t1000000000\told\t4\n"
        ".example.com\tTRUE\t/\tFALSE\t0\telsewhere\t5\n"
    )
    return tmp_path


# --- the same as curl


class Arrived(NamedTuple):
    """What a server saw of a request, without what differs from one client to another."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes


_OWN = {"user-agent", "host", "connection", "content-length"}
_BOUNDARY = re.compile(rb"boundary=([\w-]+)")


def _arrived(req: Any, body: bytes) -> Arrived:
    pairs = zip(req.rawHeaders[::2], req.rawHeaders[1::2], strict=True)
    headers = [(name, value) for name, value in pairs if name.lower() not in _OWN]
    boundary = _BOUNDARY.search(req.headers.get("content-type", "").encode())
    if boundary:
        body = body.replace(boundary[1], b"BOUNDARY")
        headers = [(name, value.replace(boundary[1].decode(), "BOUNDARY")) for name, value in headers]
    # %2f is %2F, and a quote is %22.
    target = re.sub("%..", lambda found: found[0].upper(), quote(req.url, safe="%/?=&+,:;{}[]~"))
    return Arrived(req.method, target, headers, body)


@pytest.fixture(scope="module")
def seen() -> Iterator[tuple[str, list[Arrived]]]:
    """The URL of a server, and the requests that it has seen."""
    requests: list[Arrived] = []

    async def record(req: Any, res: Any) -> None:
        requests.append(_arrived(req, await req.bytes()))
        res.end("ok")

    server = http.createServer(record).listen(0)
    yield server.url.rstrip("/"), requests
    server.close()
    server.closeAllConnections()


COMMANDS = r"""
curl URL
curl URL/people?a=1
curl -X DELETE URL/people/1
curl -XPATCH URL/people/1 -d a=1
curl --request PUT --url URL/people --data a=1 --data b=2
curl -sSLki URL/people
curl -I URL/people
curl URL -H 'X-One: 1' -H "X-Two:two words" -H X-Three:3
curl URL -H 'X-Empty;' -H 'Accept:' -H 'accept-language: de'
curl URL -H 'accept: text/html' -H 'X-Twice: 1' -H 'X-Twice: 2'
curl URL -H @headers.txt
curl URL -d 'a=1&b=two words' -d c=3
curl URL -d ''
curl URL -d @lines.txt -d more
curl URL --data-binary @lines.txt
curl URL --data-binary @photo.png -H 'Content-Type: image/png'
curl URL --data-raw @lines.txt
curl URL --data-ascii a=1
curl URL --data-urlencode 'a=two & three/é~' --data-urlencode =b=c --data-urlencode 'd e'
curl URL --data-urlencode @lines.txt --data-urlencode n@lines.txt
curl URL --json '{"a": 1}'
curl URL --json @people.json --json '[2]'
curl URL --json '{}' -H 'Accept: text/plain'
curl URL -d a=1 --json b -d c
curl URL/search -G -d a=1 --data-urlencode 'q=two words/é'
curl 'URL/search?a=1&#top' -G -d b=2
curl URL -I -G -d a=1
curl URL --url-query 'a=b c' --url-query +d=%20
curl URL -F name=Ann -F 'note="a;b\"c"' -F empty=
curl URL -F file=@photo.png -F 'text=<lines.txt'
curl URL -F 'file=@people.json;type=application/json;filename="p \"1\".json"' -H 'Content-Type: multipart/form-data'
curl URL -F 'a=1;type=text/plain;charset=utf-8' --form-string 'b=@x;type=y'
curl URL -F 'file=@"a b.txt"' -F data=@people.json
curl URL/ -u Ann:s3cret:too
curl URL -u 'Änn:' -H 'X-A: é'
curl URL -u a:b -H 'Authorization: Bearer t'
curl URL --oauth2-bearer token -u a:b
curl URL -A agent/1 -e 'http://example.com/;auto' --compressed -r 0-99
curl URL -r 500
curl URL -b 'a=1; b=2' -b c=3
curl URL/people/1 -b cookies.txt -b a=1
curl URL/peoples -b cookies.txt
curl URL -b a=1 -H 'Cookie: b=2'
curl URL -b ''
curl URL $'-da=\'\x41\102\u00e9\t\\\e!' -H $'X-A: \'b\''
curl URL --data-raw $'caf\xe9 \U0001F600'
curl URL -d "a \"b\" \$c \`d\` \e 'f'"
curl URL -d a"b"'c'\ d$'e'
curl -X GET URL -d a=1
curl URL -H 'Content-Type: application/json' -d '{"a": "it'\''s"}'
curl 'URL/a[]=1' -g -d 'x'
curl 'URL/?q={"a":1}' -g
curl -gsS --includ --compressed URL
curl URL --no-compressed -d a=1 --compressed --no-compressed
curl -T lines.txt URL/
curl URL -H 'X-A: 1' -o /dev/null -w '%{http_code}' --retry 3 -c jar.txt
"""


@pytest.mark.parametrize("command", COMMANDS.strip().splitlines())
def test_what_is_sent_is_what_curl_sends(command: str, seen: tuple[str, list[Arrived]], folder: Path) -> None:
    url, requests = seen
    command = command.replace("URL", url)
    _run_curl(command, folder)
    Sending(parse_curl(command)).result()
    theirs, ours = requests[-2:]
    assert ours == theirs


def _run_curl(command: str, folder: Path) -> None:
    # Above 1 MB curl would ask whether it may; it does so for files of any size.
    words = ["bash", "-c", f"{command} -s -H Expect:"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    subprocess.run(words, env=environment, check=True, capture_output=True, timeout=20)


CHROME_BASH = r"""curl 'http://localhost:3000/api/people?a=1&b=%20' \
  -X 'PUT' \
  -H 'accept: application/json' \
  -H 'content-type: application/json' \
  -b 'sid=abc; theme=dark' \
  -H 'sec-ch-ua: "Chromium";v="130"' \
  --data-raw $'{"note":"it\'s\u0021\\n","smile":"😀"}' \
  --insecure"""
CHROME_CMD = r"""curl ^"http://localhost:3000/api/people?a=1^&b=^%^20^" ^
  -X ^"PUT^" ^
  -H ^"accept: application/json^" ^
  -H ^"content-type: application/json^" ^
  -b ^"sid=abc; theme=dark^" ^
  -H ^"sec-ch-ua: ^\^"Chromium^\^";v=^\^"130^\^"^" ^
  --data-raw ^"^{^\^"note^\^":^\^"it's^!^\^\n^\^",^\^"smile^\^":^\^"^😀^\^"^}^" ^
  --insecure"""
FIREFOX = r"""curl 'http://localhost:3000/api/people?a=1&b=%20' -X 'PUT' -H 'accept: application/json' \
  -H 'content-type: application/json' -H 'Cookie: sid=abc; theme=dark' -H 'sec-ch-ua: "Chromium";v="130"' \
  --data-raw $'{"note":"it\'s\x21\\n","smile":"\ud83d\ude00"}' -k"""
POSTMAN = r"""curl --location --request PUT 'http://localhost:3000/api/people?a=1&b=%20' \
--header 'accept: application/json' \
--header 'content-type: application/json' \
--header 'sec-ch-ua: "Chromium";v="130"' \
--header 'Cookie: sid=abc; theme=dark' \
--data '{"note":"it'\''s!\n","smile":"😀"}' \
--insecure"""


@pytest.mark.parametrize("command", [CHROME_BASH, CHROME_CMD, CHROME_CMD.replace("\n", "\r\n"), FIREFOX, POSTMAN])
def test_what_browsers_and_tools_copy(command: str) -> None:
    draft = parse_curl(command)
    assert (draft.method, draft.url) == ("PUT", "http://localhost:3000/api/people?a=1&b=%20")
    assert sorted((name.lower(), value) for name, value in draft.raw_headers) == [
        ("accept", "application/json"),
        ("content-type", "application/json"),
        ("cookie", "sid=abc; theme=dark"),
        ("sec-ch-ua", '"Chromium";v="130"'),
    ]
    assert draft.payload.read().decode() == r"""{"note":"it's!\n","smile":"😀"}"""
    assert draft.delivery.verify is False


# --- what is a command, and which URL it is for


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("curl localhost", True),
        ("  curl.exe localhost", True),
        ("$ curl localhost", True),
        ("% curl localhost", True),
        ("/usr/bin/curl localhost", True),
        ("# get it\n\ncurl localhost", True),
        ("curl", True),
        ("curly localhost", False),
        ("curl = 1", False),
        ("curl\n", True),
        ("x = 'curl localhost'", False),
        ("%curl localhost", False),
        ("", False),
        ("\n" * 50_000, False),
    ],
)
def test_whether_a_text_is_a_command(text: str, expected: bool) -> None:
    assert is_curl(text) is expected


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("localhost:3000", "http://localhost:3000"),
        ("example.com/a", "http://example.com/a"),
        (":3000/a", "http://localhost:3000/a"),
        ("HTTPS://example.com", "HTTPS://example.com"),
        ("--url localhost", "http://localhost"),
        ("-- localhost", "http://localhost"),
        ("'http://h/a b?c=é'", "http://h/a b?c=é"),
        ("'http://h/[abc]?a[b]=1'", "http://h/[abc]?a[b]=1"),
        ("'http://[::1]:80/'", "http://[::1]:80/"),
        ("-g 'http://h/{a,b}[1-2]'", "http://h/{a,b}[1-2]"),
        ("-G -d a=1 http://h", "http://h?a=1"),
        ("-G -d a=1 'http://h/?&'", "http://h/?&a=1"),
    ],
)
def test_the_url(typed: str, url: str) -> None:
    assert parse_curl(f"curl {typed}").url == url


# --- how it is sent


def test_delivery_without_flags() -> None:
    delivery = parse_curl("curl localhost").delivery
    assert (delivery.timeout, delivery.follow, delivery.max_redirects, delivery.verify) == (0, False, 50, True)
    assert (delivery.cert, delivery.proxy, delivery.download, delivery.session) == (None, None, None, None)


@pytest.mark.parametrize(
    ("flags", "name", "value"),
    [
        ("-m 1.5", "timeout", 1500),
        ("--max-time 0", "timeout", 0),
        ("--connect-timeout 5", "timeout", 0),
        ("-L", "follow", True),
        ("--location-trusted", "follow", True),
        ("-L --no-location", "follow", False),
        ("--max-redirs 3", "max_redirects", 3),
        ("-k", "verify", False),
        ("--cacert lines.txt", "verify", "lines.txt"),
        ("-k --cacert lines.txt", "verify", False),
        ("-E lines.txt", "cert", ("lines.txt", "lines.txt")),
        ("--key people.json --cert lines.txt", "cert", ("lines.txt", "people.json")),
        ("-x proxy", "proxy", "http://proxy:1080"),
        ("-x https://u:p@proxy/", "proxy", "https://u:p@proxy:443"),
        ("-x http://proxy:3128 -U Ann:a/b", "proxy", "http://Ann:a%2Fb@proxy:3128"),
        ("-x proxy --noproxy other,h.example", "proxy", ""),
        ("-x proxy --noproxy other", "proxy", "http://proxy:1080"),
        ("--noproxy '*'", "proxy", ""),
        ("-x ''", "proxy", ""),
        ("-o out.bin", "download", Path("out.bin")),
        ("-O", "download", Path("c.tar")),
        ("-O --output-dir .", "download", Path("c.tar")),
        ("-o /dev/null", "download", None),
        ("-o -", "download", None),
    ],
)
def test_delivery(flags: str, name: str, value: object, folder: Path) -> None:
    assert getattr(parse_curl(f"curl http://a.h.example/b/c.tar?d {flags}").delivery, name) == value


def test_any_number_of_redirects() -> None:
    assert parse_curl("curl h -L --max-redirs -1").delivery.max_redirects > 1_000_000


def test_a_file_is_read_when_it_is_sent(folder: Path) -> None:
    assert parse_curl("curl h -T photo.png").payload.paths == (Path("photo.png"),)
    assert parse_curl("curl h --data-binary @photo.png").payload.paths == (Path("photo.png"),)
    assert parse_curl("curl h -F a=@photo.png").payload.paths == (Path("photo.png"),)


@pytest.mark.parametrize(
    ("url", "cookies"),
    [
        ("https://www.example.com/", "a=1; s=2"),
        ("http://www.example.com/", "a=1"),
        ("http://example.com/", "a=1"),
        ("http://notexample.com/", None),
    ],
)
def test_a_file_of_cookies(url: str, cookies: str | None, tmp_path: Path) -> None:
    file = tmp_path / "jar"
    file.write_text(
        ".example.com\tTRUE\t/\tFALSE\t0\ta\t1\n"
        f".example.com\tTRUE\t/\tTRUE\t{time.time() + 100:.0f}\ts\t2\n"
        f".example.com\tTRUE\t/\tFALSE\t{time.time() - 100:.0f}\told\t3\n"
    )
    assert parse_curl(f"curl {url} -b {file}").header("Cookie") == cookies


def test_a_form_takes_the_boundary_that_is_given() -> None:
    draft = parse_curl("curl h -F a=1 -H 'Content-Type: multipart/form-data; boundary=xyz'")
    assert draft.header("Content-Type") == "multipart/form-data; boundary=xyz"
    assert draft.payload.read().startswith(b"--xyz\r\n")


# --- templates


def test_templates_are_names_of_the_notebook() -> None:
    names = {
        "base": "http://localhost:3000",
        "token": "a b",
        "user": {"name": "Ann"},
        "method": "PATCH",
        "x": "X-A",
        "most": 4,
    }
    draft = parse_curl(
        "curl -X {{method}} {{base}}/{{user['name']}} -H 'Authorization: Bearer {{token}}' "
        '-u {{user["name"]}}:{{token}} -H {{x}}:1 -d "a={{token}}" --data-urlencode t={{token}} '
        "-b sid={{token}} -m {{most}}",
        names,
    )
    assert (draft.method, draft.url) == ("PATCH", "http://localhost:3000/Ann")
    assert draft.raw_headers == (
        ("Accept", "*/*"),
        ("Cookie", "sid=a b"),
        ("Authorization", "Bearer a b"),
        ("X-A", "1"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    )
    assert draft.payload.read() == b"a=a b&t=a+b"
    assert draft.delivery.timeout == 4000


@pytest.mark.parametrize(
    "text",
    [
        "{{nobody}}",
        "{{1 + 1}}",
        "{{ f() }}",
        "{{f.x()}}",
        "{{f[f()]}}",
        "{{[f() for _ in [1]]}}",
        "{{(f := 1)}}",
        "{{__import__(1)}}",
        "{{$guid}}",
        "{{$processEnv HOME}}",
        "{{" + "(" * 500 + "f" + ")" * 500 + "}}",
    ],
)
def test_nothing_of_a_copied_command_is_executed(text: str) -> None:
    """What stands in braces in it may be a page's, as in `{"template": "Hello {{name}}"}`."""

    def f() -> None:
        pytest.fail("executed")

    assert parse_curl(f"curl h --data-raw '{text}'", {"f": f}).payload.read() == text.encode()


@pytest.mark.parametrize(
    ("flags", "body"),
    [
        ("-d {{text}}", b"@/etc/passwd;type=x"),
        ("--data-urlencode {{text}}", b"%40%2Fetc%2Fpasswd%3Btype%3Dx"),
        ("--json {{text}}", b"@/etc/passwd;type=x"),
    ],
)
def test_what_is_filled_in_is_never_the_name_of_a_file(flags: str, body: bytes) -> None:
    text = "@/etc/passwd;type=x"
    assert parse_curl(f"curl h {flags}", {"text": text}).payload.read() == body
    assert text.encode() in parse_curl("curl h -F a={{text}}", {"text": text}).payload.read()


def test_what_is_filled_in_is_not_filled_again() -> None:
    assert parse_curl("curl h -d {{a}}", {"a": "{{b}} $c `d`"}).payload.read() == b"{{b}} $c `d`"


# What `hide` makes of {{1+1}}: to be taken for a template, though nobody has typed one.
DISGUISED = "".join(chr(0xE000 + ord(character)) for character in "{{1+1}}")


def test_templates_in_disguise(folder: Path) -> None:
    Path("body.txt").write_text(DISGUISED)
    Path("sent.txt").write_text(f"X-A: {DISGUISED}")
    assert parse_curl("curl h -d @body.txt").payload.read() == DISGUISED.encode()
    assert parse_curl("curl h -H @sent.txt").header("X-A") == DISGUISED.encode().decode("latin-1")
    escaped = "".join(f"\\u{ord(character):x}" for character in DISGUISED)
    octal = "".join(f"\\{byte:o}" for byte in DISGUISED.encode())
    for body in (DISGUISED, f"$'{escaped}'", f"$'{octal}'"):
        with pytest.raises(Mistake, match="from U\\+E000 to U\\+E07F"):
            parse_curl(f"curl h -d {body}")


# --- what is refused


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("wget h", "This is no curl command. Expected something like curl http://localhost:3000/ -d name=Ann."),
        ("curl", "The command has no URL."),
        ("curl -s", "The command has no URL."),
        ("curl h.de/a localhost", "There are 2 URLs: h.de/a, localhost. One request has one"),
        ("curl http://u:pw@h/ http://i/?token=abcdef", "There are 2 URLs: http://u:••••••@h/, http://i/?token=••••••."),
        (
            "curl -H X-Api-Key: s3cret h.de",
            "There are words that belong to no flag and are not like a URL. Does a value",
        ),
        ("curl ftp://h/", "ftp:// is not supported"),
        ("curl 'h/{a,b}'", "curl would make several URLs of {a,b}. To send it as it is, add -g"),
        ("curl 'h/[1-10:2]'", "curl would make several URLs of [1-10:2]."),
        ("curl h -X ''", "is no method. Expected -X GET"),
        ("curl h -X -H a", "-X -H is no method."),
        ("curl h -X=POST", "-X =POST is no method."),
        ("curl h -H 'Authorization s3cret'", "-H “Authorization…” is no header. Expected -H 'Name: value'"),
        ("curl h -H ''", "is no header"),
        ("curl h -H 'X-A: {{text}}'", "-H X-A: a header is one line, and this has several."),
        ("curl h -H 'naïve: 1'", "-H naïve: this cannot be the name of a header."),
        ("curl h -H '{{text}}: 1'", "-H a b: this cannot be the name of a header."),
        ("curl h -H ':authority: h'", "is no header"),
        ("curl h -d @~no-such-user/x", "~no-such-user/x cannot be a file: Could not determine home directory."),
        ("curl h -d @{{null}}", "cannot be read: embedded null byte."),
        ("curl $'h:a\\nb'", "h:a b is not a URL."),
        ("curl h -X $'a\\n\\xff'", "-X a \\udcff is no method."),
        (
            "curl h -u Ann",
            "-u has no password, and curl would ask for it. Write -u user:password, or user:{{password}}",
        ),
        ("curl h -x p -U Ann", "-U has no password"),
        ("curl h -d a -F b=c", "-d and -F ask for different requests. Leave out all but one."),
        ("curl h -I -d a", "-d and -I ask for different requests."),
        ("curl h -G -F a=b", "-F and -G ask for different requests."),
        ("curl h -d @nothing", "--data: nothing cannot be read: No such file or directory."),
        ("curl h -d @-", "--data - is for what is typed at a terminal, and there is none. Give a file or {{name}}."),
        ("curl h --data-urlencode a@-", "--data-urlencode - is for what is typed"),
        ("curl h -H @-", "-H @ - is for what is typed"),
        ("curl h -T -", "-T - is for what is typed"),
        ("curl h -T .", "-T . is for what is typed"),
        ("curl h -F a=@/", "-F a=@: / cannot be read: Is a directory."),
        ("curl h -F a", "-F has no =. Expected -F name=value, or -F name=@FILE for a file."),
        ("curl h -F 'a=(;type=x/y'", "-F a=( begins a form within a form"),
        ("curl h -F a=@b,c", "-F a=@… has several files. Write -F a=@FILE once for each."),
        ("curl h -F 'a=b;c'", "-F a=… has a ; which curl cuts the value at. To send it, write --form-string a=…"),
        ("curl h -F 'a=b;;type=x/y'", "-F a=… has a ;"),
        ("curl h -F 'a=b;c=d'", "-F a=… has a ;"),
        ("curl h -F 'a=b;headers=\"X: y\"'", "-F a=…;headers= cannot be done here."),
        ("curl h -b s3cret", "-b has no =, and is no file of cookies that is there."),
        ("curl h -b people.json", "-b people.json is no file of cookies: no line has the seven fields of a cookie"),
        ("curl h -m soon", "-m needs a number. Got soon."),
        ("curl h --connect-timeout soon", "--connect-timeout needs a number."),
        ("curl h --max-redirs many", "--max-redirs needs a number."),
        ("curl h --cacert nothing", "--cacert: nothing cannot be read"),
        ("curl h -E lines.txt:s3cret", "-E lines.txt:… has a password, which cannot be used here."),
        ("curl h -x socks5://u:s3cret@p", "-x socks5://u:••••••@p is no proxy that can be used here."),
        ("curl h -O", "-O names the file as the URL's path ends, and this one ends with no name. Write -o FILE."),
        ("curl h/.. -O", "-O names the file as the URL's path ends"),
        ("curl h -o no/where", "There is no folder no to save where in. Make it first."),
        ("curl h -d {{nobody.response.body.$.id}}", "has no value: no request called nobody was answered yet."),
        ("curl h -d {{text[7]}}", "{{text[7]}} has no value (IndexError"),
        ("curl $'http://h/\\xff'", "Bytes that are no UTF-8 can stand in a body or a header, and nowhere else."),
        ("curl h -u $'a\\xff:s3cret'", "Bytes that are no UTF-8"),
        ("curl h -d $TOKEN", "$TOKEN is a variable of a shell, and no shell runs here. Write {{TOKEN}}"),
        ("curl h | jq .", "Leave it out from there on: exchange.json() is the answer's JSON."),
        ("curl h --headr a", "--headr is no flag of curl. Did you mean --header?"),
    ],
)
def test_mistakes_say_what_was_got_and_what_to_do(command: str, message: str, folder: Path) -> None:
    with pytest.raises(Mistake) as caught:
        parse_curl(command, {"text": "a\nb", "null": "\0"})
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("command", "offset"),
    [
        ("$ curl h -d {{nobody.response.body}}", 9),
        ("curl h -s --headr a", 10),
        ("# first\ncurl h \\\n  -d $TOKEN", 22),
        ('curl h -d "a $TOKEN"', 13),
    ],
)
def test_where_a_mistake_is(command: str, offset: int) -> None:
    with pytest.raises(Mistake) as caught:
        parse_curl(command)
    assert caught.value.offset == offset


def test_passwords_and_tokens_are_hidden_from_then_on() -> None:
    parse_curl("curl h -u Ann:hunter22")
    parse_curl("curl h --oauth2-bearer abcdef123")
    assert redact.text("hunter22 abcdef123") == "•••••• ••••••"
