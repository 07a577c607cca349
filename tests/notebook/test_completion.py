"""What could stand at the cursor."""

from __future__ import annotations

import pytest

from httpkit.exchange import Exchange
from httpkit.messages import ReceivedResponse, SentRequest
from httpkit.notebook.completion import World, complete
from httpkit.payload import Payload

LOGIN = Exchange(
    SentRequest("POST", "http://h/", (("X-Sent", "1"),)),
    ReceivedResponse(200, "OK", "1.1", (("X-Got", "1"),), Payload(b'{"token": 1, "user": {"name": 1}, "a b": 2}')),
)
WORLD = World(
    ("http://localhost:3000/", "http://localhost:8080/"),
    ("3000", "8080"),
    {"token": "abc", "page": 2, "_hidden": 1, "http": object(), "login": LOGIN},
)


def at(text: str) -> tuple[str, list[str]] | None:
    """What is offered at the | in `text`, and in place of what."""
    found = complete(text.replace("|", ""), text.index("|"), WORLD)
    return None if found is None else (found.fragment, list(found.texts))


@pytest.mark.parametrize(
    ("text", "fragment", "expected"),
    [
        ("%http G|", "G", ["GET"]),
        ("answer = %http p|", "p", ["POST", "PUT", "PATCH"]),
        ("x = 1\n%http :|", ":", [":3000/", ":8080/"]),
        ("%http GET |", "", [":3000/", ":8080/"]),
        ("%http GET loc|", "loc", ["localhost:3000/", "localhost:8080/"]),
        ("%http GET http://localhost:8|", "http://localhost:8", ["http://localhost:8080/"]),
        ("%http --form PUT :8|", ":8", [":8080/"]),
        ("%http :3000 If-N|", "If-N", ["If-None-Match:"]),
        ("%http :3000 Content-Type:image|", "image", ["image/png"]),
        ("%http :3000 a=1 X-Unheard-Of:|", "", []),
        ("%http --max|", "--max", ["--max-redirects"]),
        ("%http --verify |", "", ["yes", "no"]),
        ("%http --auth-type be|", "be", ["bearer"]),
        ("%http --timeout |", "", []),
        ("%http :3000/{{pa|", "pa", ["page"]),
        ("%http :3000 X-Token:{{ to|", "to", ["token"]),
        ("%status 40|", "40", ["400", "401", "402", "403", "404", "405", "406", "407", "408", "409"]),
        ("%status not f|", "not f", ["not found"]),
        ("%status gateway|", "gateway", ["bad gateway", "gateway timeout"]),
        ("%stop 3|", "3", ["3000"]),
        ("%traffic cl|", "cl", ["client", "clear"]),
        ("%har --o|", "--o", ["--open"]),
        ("%%serve 80|", "80", ["8080"]),
        ("%%serve 3000\nres.writeH|", "writeH", ["writeHead", "writeHeader"]),
        ("%%serve 3000\nif req.rawHe|", "rawHe", ["rawHeaders"]),
        ("  %http P|", "P", ["POST", "PUT", "PATCH"]),
        ("%http --timeout 5 G|", "G", ["GET"]),
        ("%http curl -|", "", []),
        ("%%http --verify n|", "n", ["no"]),
        ("%%http\nGET {{login.response.body.$.user.|", "$.user.", ["$.user.name"]),
        ("%%http --foll|", "--foll", ["--follow"]),
        ("%%http\nDEL|", "DEL", ["DELETE"]),
        ("%%http\n# a comment\n@a = 1\n\nPOST http://localhost:3|", "http://localhost:3", ["http://localhost:3000/"]),
        ("%%http\nGET http://h/ HTTP|", "", []),
        ("%%http\nGET http://h/\n# gone\nAccept-L|", "Accept-L", ["Accept-Language: "]),
        ("%%http\nGET http://h/\nAccept: text/e|", "text/e", ["text/event-stream"]),
        ("%%http\nPOST http://h/\n\nAcc|", "", []),
        ("%%http\nPOST http://h/\n\n{}\n\n### Next\nHEA|", "HEA", ["HEAD"]),
        ("%%http\n# @|", "@", ["@name", "@note", "@no-redirect", "@no-cookie-jar", "@prompt", "@timeout", "@no-log"]),
        ("%%http\n@user = 1\n# @name made\nGET {{|", "", ["login", "made", "page", "token", "user"]),
        ("%%http\nGET {{$ti|", "$ti", ["$timestamp"]),
        ("%%http\nGET {{login.|", "", ["response.body", "response.headers", "request.body", "request.headers"]),
        ("%%http\nGET {{login.response.|", "", ["body", "headers"]),
        ("%%http\nGET {{login.response.headers.|", "", ["X-Got"]),
        ("%%http\nGET {{login.request.headers.x|", "x", ["X-Sent"]),
        ("%%http\nGET {{login.response.body.|", "", ["$.token", "$.user"]),
        ("%%http\nGET {{other.response.body.|", "", []),
    ],
)
def test_what_is_offered(text: str, fragment: str, expected: list[str]) -> None:
    assert at(text) == (fragment, expected)


@pytest.mark.parametrize("text", ["imp|", "x = %tim|", "%%timeit\nGET|", "print('%http ')|"])
def test_what_is_not_ours(text: str) -> None:
    assert at(text) is None


def test_only_what_a_request_says_is_offered() -> None:
    found = at("%%http\nGET http://h/\n|")
    assert found is not None
    assert found[1][:3] == ["Accept: ", "Authorization: ", "Content-Type: "]
    assert not {"ETag: ", "Set-Cookie: ", "Location: "} & set(found[1])
