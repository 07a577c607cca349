"""What the texts of http_files/ mean, by the documentation of the dialects they are written in.

Source: https://github.com/Huachao/vscode-restclient#usage, https://github.com/JetBrains/http-request-in-editor-spec,
https://httpyac.github.io/guide/request.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from httpkit.exchange import Exchange
from httpkit.messages import ReceivedResponse, SentRequest
from httpkit.payload import Payload

FILES = Path(__file__).parent / "http_files"

JSON = ("Content-Type", "application/json")
PLAIN = ("Content-Type", "text/plain")
FORM = ("Content-Type", "application/x-www-form-urlencoded")
ANY = ("Accept", "*/*")

LOGIN = Exchange(
    SentRequest("POST", "http://h/login", (("Accept", "a/b"),), Payload(b'{"name": "ann"}')),
    ReceivedResponse(
        200,
        "OK",
        "1.1",
        (JSON, ("X-Request-Id", "r-1")),
        Payload(b'{"user": {"id": 7}, "roles": ["admin", "staff"]}'),
    ),
)
TOKEN = Exchange(
    SentRequest("POST", "http://h/token", ()),
    ReceivedResponse(200, "OK", "1.1", (JSON,), Payload(b'{"access_token": "tok-1", "token_type": "Bearer"}')),
)
ORDERS = Exchange(
    SentRequest("GET", "http://h/orders", (("Authorization", "Bearer tok-1"),)),
    ReceivedResponse(200, "OK", "1.1", (("X-Next", "https://api.example.com/orders?after=5"),)),
)
# What the templates of the texts stand for, beside the variables of each.
NAMES = {
    "who": "Ann",
    "n": 7,
    "tag": "new",
    "user": "ann",
    "secret_word": "s3cret-word",
    "a": 1,
    "login": LOGIN,
    "token": TOKEN,
    "orders": ORDERS,
    "CREATE": LOGIN,
}


@dataclass(frozen=True)
class Error:
    """Where the mistake is, and how its message begins."""

    line: int
    column: int
    message: str


@dataclass(frozen=True)
class Sent:
    """The draft: its URL, its headers and its body."""

    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    method: str = ""


@dataclass(frozen=True)
class R:
    """A request: its line, the names of its headers, and the pieces of its body: `t`ext, `f`ile, `v` with variables."""

    line: str
    headers: str = ""
    pieces: str = ""
    title: str = ""
    name: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    sent: Sent | None = None
    error: Error | None = None
    prompts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Expected:
    """What a file holds; `notes` are lines and how what is said about them begins."""

    requests: list[R]
    variables: dict[str, str] = field(default_factory=dict)
    notes: tuple[tuple[int, str], ...] = ()


def fault(line: int, message: str, *, title: str = "", column: int = 1) -> R:
    """A request that cannot be read."""
    return R("", title=title, error=Error(line, column, message))


_ = "http://localhost:4000"
NO_REQUEST = "This is no request. Expected a method and a URL, as in GET http://localhost:3000/"
NO_HASHES = "A request begins here without a ### before it."
RESPONSE = "A response stands here: it is not sent."
SCRIPT = "A script: it is not run."
YAC = "A script or an assertion of httpYac's: it is not run."
MULTIPART = ("Content-Type", "multipart/form-data; boundary=----Seam")

SOAP = """<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Body>

    <Add xmlns="http://example.com/"><a>1</a><b>2</b></Add>
  </soap:Body>
</soap:Envelope>"""

EXPECTED: dict[str, Expected] = {
    "aspnet-template": Expected(
        [
            R(
                "GET {{Garden.Api_HostAddress}}/plants/",
                "Accept",
                sent=Sent("http://localhost:5187/plants/", (("Accept", "application/json"),)),
            ),
            R(
                "POST {{Garden.Api_HostAddress}}/plants/",
                "Content-Type",
                "t",
                sent=Sent(
                    "http://localhost:5187/plants/", (JSON,), b'{\n  "latin": "Salvia officinalis",\n  "pots": 3\n}'
                ),
            ),
        ],
        {"Garden.Api_HostAddress": "http://localhost:5187"},
    ),
    "express-tutorial": Expected(
        [
            R("GET http://localhost:3000/api/cats", sent=Sent("http://localhost:3000/api/cats")),
            R("GET localhost:3000/api/cats/7", sent=Sent("http://localhost:3000/api/cats/7")),
            R(
                "POST http://localhost:3000/api/cats",
                "Content-Type",
                "t",
                sent=Sent("http://localhost:3000/api/cats", (JSON,), b'{ "name": "Miez", "lives": 9 }'),
            ),
            R(
                "DELETE http://localhost:3000/api/cats/7",
                "Authorization",
                sent=Sent("http://localhost:3000/api/cats/7", (("Authorization", "Bearer cat-token-not-a-real-one"),)),
            ),
        ],
    ),
    "spring-petclinic-like": Expected(
        [
            R(
                "GET http://localhost:8080/owners?page=1",
                "Accept",
                title="List owners",
                sent=Sent("http://localhost:8080/owners?page=1", (("Accept", "text/html"),)),
            ),
            R(
                "POST http://localhost:8080/owners/new",
                "Content-Type",
                "t",
                title="Create an owner",
                sent=Sent(
                    "http://localhost:8080/owners/new",
                    (JSON,),
                    b'{\n\t"firstName": "Ada",\n\t"pets": [\n\t\t{"kind": "dog"}\n\t]\n}',
                ),
            ),
            R(
                "PATCH http://localhost:8080/pets/3",
                "Content-Type",
                "t",
                title="Move a pet",
                sent=Sent(
                    "http://localhost:8080/pets/3",
                    (("Content-Type", "application/merge-patch+json"),),
                    b'{"owner": 4}',
                ),
            ),
            R(
                "HEAD http://localhost:8080/owners/9999",
                title="Where is nobody?",
                sent=Sent("http://localhost:8080/owners/9999"),
            ),
        ],
    ),
    "fastapi-users": Expected(
        [
            R(
                "POST {{base}}/login/access-token",
                "Content-Type",
                "t",
                title="Log in as {{admin}}",
                name="login",
                sent=Sent(
                    "http://127.0.0.1:8000/api/v1/login/access-token",
                    (FORM,),
                    b"username=root@example.com&password=not-the-real-one",
                ),
            ),
            R("GET {{base}}/users/me", "Authorization", title="Who am I?"),
        ],
        {
            "base": "http://127.0.0.1:8000/api/v1",
            "admin": "root@example.com",
            "token": "{{login.response.body.access_token}}",
        },
    ),
    "rest-client-variables": Expected(
        [
            R(
                "GET {{later}}/{{dotted.name}}{{query}}&empty={{nothing}}",
                "Accept",
                sent=Sent(
                    "http://localhost:4000/later/dots?api-version=2024-01-01&empty=",
                    (("Accept", "application/json; charset=utf-8"),),
                ),
            ),
            R(
                "PUT {{api}}/{{name}}",
                "Content-Type",
                "t",
                sent=Sent(f"{_}/v2/hello", (PLAIN,), b"C:\\Temp\tab|first\nsecond|spaces are trimmed|8080"),
            ),
            R(
                "GET {{base}}/again",
                "X-After X-Within X-Twice",
                sent=Sent(
                    f"{_}/again",
                    (
                        ("X-After", "defined behind a body"),
                        ("X-Within", "among the headers"),
                        ("X-Twice", "localhost:4000/localhost:4000"),
                    ),
                ),
            ),
        ],
        {
            "host": "localhost:4000",
            "port": "8080",
            "query": "?api-version=2024-01-01",
            "nothing": "",
            "type": "application/json; charset=utf-8",
            "path": r"C:\\Temp\tab",
            "two": r"first\nsecond",
            "quoted": '"http://localhost"',
            "later": "{{base}}/later",
            "base": "http://{{host}}",
            "dotted.name": "dots",
            "name": "hello",
            "api": "{{base}}/v2",
            "stamp": "spaces are trimmed",
            "after": "defined behind a body",
            "again": "{{after}}",
            "within": "among the headers",
        },
        ((8, "The quotes are part of @quoted"),),
    ),
    "rest-client-settings": Expected(
        [
            R(f"GET {_}/1", title="By number", name="first", settings={"no-redirect": ""}, sent=Sent(f"{_}/1")),
            R(
                f"GET {_}/2",
                "Accept",
                title="With slashes",
                name="second",
                settings={"no-cookie-jar": "", "timeout": "500 ms"},
                sent=Sent(f"{_}/2", (ANY,)),
            ),
            R(f"GET {_}/3", name="third", settings={"note": ""}, sent=Sent(f"{_}/3")),
            R(
                f"GET {_}/4",
                title="@name fourth",
                name="fourth",
                settings={"timeout": "2"},
                sent=Sent(f"{_}/4"),
            ),
            R(f"GET {_}/5", title="A setting that is misspelt", settings={"author": "Ann"}, sent=Sent(f"{_}/5")),
            R(
                f"POST {_}/6",
                "Content-Type",
                "t",
                title="A setting in the body",
                name="sixth",
                sent=Sent(f"{_}/6", (JSON,), b'{"a": 1}'),
            ),
        ],
        notes=((25, "“@no-redirects” is no setting. Did you mean @no-redirect?"),),
    ),
    "request-lines": Expected(
        [
            R(f"GET {_}/lower", sent=Sent(f"{_}/lower")),
            R(f"POST {_}/mixed", sent=Sent(f"{_}/mixed")),
            R(f"DELETE {_}/three-blanks", sent=Sent(f"{_}/three-blanks")),
            R(f"GET {_}/tab", sent=Sent(f"{_}/tab")),
            R(f"GET {_}/no-method", sent=Sent(f"{_}/no-method")),
            R("GET https://example.com/no-method", sent=Sent("https://example.com/no-method")),
            R("GET example.com/no-scheme", sent=Sent("http://example.com/no-scheme")),
            R("GET 127.0.0.1:1378/by-number", sent=Sent("http://127.0.0.1:1378/by-number")),
            R("GET :4000/port-only", sent=Sent(f"{_}/port-only")),
            R(f"GET {_}/find?q=two words&who=Zoë", sent=Sent(f"{_}/find?q=two%20words&who=Zo%C3%AB")),
            R(f"GET {_}/page#section", sent=Sent(f"{_}/page#section")),
            R(f"GET {_}/100%/50%25", sent=Sent(f"{_}/100%25/50%25")),
            R(f"GET {_}/set-in", sent=Sent(f"{_}/set-in")),
            R(f"QUERY {_}/safe", "", "t", sent=Sent(f"{_}/safe", (), b"q=1")),
            R(f"OPTIONS {_}", sent=Sent(_)),
        ]
    ),
    "query-lines": Expected(
        [
            R(
                f"GET {_}/comments?page=2&per page=10&tag={{{{tag}}}}",
                "Accept",
                title="REST Client",
                sent=Sent(f"{_}/comments?page=2&per%20page=10&tag=new", (("Accept", "application/json"),)),
            ),
            R(
                f"GET {_}/comments?page=3&q=a=b",
                title="without being set in",
                sent=Sent(f"{_}/comments?page=3&q=a=b"),
            ),
            R(f"GET {_}/users/7?full=true", title="JetBrains: the path, too", sent=Sent(f"{_}/users/7?full=true")),
            R(
                f'GET {_}/say?message="hello"',
                "X-Test",
                title="a question mark at the end",
                sent=Sent(f"{_}/say?message=%22hello%22", (("X-Test", "1"),)),
            ),
            R(
                f"GET {_}/plain",
                "Accept X-Two",
                title="set in, and a header all the same",
                sent=Sent(f"{_}/plain", (("Accept", "text/plain"), ("X-Two", "2"))),
            ),
        ]
    ),
    "host-header": Expected(
        [
            R("GET /plain?x=1", "Host", sent=Sent(f"{_}/plain?x=1", (("Host", "localhost:4000"),))),
            R(
                "POST /safe",
                "Host Content-Type",
                "t",
                sent=Sent("https://example.com:8443/safe", (("Host", "example.com:8443"), PLAIN), b"hello"),
            ),
            R("GET /also-safe", "host", sent=Sent("https://example.com:443/also-safe", (("host", "example.com:443"),))),
            R("GET /nowhere", error=Error(16, 5, "/nowhere is not a URL.")),
        ]
    ),
    "headers": Expected(
        [
            R(
                f"GET {_}/headers",
                "Accept X-Alone X-Empty content-type X-Time X-Tab Cookie Cookie Content-Length",
                "t",
                sent=Sent(
                    f"{_}/headers",
                    (
                        ("Accept", ": application/json"),
                        ("X-Alone", ""),
                        ("X-Empty", ""),
                        ("content-type", "text/plain"),
                        ("X-Time", "12:30:59"),
                        ("X-Tab", "value"),
                        ("Cookie", "a=1"),
                        ("Cookie", "b=2"),
                    ),
                    b"body",
                ),
            ),
            R(
                f"GET {_}/folded",
                "Accept X-Next",
                title="folded",
                sent=Sent(f"{_}/folded", (("Accept", "text/html, application/json;q=0.5, */*"), ("X-Next", "1"))),
            ),
            R(
                f"GET {_}/set-in",
                "Accept X-Set-In",
                title="set in",
                sent=Sent(f"{_}/set-in", (("Accept", "text/html"), ("X-Set-In", "yes"))),
            ),
            R(
                f"POST {_}/variables",
                "{{json}} {{field}}",
                "t",
                title="from variables",
                sent=Sent(f"{_}/variables", (JSON, ("X-Field", "1")), b"{}"),
            ),
        ],
        {"json": "Content-Type: application/json", "field": "X-Field"},
    ),
    "auth": Expected(
        [
            R(
                f"GET {_}/1",
                "Authorization",
                title="Basic with a colon",
                sent=Sent(f"{_}/1", (("Authorization", "Basic YW5uOnBhc3M6d29yZA=="),)),
            ),
            R(
                f"GET {_}/2",
                "Authorization",
                title="Basic with a blank",
                sent=Sent(f"{_}/2", (("Authorization", "Basic YW5uQGV4YW1wbGUuY29tOnBhc3Mgd29yZA=="),)),
            ),
            R(
                f"GET {_}/3",
                "Authorization",
                title="Basic, encoded already",
                sent=Sent(f"{_}/3", (("Authorization", "Basic YW5uOnNlY3JldA=="),)),
            ),
            R(
                f"GET {_}/4",
                "Authorization",
                title="Basic from variables",
                sent=Sent(f"{_}/4", (("Authorization", "Basic YW5uOnMzY3JldC13b3Jk"),)),
            ),
            R(
                f"GET {_}/5",
                "Authorization",
                title="Bearer",
                sent=Sent(f"{_}/5", (("Authorization", "Bearer not.a.token"),)),
            ),
            R(
                f"GET {_}/6",
                "Authorization",
                title="Another scheme",
                sent=Sent(f"{_}/6", (("Authorization", "ApiKey k=1"),)),
            ),
            R(
                f"GET {_}/7",
                "Authorization",
                title="Digest",
                error=Error(27, 16, "Digest credentials are not made here. Expected Basic user:password or Bearer"),
            ),
            R(
                f"GET {_}/8",
                "Authorization",
                title="AWS",
                error=Error(31, 16, "AWS credentials are not made here."),
            ),
        ]
    ),
    "body-edges": Expected(
        [
            R(
                f"POST {_}/1",
                "Content-Type",
                "t",
                title="two empty lines before the body, three behind",
                sent=Sent(f"{_}/1", (JSON,), b'{"a": 1}'),
            ),
            R(
                f"POST {_}/2",
                "Content-Type",
                "t",
                title="an empty line inside, and one with blanks",
                sent=Sent(f"{_}/2", (JSON,), b'{\n  "a": 1,\n\n  "b": 2\n}'),
            ),
            R(
                f"POST {_}/3",
                "Content-Type",
                "t",
                title="no empty line before it",
                sent=Sent(f"{_}/3", (JSON,), b'{"forgotten": true}'),
            ),
            R(f"POST {_}/4", "", "t", title="right behind the request line", sent=Sent(f"{_}/4", (), b"[1, 2]")),
            R(
                f"POST {_}/5",
                "Content-Type",
                "t",
                title="not JSON, and sent as it is",
                sent=Sent(f"{_}/5", (JSON,), b'{"a": 1, "b": 7,}'),
            ),
            R(
                f"POST {_}/6",
                "Content-Type",
                "t",
                title="dollars and braces that are no templates",
                sent=Sent(
                    f"{_}/6",
                    (JSON,),
                    b'{"$in": [], "cash": "$up3r", "more": "7}}", "empty": "{{}}", "open": "{{"}',
                ),
            ),
            R(
                f"POST {_}/7",
                "Content-Type",
                "t",
                title="looks like a file, and is none",
                sent=Sent(f"{_}/7", (("Content-Type", "application/xml"),), b"<note>\n<to>you</to>\n</note>"),
            ),
            R(f"GET {_}/8", "", "t", title="a GET with a body", sent=Sent(f"{_}/8", (), b"plain")),
        ]
    ),
    "comments": Expected(
        [
            R(f"GET {_}/users", "Accept", title="comments everywhere", sent=Sent(f"{_}/users", (ANY,))),
            R(
                f"POST {_}/users",
                "Content-Type",
                "ttt",
                title="in the body",
                sent=Sent(f"{_}/users", (JSON,), b'{\n  "name": "http://x//y#z",\n  "age": 3\n}'),
            ),
        ]
    ),
    "comments-kept": Expected(
        [
            R(
                f"PUT {_}/readme.md",
                "Content-Type",
                "t",
                title="Markdown",
                sent=Sent(
                    f"{_}/readme.md",
                    (("Content-Type", "text/markdown"),),
                    b"# A title\n\nGET http://localhost:4000/ is how it begins.\n// not a comment here",
                ),
            ),
            R(
                f"POST {_}/config",
                "Content-Type",
                "t",
                title="YAML",
                sent=Sent(f"{_}/config", (("Content-Type", "application/yaml"),), b"# who it is for\nname: x"),
            ),
            R(
                f"POST {_}/run",
                "Content-Type",
                "t",
                title="a script",
                sent=Sent(
                    f"{_}/run", (("Content-Type", "application/x-sh"),), b"#!/bin/sh\nGET http://localhost:4000/"
                ),
            ),
            R(
                f"POST {_}/rows",
                "content-type",
                "tf",
                title="CSV, with a file in it",
                sent=Sent(f"{_}/rows", (("content-type", "TEXT/CSV; header=present"),), "#id,name\nGrüße".encode()),
            ),
        ]
    ),
    "separators": Expected(
        [
            R(f"GET {_}/1", sent=Sent(f"{_}/1")),
            R(f"GET {_}/2", title="no blank", sent=Sent(f"{_}/2")),
            R(f"GET {_}/3", title="four hashes", sent=Sent(f"{_}/3")),
            R(f"GET {_}/4", sent=Sent(f"{_}/4")),
            R(
                f"POST {_}/5",
                "Content-Type",
                "t",
                title='2.1 Zurücksetzen (mit Code …) → { "ok": true }',
                sent=Sent(f"{_}/5", (JSON,), b'{"a": 1}'),
            ),
            R(f"GET {_}/6", "Accept", title="right behind the body", sent=Sent(f"{_}/6", (ANY,))),
        ]
    ),
    "multipart-upload": Expected(
        [
            R(
                f"POST {_}/upload",
                "Content-Type",
                "tfttvt",
                title="Text and files",
                sent=Sent(
                    f"{_}/upload",
                    (MULTIPART,),
                    b'------Seam\r\nContent-Disposition: form-data; name="title"\r\n\r\nA picture of Ann\r\n'
                    b'------Seam\r\nContent-Disposition: form-data; name="picture"; filename="pixel.png"\r\n'
                    b"Content-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n\x00\xff\r\n"
                    b'------Seam\r\nContent-Disposition: form-data; name="about"; filename="about.json"\r\n'
                    b'Content-Type: application/json\r\n\r\n{"who": "Ann", "n": 7}\n\r\n------Seam--\r\n',
                ),
            ),
            R(
                f"POST {_}/upload",
                "Content-Type",
                "t",
                title="The same type, by variable",
                sent=Sent(
                    f"{_}/upload",
                    (("Content-Type", "multipart/form-data; boundary=S"),),
                    b'--S\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--S--\r\n',
                ),
            ),
        ],
        {"kind": "multipart/form-data; boundary=S"},
    ),
    "batch-requests": Expected(
        [
            R(
                f"POST {_}/odata/$batch",
                "Content-Type",
                "t",
                sent=Sent(
                    f"{_}/odata/$batch",
                    (("Content-Type", "multipart/mixed; boundary=b1"),),
                    b"--b1\r\nContent-Type: application/http\r\n\r\nGET /odata/People(1) HTTP/1.1\r\n\r\n"
                    b"--b1\r\nContent-Type: application/http\r\n\r\nPOST "
                    b"http://localhost:4000/odata/People HTTP/1.1\r\n"
                    b'Content-Type: application/json\r\n\r\n{"Name": "Ann"}\r\n--b1--\r\n',
                ),
            )
        ]
    ),
    "urlencoded-lines": Expected(
        [
            R(
                f"POST {_}/form",
                "Content-Type",
                "t",
                title="& before",
                sent=Sent(f"{_}/form", (FORM,), b"grant_type=client_credentials&client_id=abc&scope=read%20write"),
            ),
            R(
                f"POST {_}/form",
                "Content-Type",
                "t",
                title="& behind",
                sent=Sent(f"{_}/form", (FORM,), b"name=Ann&age=30"),
            ),
            R(
                f"POST {_}/form",
                "Content-Type",
                "tt",
                title="none at all, and a comment",
                sent=Sent(f"{_}/form", ((FORM[0], f"{FORM[1]}; charset=utf-8"),), b"a=1&c=3"),
            ),
            R(
                f"POST {_}/form",
                "Content-Type",
                "t",
                title="what is encoded stays",
                sent=Sent(
                    f"{_}/form",
                    (FORM,),
                    b"mail=a%40example.com&off=100%25&plus=a+b&word=gr%C3%B6%C3%9Fer&tag=%231",
                ),
            ),
            R(
                f"POST {_}/form",
                "Content-Type",
                "t",
                title="all in one line",
                sent=Sent(f"{_}/form", (FORM,), b"a=1&b=7"),
            ),
        ]
    ),
    "graphql-github-like": Expected(
        [
            R(
                f"POST {_}/graphql",
                "X-REQUEST-TYPE Authorization",
                "tt",
                title="Query with variables",
                sent=Sent(
                    f"{_}/graphql",
                    (JSON, ("Authorization", "Bearer not-a-token")),
                    b'{"query": "query Issues($name: String!, $first: Int) {\\n  repository(name: $name) {\\n\\n    '
                    b'issues(first: $first) { title }\\n  }\\n}", "operationName": "Issues", '
                    b'"variables": {"name": "httpkit", "first": 7}}',
                ),
            ),
            R(
                f"POST {_}/graphql",
                "X-Request-Type Content-Type",
                "t",
                title="Without variables",
                sent=Sent(
                    f"{_}/graphql",
                    (("Content-Type", "application/json; charset=utf-8"),),
                    b'{"query": "mutation { star(id: \\"query x\\") { ok } }", "operationName": null, "variables": {}}',
                ),
            ),
            R(
                f"GRAPHQL {_}/graphql",
                "",
                "t",
                title="JetBrains' own method",
                sent=Sent(
                    f"{_}/graphql",
                    (JSON,),
                    b'{"query": "{ viewer { login } }", "operationName": null, "variables": {}}',
                    method="POST",
                ),
            ),
            R(
                f"POST {_}/graphql",
                "X-Request-Type",
                "t",
                title="No empty line before the query",
                sent=Sent(
                    f"{_}/graphql",
                    (JSON,),
                    b'{"query": "subscription Ticks {\\n  tick\\n}", "operationName": "Ticks", "variables": {}}',
                ),
            ),
            R(
                f"POST {_}/graphql",
                "X-Request-Type",
                "t",
                title="Variables that are no JSON",
                error=Error(39, 1, "The variables behind the query are not JSON ("),
            ),
            R(
                f"POST {_}/graphql",
                "Content-Type",
                "t",
                title="JSON written by hand is nobody's business",
                sent=Sent(f"{_}/graphql", (JSON,), b'{"query": "{ viewer { login } }"}'),
            ),
        ]
    ),
    "file-bodies": Expected(
        [
            R(
                f"PUT {_}/files/pixel",
                "Content-Type",
                "f",
                title="as it is",
                sent=Sent(f"{_}/files/pixel", (("Content-Type", "image/png"),), b"\x89PNG\r\n\x1a\n\x00\xff"),
            ),
            R(
                f"POST {_}/files/template",
                "Content-Type",
                "v",
                title="filled in",
                sent=Sent(f"{_}/files/template", (JSON,), b'{"who": "Ann", "n": 7}\n'),
            ),
            R(
                f"POST {_}/files/latin1",
                "Content-Type",
                "v",
                title="in another encoding",
                sent=Sent(f"{_}/files/latin1", (("Content-Type", "text/plain; charset=latin1"),), b"caf\xe9 Ann"),
            ),
            R(
                f"POST {_}/files/variable",
                "",
                "f",
                title="named by a variable, no empty line before",
                sent=Sent(f"{_}/files/variable", (), "Grüße".encode()),
            ),
            R(
                f"POST {_}/files/around",
                "",
                "tft",
                title="text around it",
                sent=Sent(f"{_}/files/around", (), "before\nGrüße\n\nafter".encode()),
            ),
            R(
                f"POST {_}/files/none",
                "",
                "f",
                title="not there",
                error=Error(35, 3, f"{FILES}/C:\\Users\\ann\\none.bin cannot be read: No such file or directory."),
            ),
            R(
                f"POST {_}/files/klingon",
                "",
                "v",
                title="an encoding that nobody knows",
                error=Error(40, 11, f"{FILES}/payload.txt cannot be read: unknown encoding: klingon."),
            ),
        ],
        {"file": "payload.txt"},
    ),
    "oauth-token-flow": Expected(
        [
            R(
                "POST {{issuer}}/oauth2/token",
                "Authorization Content-Type",
                "t",
                title="1. A token",
                name="token",
                settings={"no-cookie-jar": ""},
                sent=Sent(
                    "https://login.example.com/oauth2/token",
                    (("Authorization", "Basic ZGVtby1jbGllbnQ6ZGVtby1zZWNyZXQtbm90LXJlYWw="), FORM),
                    b"grant_type=client_credentials&scope=orders:read%20orders:write",
                ),
            ),
            R(
                "GET https://api.example.com/orders?limit=5",
                "Authorization",
                title="2. Use it",
                name="orders",
                sent=Sent("https://api.example.com/orders?limit=5", (("Authorization", "Bearer tok-1"),)),
            ),
            R(
                "GET {{orders.response.headers.X-Next}}",
                "Authorization",
                title="3. The next page",
                sent=Sent("https://api.example.com/orders?after=5", (("Authorization", "Bearer tok-1"),)),
            ),
        ],
        {
            "issuer": "https://login.example.com",
            "client_id": "demo-client",
            "client_secret": "demo-secret-not-real",
        },
    ),
    "references": Expected(
        [
            R(
                f"POST {_}/echo",
                "Content-Type",
                "t",
                title="whole bodies",
                sent=Sent(
                    f"{_}/echo",
                    (JSON,),
                    b'{"all": B, "star": B, "root": B}'.replace(b"B", LOGIN.response.payload.read()),
                ),
            ),
            R(
                f"GET {_}/{{{{login.response.body.user.id}}}}/{{{{login.response.body.$.roles[0]}}}}"
                "/{{login.response.body.roles[1]}}",
                "X-User X-Sent",
                title="parts of bodies",
                sent=Sent(f"{_}/7/admin/staff", (("X-User", '{"id": 7}'), ("X-Sent", "ann"))),
            ),
            R(
                f"GET {_}/",
                "X-Type X-Kulala X-Sent",
                title="headers",
                sent=Sent(f"{_}/", (("X-Type", "application/json"), ("X-Kulala", "r-1"), ("X-Sent", "a/b"))),
            ),
        ]
    ),
    "system-variables": Expected(
        [
            R(
                f"GET {_}/{{{{$randomInt 5 6}}}}/{{{{$guid}}}}?id={{{{id}}}}",
                "Date X-Iso X-Own X-Local X-Stamp X-Later X-Env X-Jet",
            )
        ],
        {"id": "{{$guid}}"},
    ),
    "jetbrains-scripts": Expected(
        [
            R(
                f"POST {_}/scripts",
                "Content-Type",
                "t",
                title="before the request",
                sent=Sent(f"{_}/scripts", (JSON,), b'{"a": 1}'),
            ),
            R(f"GET {_}/report", title="what becomes of the response", sent=Sent(f"{_}/report")),
            R(f"GET {_}/short", title="no empty line before a script", sent=Sent(f"{_}/short")),
        ],
        notes=(
            (2, SCRIPT),
            (7, "A script, ./prepare.js: it is not run."),
            (12, SCRIPT),
            (17, SCRIPT),
            (18, "A script, ./check.js: it is not run."),
            (23, "The response is not saved to reports/today.json: use exchange.save()."),
            (24, "The response is not saved to reports/always.json"),
            (30, SCRIPT),
        ),
    ),
    "jetbrains-names": Expected(
        [
            R(
                f"GET {_}/them",
                title="Fetch them",
                name="fetch-them",
                settings={"no-log": ""},
                sent=Sent(f"{_}/them"),
            ),
            R(f"GET {_}/{{{{ $random.uuid }}}}", title="{{not filled}}"),
        ],
        notes=(
            (1, "“import” of another file is not done: use %http --file."),
            (3, "“run” of another file is not done"),
            (4, "“run” of another file is not done"),
        ),
    ),
    "httpyac-assertions": Expected(
        [
            R(
                f"GET {_}/json",
                "Accept",
                title="With assertions",
                sent=Sent(f"{_}/json", (("Accept", "application/json"),)),
            ),
            R(
                f"GET {_}/again",
                title="right below the headers",
                sent=Sent(f"{_}/again"),
            ),
            R(
                f"POST {_}/post",
                "Content-Type",
                "t",
                title="with scripts",
                sent=Sent(f"{_}/post", (JSON,), b'{"a": 1}'),
            ),
            R(
                f"GET {_}/{{{{JSON.stringify(one)}}}}",
                title="javascript in a template",
                error=Error(33, 27, "{{JSON.stringify(one)}} has no value (NameError: name 'JSON' is not defined"),
            ),
        ],
        notes=(
            (1, YAC),
            (10, YAC),
            (11, YAC),
            (14, "“@ref” is a setting of another client's: it is not followed."),
            (15, "“@loop” is a setting of another client's"),
            (17, YAC),
            (25, YAC),
            (28, YAC),
        ),
    ),
    "httpyac-unseparated": Expected(
        [
            R("GET {{host}}/one", name="one", sent=Sent(f"{_}/one")),
            R("POST {{host}}/two", "Content-Type", "t", name="two", sent=Sent(f"{_}/two", (JSON,), b'{"n": 2}')),
            R(
                "GET /three?late={{late}}",
                "Host",
                name="three",
                sent=Sent(f"{_}/three?late=1", (("Host", "localhost:4000"),)),
            ),
            R("DELETE {{host}}/four", sent=Sent(f"{_}/four")),
            R("PUT {{host}}/five", "Accept", name="end", sent=Sent(f"{_}/five", (ANY,))),
        ],
        {"host": _, "late": "1"},
        ((8, NO_HASHES), (15, NO_HASHES), (17, NO_HASHES), (18, NO_HASHES)),
    ),
    "kulala-like": Expected(
        [
            R(
                "POST {{base}}/things",
                "accept content-type",
                "t",
                title="CREATE",
                sent=Sent(
                    f"{_}/things",
                    (("accept", "application/json"), ("content-type", "application/json")),
                    b'{\n  "name": "thing"\n}',
                ),
            ),
            R(
                "GET {{base}}/things/{{CREATE.response.body.id}}",
                title="READ",
                error=Error(13, 21, "{{CREATE.response.body.id}} has no value: $.id matches nothing: $ has no “id”."),
            ),
            R("GET {{base}}/lua", title="lua", sent=Sent(f"{_}/lua")),
        ],
        {"base": _},
        ((16, "A script, ./before.lua: it is not run."), (19, "A script, ./after.lua: it is not run.")),
    ),
    "soap-xml": Expected(
        [
            R(
                f"POST {_}/soap",
                "Content-Type SOAPAction",
                "t",
                sent=Sent(
                    f"{_}/soap",
                    (("Content-Type", "text/xml; charset=utf-8"), ("SOAPAction", '"http://example.com/Add"')),
                    SOAP.encode(),
                ),
            ),
            R(
                f"POST {_}/soap",
                "Content-Type",
                "t",
                sent=Sent(
                    f"{_}/soap",
                    (("Content-Type", "application/soap+xml"),),
                    b'<?xml version="1.0"?>\n<empty/>',
                ),
            ),
        ]
    ),
    "webdav": Expected(
        [
            R(
                f"PROPFIND {_}/dav/",
                "Depth Content-Type",
                "t",
                sent=Sent(
                    f"{_}/dav/",
                    (("Depth", "1"), ("Content-Type", "application/xml")),
                    b'<?xml version="1.0"?>\n<propfind xmlns="DAV:"><allprop/></propfind>',
                ),
            ),
            R(f"MKCOL {_}/dav/new", sent=Sent(f"{_}/dav/new")),
            R(
                f"MOVE {_}/dav/a.txt",
                "Destination Overwrite",
                sent=Sent(f"{_}/dav/a.txt", (("Destination", f"{_}/dav/b.txt"), ("Overwrite", "F"))),
            ),
            R(f"LOCK {_}/dav/b.txt", sent=Sent(f"{_}/dav/b.txt")),
        ]
    ),
    "prompts": Expected(
        [
            R(
                f"POST {_}/login?user={{{{user}}}}",
                "Content-Type",
                "t",
                title="Ask for both",
                prompts=(("user", ""), ("otp", "The number on the device")),
            ),
            fault(10, "@prompt names no variable. Expected # @prompt NAME DESCRIPTION.", title="Nothing is asked for"),
        ]
    ),
    "pasted-responses": Expected(
        [
            R(f"GET {_}/html", sent=Sent(f"{_}/html")),
            R(f"GET {_}/xml", "Accept", sent=Sent(f"{_}/xml", (("Accept", "application/xml"),))),
            R(f"GET {_}/last", title="and one that is sent", sent=Sent(f"{_}/last")),
        ],
        notes=((3, RESPONSE), (9, NO_HASHES), (13, RESPONSE), (17, RESPONSE)),
    ),
    "other-protocols": Expected(
        [
            fault(2, "WEBSOCKET is no method of HTTP, and not spoken here.", title="a socket"),
            fault(7, "GRPC is no method of HTTP, and not spoken here.", title="a call"),
            fault(12, "GRAPHQLWS is not a method. Expected GET, POST, PUT, DELETE, …", title="something of somebody's"),
            fault(15, "A curl command stands alone: in a cell of its own, or behind %http.", title="a command"),
            fault(18, NO_REQUEST, title="a message"),
            R("GET ftp://localhost/file", title="a scheme that is not HTTP's", error=Error(21, 5, "ftp:// is not")),
        ]
    ),
    "prose": Expected(
        [
            fault(1, NO_REQUEST),
            fault(4, NO_REQUEST),
            fault(7, NO_REQUEST, title="Headers above the request"),
            fault(13, "GTE is not a method. Did you mean GET?", title="A slip of the finger"),
            fault(16, NO_REQUEST, title="Nothing behind it"),
            R(f"GET {_}/fine", sent=Sent(f"{_}/fine")),
        ]
    ),
    "broken-headers": Expected(
        [
            fault(
                4,
                "“grant_type=password&user=ann” is not a header. Expected Name: value, or an empty line before",
                title="no header and no empty line",
            ),
            R(f"GET {_}/2", "X Y", title="a name that is none", error=Error(8, 1, "Header name must be a valid HTTP")),
            R(f"GET {_}/3", "X-Name", title="a value that cannot be sent", error=Error(12, 1, "Invalid character")),
            R(
                f"GET {_}/4",
                title="a number that is none",
                settings={"timeout": "soon"},
                error=Error(16, 1, "@timeout soon is no time. Expected something like 5, 5 s or 500 ms."),
            ),
        ]
    ),
    "circular": Expected(
        [R(f"GET {_}/{{{{a}}}}", error=Error(1, 1, "@a is made of itself: a → b → c → a."))],
        {"a": "{{b}}/a", "b": "x{{ c }}", "c": "{{a}}"},
    ),
    "ndjson-bulk": Expected(
        [
            R(
                "POST http://localhost:9200/_bulk",
                "Content-Type",
                "t",
                sent=Sent(
                    "http://localhost:9200/_bulk",
                    (("Content-Type", "application/x-ndjson"),),
                    b'{"index": {"_index": "cats"}}\n{"name": "Miez"}\n',
                ),
            ),
            R(
                "POST http://localhost:9200/cats/_search",
                "Content-Type",
                "t",
                title="JSON has no such line end",
                sent=Sent("http://localhost:9200/cats/_search", (JSON,), b'{"query": {"match_all": {}}}'),
            ),
        ]
    ),
    "only-variables": Expected([], {"a": "1", "b": "{{a}}"}),
    "empty": Expected([]),
    "crlf": Expected(
        [
            R(
                f"POST {_}/crlf",
                "Content-Type X-End",
                "t",
                sent=Sent(f"{_}/crlf", (JSON, ("X-End", "1")), b'{\n  "a": 1\n}'),
            ),
            R(f"GET {_}/{{{{v}}}}", title="Next", name="next", sent=Sent(f"{_}/1")),
        ],
        {"v": "1"},
    ),
    "bom": Expected([R(f"GET {_}/bom", title="First", sent=Sent(f"{_}/bom"))]),
    "bom-crlf-multipart": Expected(
        [
            R(
                f"POST {_}/upload",
                "Content-Type",
                "t",
                sent=Sent(
                    f"{_}/upload",
                    (("Content-Type", "multipart/form-data; boundary=S"),),
                    b'--S\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--S--\r\n',
                ),
            )
        ]
    ),
    "cr-only": Expected(
        [
            R(f"POST {_}/{{{{v}}}}", "Accept", "t", sent=Sent(f"{_}/1", (ANY,), b"one\ntwo")),
            R(f"GET {_}/2", sent=Sent(f"{_}/2")),
        ],
        {"v": "1"},
    ),
    "mixed-line-ends": Expected(
        [
            R(f"POST {_}/mixed", "Accept", "t", sent=Sent(f"{_}/mixed", (ANY,), b"one\ntwo\nthree")),
            R(f"GET {_}/2", sent=Sent(f"{_}/2")),
        ]
    ),
    "no-final-newline": Expected([R(f"PUT {_}/end", "", "t", sent=Sent(f"{_}/end", (), b"no line end"))]),
    "blank-lines-of-blanks": Expected(
        [
            R(f"GET {_}/blanks", "", "t", sent=Sent(f"{_}/blanks", (), b"body")),
            R(f"GET {_}/2", "Accept", sent=Sent(f"{_}/2", (ANY,))),
        ]
    ),
    "unicode-line-ends": Expected(
        [
            R(
                f"POST {_}/unicode",
                "Content-Type",
                "t",
                sent=Sent(f"{_}/unicode", (JSON,), '{"text": "one\u2028two\x85three\x0cfour"}'.encode()),
            )
        ]
    ),
    "private-use": Expected(
        [
            R(f"GET {_}/1", sent=Sent(f"{_}/1")),
            fault(
                4,
                "Character U+E001 cannot stand in a request",
                title="one that cannot be read",
                column=27,
            ),
            R(f"GET {_}/3", sent=Sent(f"{_}/3")),
        ]
    ),
    "environments/people": Expected(
        [
            R("GET {{host}}/{{path}}?version={{version}}", "X-Key"),
            R("GET {{host}}/{{path}}/1", title="by name", name="one"),
        ],
        {"path": "people"},
    ),
    "unresolved": Expected(
        [
            R(
                f"GET {_}/?a={{{{ nobody }}}}",
                title="in the URL",
                error=Error(6, 8, "{{nobody}} has no value (NameError: name 'nobody' is not defined"),
            ),
            R(
                f"GET {_}/",
                "Accept",
                title="in a header",
                error=Error(11, 5, "{{kind}} has no value (NameError: name 'kind' is not defined"),
            ),
            R(
                f"POST {_}/",
                "",
                "t",
                title="in the body",
                error=Error(18, 9, "{{missing_one}} has no value (NameError: name 'missing_one' is not defined"),
            ),
            R(
                f"GET {_}/{{{{known}}}}",
                title="in a variable",
                error=Error(2, 12, "{{unknown}} has no value (NameError: name 'unknown' is not defined; did you mean"),
            ),
            R(
                f"GET {_}/",
                "Authorization",
                title="an answer that has not come",
                error=Error(
                    1, 10, "{{login.response.body.$.token}} has no value: $.token matches nothing: $ has no “token”."
                ),
            ),
            R(
                f"GET {_}/{{{{logn.response.body}}}}",
                title="an answer with another name",
                error=Error(
                    29,
                    27,
                    "{{logn.response.body}} has no value: no request called logn was answered yet. Did you mean login?",
                ),
            ),
            R(
                f"GET {_}/{{{{$gud}}}}",
                title="the system's",
                error=Error(32, 27, "{{$gud}} is no variable of the system. Did you mean $guid?"),
            ),
            R(
                f"GET {_}/",
                "Authorization",
                title="a sign-in",
                error=Error(36, 23, "{{$aadV2Token new}} signs in somewhere, which is not done here"),
            ),
            R(f"POST {_}/", "", "v", title="in a file", sent=Sent(f"{_}/", (), b'{"who": "Ann", "n": 7}\n')),
        ],
        {"token": "{{login.response.body.$.token}}", "known": r"\n{{unknown}}"},
    ),
}
