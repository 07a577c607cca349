"""Bodies are shown readable, safe, and in part where they are long."""

from __future__ import annotations

import base64
import gzip
import html
import re
import zlib
from dataclasses import replace

import brotli
import pytest

from httpkit.headers import IncomingHeaders
from httpkit.notebook.body import (
    MAX_EMBEDDED,
    MAX_TEXT,
    Body,
    body_html,
    body_text,
    declared_size,
    dump,
    kind_of,
    size_of,
)
from httpkit.payload import Payload
from httpkit.veil import Veil

from .test_html import HOSTILE, Tags

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def body(data: bytes | str, content_type: str | None = None, **headers: str) -> Body:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    if content_type is not None:
        fields["content-type"] = content_type
    return Body(Payload(data.encode() if isinstance(data, str) else data), IncomingHeaders(fields))


@pytest.mark.parametrize(
    ("kind", "data", "content_type"),
    [
        ("empty", b"", "text/html"),
        ("json", b"{}", "application/json; charset=utf-8"),
        ("json", b"{}", "application/problem+json"),
        ("html", b"<p>", "text/html;charset=utf-8"),
        ("html", b"<p>", "TEXT/HTML"),
        ("image", PNG, "image/png"),
        ("image", b"<svg/>", "image/svg+xml"),
        ("binary", b"x", "image/unheard-of"),
        ("text", b"hello", None),
        ("text", b"a=1", "application/x-www-form-urlencoded"),
        ("text", b"<a/>", "application/atom+xml"),
        ("text", "grüße".encode("latin-1"), "text/plain; charset=latin-1"),
        ("binary", PNG, None),
        ("binary", b"\x00\x01", "text/plain"),
        ("binary", b"PK", "application/zip"),
    ],
)
def test_kinds(kind: str, data: bytes, content_type: str | None) -> None:
    assert kind_of(body(data, content_type)) == kind


def test_text_in_its_charset() -> None:
    assert body_text(body("grüße".encode("latin-1"), "text/plain; charset=iso-8859-1")) == "grüße"


def test_json_is_laid_out_and_broken_json_is_shown_as_it_is() -> None:
    assert body_text(body('{"a":[1]}', "application/json")) == '{\n  "a": [\n    1\n  ]\n}'
    assert body_text(body('{"a":', "application/json")) == (
        '{"a":\nIt says that it is JSON, and cannot be read as such: Expecting value: line 1 column 6 (char 5).'
    )
    assert "<pre" in body_html(body('{"a":', "application/json"))


def test_a_page_is_previewed_where_it_can_do_nothing() -> None:
    shown = body_html(body("<h1>Hi</h1><script>alert(1)</script>", "text/html"))
    frames = re.findall(r"<iframe ([^>]*)>", shown)
    assert len(frames) == 1
    assert frames[0].startswith('sandbox="" srcdoc=')
    page = html.unescape(re.search(r'srcdoc="([^"]*)"', frames[0])[1])  # type: ignore[index]
    assert page.startswith('<!doctype html><base target="_blank"><meta http-equiv="Content-Security-Policy"')
    assert "default-src 'none'" in page
    assert page.endswith("<h1>Hi</h1><script>alert(1)</script>")
    assert "script" not in Tags(shown).tags


@pytest.mark.parametrize("content_type", ["text/plain", "text/html", "application/json", "image/png", "x/y", None])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_bodies(text: str, content_type: str | None) -> None:
    shown = Tags(body_html(body(text, content_type)))
    assert not {"script", "svg", "section"} & set(shown.tags)
    assert not [name for name in shown.attributes if name.startswith("on")]


def test_an_image_has_a_description() -> None:
    assert '<img src="data:image/png;base64,iVBOR' in body_html(body(PNG, "image/png"))
    assert 'alt="image/png, 48 bytes"' in body_html(body(PNG, "image/png"))
    assert body_text(body(PNG, "image/png")) == "[image/png, 48 bytes]"


def test_bytes_are_dumped() -> None:
    assert dump(b"GET /\x00\xff") == "000000  47 45 54 20 2f 00 ff" + " " * 27 + "  GET /··"
    assert dump(bytes(17)).splitlines()[1].startswith("000010  00 ")
    assert body_text(body(bytes(300), "x/y")).endswith("256 of 300 bytes; all are in .content")


def test_a_long_text_is_shown_in_part_and_says_so() -> None:
    long = body("x" * 500_000, "text/plain")
    shown = body_text(long)
    assert shown.startswith("x" * MAX_TEXT + "\n… the first 20,000 characters; all 500.0 kB are in .content")
    assert len(body_html(long)) < MAX_TEXT + 1000


def test_a_secret_does_not_show_at_the_edge_of_what_is_shown() -> None:
    data = "x" * (MAX_TEXT - 10) + '"password": "hunter22222222"'
    assert "hunter" not in body_text(body(data, "text/plain"))


def test_compressed_bodies_are_unpacked() -> None:
    assert body_text(body(gzip.compress(b"hello"), "text/plain", content_encoding="gzip")) == "hello"
    assert body_text(body(zlib.compress(b"[1]"), "application/json", content_encoding="deflate")) == "[\n  1\n]"
    assert body_text(body(brotli.compress(b"hello"), "text/plain", content_encoding="br")) == "hello"
    assert body_text(body(b"not gzip", "text/plain", content_encoding="gzip")) == "not gzip"


def test_a_bomb_does_not_go_off() -> None:
    bomb = body(gzip.compress(bytes(50_000_000)), "application/x", content_encoding="gzip")
    assert len(bomb.data) == MAX_EMBEDDED + 1
    assert "256 of more than 1,000,000 bytes; all are in .content" in body_text(bomb)


def test_what_is_shown_in_part_can_be_saved_whole_without_its_secrets() -> None:
    data = '{"password": "hunter22222222"}' + "x" * 50_000
    [link] = re.findall(
        r'<a href="data:application/octet-stream;base64,([^"]*)" download="body.txt">',
        body_html(body(data, "text/plain")),
    )
    assert base64.b64decode(link).decode() == data.replace("hunter22222222", "••••••")
    assert "download" not in body_html(body("short", "text/plain"))
    assert "exchange.save(path)" in body_html(body("x" * 2_000_000, "text/plain"))


def test_bytes_that_are_secrets_are_not_dumped() -> None:
    shown = Body(Payload(b"\x00sesame1"), veil=Veil(frozenset(["sesame1"])))
    assert body_text(shown) == "••••••\n8 bytes with a secret among them; all are in .content"
    assert "sesame1" not in body_html(shown)
    assert "sesame1" in body_text(replace(shown, veil=Veil(reveal=True)))


def test_a_secret_of_which_only_the_start_has_come_is_hidden() -> None:
    growing = Body(Payload(b"it is sesam"), IncomingHeaders(), Veil(frozenset(["sesame-12"])), is_cut=True)
    assert body_text(growing) == "it is ••••••"
    assert body_text(replace(growing, is_cut=False)) == "it is sesam"


def test_what_json_has_under_a_secret_name_is_hidden_whatever_it_is() -> None:
    shown = body(
        '{"password": ["one-secret"], "credentials": {"value": "another-one"}, "pass\\u0077ord": 12}', "text/json"
    )
    for text in (body_text(shown), body_html(shown)):
        assert not [each for each in ("one-secret", "another-one", "12") if each in re.sub(r"<[^>]*>", "", text)]


def test_server_sent_events_are_a_table() -> None:
    shown = body("id: 1\nevent: tick\ndata: tea\n\ndata: cake\n\n", "text/event-stream")
    assert kind_of(shown) == "events"
    assert "tick" in body_text(shown)
    assert "<table" in body_html(shown)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (999_960, "1.0 MB"),
        (5_000_000_000_000, "5000.0 GB"),
    ],
)
def test_sizes(count: int, words: str) -> None:
    assert size_of(count) == words


@pytest.mark.parametrize(
    ("content_type", "data"),
    [
        ("application/xml", "<a><password>FIRSTPART"),
        ("text/plain", "<a><password>FIRSTPART"),
        ("text/html", "<p><input name=password value=FIRSTPART"),
        ("application/json", '{"credentials": {"a": "FIRSTPART", "b": ["FIRSTPART",'),
        (None, '{"credentials": {"a": "FIRSTPART", "b": ["FIRSTPART",'),
        ("application/octet-stream", '{"credentials": {"a": "FIRSTPART", "b": ["FIRSTPART",'),
        ("text/event-stream", 'data: {"credentials": {"a": "FIRSTPART",\ndata: "b": ["FIRSTPART",'),
        ("text/event-stream", 'data: {"credentials": {"a": "FIRSTPART",\n\ndata: "b": 1'),
        ("text/event-stream", 'data: {"credentials": {"a": "FIRSTPART"}}\n\n'),
    ],
)
def test_a_named_secret_of_which_only_the_start_has_come_is_hidden(content_type: str | None, data: str) -> None:
    growing = replace(body(data, content_type), is_cut=True)
    for shown in (body_text(growing), html.unescape(html.unescape(body_html(growing)))):
        assert "FIRSTPART" not in shown
        assert b"FIRSTPART".hex(" ") not in shown
        assert "FIRSTPA" not in shown
    for source in re.findall(r"base64,([A-Za-z0-9+/=]+)", body_html(growing)):
        assert b"FIRSTPART" not in base64.b64decode(source)


def test_events_behind_one_with_a_secret_are_shown() -> None:
    stream = body('data: {"credentials": {"a": "hidden"}}\n\ndata: shown\n\ndata: be', "text/event-stream")
    assert body_text(replace(stream, is_cut=True)).endswith("message: shown\nOne more event has begun.")


def test_bytes_that_go_on_are_dumped() -> None:
    growing = replace(body(bytes(range(256)) * 4, "x/y"), is_cut=True)
    assert body_text(growing).startswith("000000  00 01 02")


def test_a_dump_keeps_its_columns() -> None:
    assert '<pre tabindex="0" role="region" aria-label="Body as bytes" class="httpkit-dump">' in body_html(
        body(PNG, "x/y")
    )
    assert "httpkit-dump" not in body_html(body("hello", "text/plain"))


def test_a_type_is_shown_without_secrets() -> None:
    shown = Body(Payload(b"x"), IncomingHeaders({"content-type": "Text/S3CRET; a=b"}), Veil(frozenset(["S3CRET"])))
    assert (shown.shown_type, shown.media_type) == ("text/••••••", "text/s3cret")


@pytest.mark.parametrize(
    ("length", "size"),
    [
        ("0", 0),
        ("12", 12),
        ("9" * 18, int("9" * 18)),
        ("9" * 19, None),
        ("1" * 5000, None),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
    ],
)
def test_a_declared_size(length: str, size: int | None) -> None:
    assert declared_size(IncomingHeaders({"content-length": length})) == size
