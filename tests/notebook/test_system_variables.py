"""Values that are made anew each time."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from httpkit import redact
from httpkit.notebook import system_variables
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.system_variables import NAMES, system_value

NOW = datetime(2024, 1, 31, 15, 4, 5, 67_000, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_new_york(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(system_variables, "_now", lambda: NOW)
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("expression", "pattern"),
    [
        ("$guid", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        ("$uuid", r"[0-9a-f-]{36}"),
        ("$random.uuid", r"[0-9a-f-]{36}"),
        ("$random.uuid()", r"[0-9a-f-]{36}"),
        ("$randomInt", r"\d{1,3}"),
        ("$randomInt 5 6", "5"),
        ("$randomInt   -3    -2", "-3"),
        ("$random.integer(7, 8)", "7"),
        ("$random.alphabetic(4)", "[A-Za-z]{4}"),
        ("$random.alphabetic", "[A-Za-z]{10}"),
        ("$random.email", r"[a-z]{10}@example\.com"),
        ("$isoTimestamp", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    ],
)
def test_random_ones(expression: str, pattern: str) -> None:
    assert re.fullmatch(pattern, system_value(expression))


def test_the_upper_end_is_excluded() -> None:
    assert {system_value("$randomInt 1 3") for _ in range(200)} == {"1", "2"}


def test_two_are_not_the_same() -> None:
    assert system_value("$guid") != system_value("$guid")


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$timestamp", "1706713445"),
        ("$timestamp 1 m", "1706713505"),
        ("$timestamp -1 d", "1706627045"),
        ("$timestamp 1500 ms", "1706713446"),
        ("$datetime rfc1123", "Wed, 31 Jan 2024 15:04:05 GMT"),
        ("$datetime iso8601", "2024-01-31T15:04:05.067Z"),
        ("$datetime", "2024-01-31T15:04:05.067Z"),
        ("$datetime iso8601 1 h", "2024-01-31T16:04:05.067Z"),
        ("$datetime iso8601 1 M", "2024-02-29T15:04:05.067Z"),
        ("$datetime iso8601 -1 M", "2023-12-31T15:04:05.067Z"),
        ("$datetime iso8601 13 M", "2025-02-28T15:04:05.067Z"),
        ("$datetime iso8601 1 Q", "2024-04-30T15:04:05.067Z"),
        ("$datetime iso8601 -1 y", "2023-01-31T15:04:05.067Z"),
        ("$datetime iso8601 2 w", "2024-02-14T15:04:05.067Z"),
        ("$localDatetime iso8601", "2024-01-31T10:04:05.067-05:00"),
        ("$localDatetime rfc1123", "Wed, 31 Jan 2024 10:04:05 -0500"),
        ("$localDatetime iso8601 1 d", "2024-02-01T10:04:05.067-05:00"),
        ("$datetime 'YYYY-MM-DD HH:mm:ss'", "2024-01-31 15:04:05"),
        ('$datetime "DD/MM/YY, h:m A" -1 d', "30/01/24, 3:4 PM"),
        ("$datetime 'dddd D MMMM, DDD [of the year] a'", "Wednesday 31 January, 31 of the year pm"),
        ("$datetime 'ddd M H s.SSS Z ZZ'", "Wed 1 15 5.067 +00:00 +0000"),
        ("$localDatetime 'hh DDDD Z ZZ MMM'", "10 031 -05:00 -0500 Jan"),
        ("$localDatetime 'X x'", "1706713445 1706713445067"),
        ("$datetime YYYYMMDDTHHmmss", "20240131T150405"),
    ],
)
def test_times(expression: str, value: str) -> None:
    assert system_value(expression) == value


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("$gud", "{{$gud}} is no variable of the system. Did you mean $guid?"),
        ("$nothingLikeIt", f"{{{{$nothingLikeIt}}}} is no variable of the system. There are: ${NAMES[0]}, "),
        ("$", "{{$}} is no variable of the system."),
        ("$randomInt 1", "{{$randomInt 1}} has no value. Expected {{$randomInt MIN MAX}}."),
        ("$randomInt 2 1", "{{$randomInt 2 1}} has no value. Expected {{$randomInt MIN MAX}}."),
        ("$random.integer(a, b)", "{{$random.integer(a, b)}} has no value. Expected {{$random.integer MIN MAX}}."),
        (
            "$timestamp 3 parsecs",
            "{{$timestamp 3 parsecs}} has no value. Expected {{$timestamp … OFFSET UNIT}}, as in {{$timestamp … -3 d}}",
        ),
        ("$timestamp]", "{{$timestamp]}} is no variable of the system. Did you mean $timestamp?"),
        ("$timestamp 3", "{{$timestamp 3}} has no value. Expected {{$timestamp … OFFSET UNIT}}"),
        ("$timestamp 9999999999 d", "{{$timestamp 9999999999 d}} has no value."),
        ("$datetime iso8601 9000 y", "{{$datetime iso8601 9000 y}} has no value."),
        ("$datetime iso8601 -2024 y", "{{$datetime iso8601 -2024 y}} has no value."),
        ("$processEnv", "{{$processEnv}} has no value. Expected {{$processEnv NAME}}."),
        ("$processEnv HTTPKIT_NO_SUCH", "HTTPKIT_NO_SUCH is not set in the environment."),
        ("$dotenv", "{{$dotenv}} has no value. Expected {{$dotenv NAME}}."),
        ("$aadToken new", "{{$aadToken new}} signs in somewhere, which is not done here: put a token into a variable."),
        ('$auth.token("x")', '{{$auth.token("x")}} signs in somewhere'),
    ],
)
def test_mistakes(expression: str, message: str) -> None:
    with pytest.raises(Mistake) as raised:
        system_value(expression)
    assert str(raised.value).startswith(message)


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPKIT_TEST_NAME", "green")
    monkeypatch.setenv("HTTPKIT_TEST_WHICH", "HTTPKIT_TEST_NAME")
    monkeypatch.setenv("HTTPKIT_TEST_TOKEN", "value-of-a-secret-2")
    assert system_value("$processEnv HTTPKIT_TEST_NAME") == "green"
    assert system_value("$env.HTTPKIT_TEST_NAME") == "green"
    assert system_value("$processEnv %HTTPKIT_TEST_WHICH") == "green"
    assert system_value("$processEnv HTTPKIT_TEST_TOKEN") == "value-of-a-secret-2"
    assert "value-of-a-secret-2" not in redact.text("value-of-a-secret-2")


def test_dotenv(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / ".env").write_bytes(
        b"\xef\xbb\xbfFIRST=1\n# NO=1\nexport COLOUR = green # a comment\nQUOTED='a # b'\nDOUBLE=\"x=y\"\n"
        b"EMPTY=\nA.B-C=dots\nnothing\nWHICH=COLOUR\nAPI_KEY=value-of-a-secret-3\n"
    )
    values = {"FIRST": "1", "COLOUR": "green", "QUOTED": "a # b", "DOUBLE": "x=y", "EMPTY": "", "A.B-C": "dots"}
    for name, value in values.items():
        assert system_value(f"$dotenv {name}", inner) == value
    assert system_value("$dotenv %WHICH", inner) == "green"
    assert system_value("$dotenv API_KEY", inner) == "value-of-a-secret-3"
    assert "value-of-a-secret-3" not in redact.text("value-of-a-secret-3")
    for name in ("NO", "nothing"):
        with pytest.raises(Mistake, match=f"^{name} is not set in {tmp_path}/.env.$"):
            system_value(f"$dotenv {name}", inner)


def test_dotenv_above_a_folder_that_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("COLOUR=green")
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    assert system_value("$dotenv COLOUR", Path()) == "green"


def test_a_dotenv_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xff")
    with pytest.raises(Mistake, match=f"^{tmp_path}/.env cannot be read: 'utf-8' codec can't decode"):
        system_value("$dotenv A", tmp_path)


def test_no_dotenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "is_file", lambda path: False)
    with pytest.raises(Mistake) as raised:
        system_value("$dotenv A", tmp_path)
    assert str(raised.value) == f"{{{{$dotenv A}}}} has no value: there is no .env in {tmp_path} or above it."
