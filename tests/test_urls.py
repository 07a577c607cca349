import pytest

from httpkit.errors import NodeError
from httpkit.urls import url_options


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("http://h", {"hostname": "h", "path": "/"}),
        ("http://h:81/a?b=c#d", {"hostname": "h", "port": 81, "path": "/a?b=c"}),
        ("http://h/a b/é?ü=ö", {"hostname": "h", "path": "/a%20b/%C3%A9?%C3%BC=%C3%B6"}),
        ("http://h/a/../b/./c", {"hostname": "h", "path": "/b/c"}),
        ("http://h/a%2Fb", {"hostname": "h", "path": "/a%2Fb"}),
        ("http://[::1]:8080/", {"hostname": "::1", "port": 8080, "path": "/"}),
        ("http://bücher.example/", {"hostname": "xn--bcher-kva.example", "path": "/"}),
        ("http://u%40x:p%3A@h/", {"hostname": "h", "path": "/", "auth": "u@x:p:"}),
        ("HTTP://H/Path", {"hostname": "h", "path": "/Path"}),
        # Where another reader would find another host or path
        ("http://good.com\\@evil.com/", {"hostname": "good.com", "path": "/@evil.com/"}),
        ("http://a@b@h/", {"hostname": "h", "path": "/", "auth": "a@b:"}),
        ("http://h//evil.com", {"hostname": "h", "path": "//evil.com"}),
        ("http://h/..//x", {"hostname": "h", "path": "//x"}),
        ("http://h/%2e%2E/a/./b/../c/.", {"hostname": "h", "path": "/a/c/"}),
        ("http://h/a\\b", {"hostname": "h", "path": "/a/b"}),
        ("http://h/{x}`|^", {"hostname": "h", "path": "/%7Bx%7D%60|%5E"}),
        ("http://h/?a='b'", {"hostname": "h", "path": "/?a=%27b%27"}),
        ("http://h/\ud800", {"hostname": "h", "path": "/%EF%BF%BD"}),
        ("http:h/p", {"hostname": "h", "path": "/p"}),
        ("http:///h/p", {"hostname": "h", "path": "/p"}),
        ("http://h%41/", {"hostname": "ha", "path": "/"}),
        ("http://127.1/", {"hostname": "127.0.0.1", "path": "/"}),
        ("http://0x7f.1:80/", {"hostname": "127.0.0.1", "port": 80, "path": "/"}),
        (" http://h/\n", {"hostname": "h", "path": "/"}),
    ],
)
def test_a_url_as_options(url: str, options: dict[str, object]) -> None:
    assert url_options(url) == {"protocol": "http:", **options}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:3000",
        "/path",
        "http://",
        "http://h:99999/",
        "http://a b/",
        "h",
        "http://h\x7f/",
        "http://h:x/",
        "http://[::1/",
        "http://[::1]x/",
        "http://[h]/",
        "http://1.2.3.999/",
        "http://%zz%00/",
    ],
)
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(NodeError) as refused:
        url_options(url)
    assert refused.value.code in ("ERR_INVALID_URL", "ERR_INVALID_PROTOCOL")
