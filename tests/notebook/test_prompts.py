"""What is typed unseen stays unseen."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from httpkit import redact
from httpkit.notebook import prompts
from httpkit.notebook.mistakes import Mistake
from httpkit.notebook.prompts import prompted, secret


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> Iterator[None]:
    yield
    redact.forget()


def typed(monkeypatch: pytest.MonkeyPatch, value: str) -> list[str]:
    questions: list[str] = []

    def getpass(question: str) -> str:
        questions.append(question)
        return value

    monkeypatch.setattr(prompts, "getpass", getpass)
    return questions


def test_what_is_typed_is_hidden_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    questions = typed(monkeypatch, "typed-1")
    assert prompted("pin", "Your pin") == "typed-1"
    assert questions == ["pin (Your pin): "]
    assert redact.text("it is typed-1") == f"it is {redact.HIDDEN}"


@pytest.mark.parametrize("stop", [EOFError, KeyboardInterrupt])
def test_who_types_nothing_sends_nothing(monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]) -> None:
    def getpass(question: str) -> str:
        raise stop

    monkeypatch.setattr(prompts, "getpass", getpass)
    with pytest.raises(Mistake, match="Nothing was typed for pin"):
        prompted("pin")


def test_a_secret_is_looked_for_before_anybody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    questions = typed(monkeypatch, "typed-1")
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setenv("HTTPKIT_TEST_TOKEN", "environment-1")
    assert secret("HTTPKIT_TEST_TOKEN") == "environment-1"
    assert redact.text("environment-1") == redact.HIDDEN
    monkeypatch.delenv("HTTPKIT_TEST_TOKEN")
    assert secret("HTTPKIT_TEST_TOKEN") == "typed-1"
    assert questions == ["HTTPKIT_TEST_TOKEN: "]


class KeyringError(Exception):
    pass


def keyring(get: Any) -> SimpleNamespace:
    return SimpleNamespace(get_password=get, errors=SimpleNamespace(KeyringError=KeyringError))


def test_the_keyring_is_asked_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", keyring(lambda service, name: f"{service}-{name}-1"))
    assert secret("TOKEN_IN_KEYRING") == "httpkit-TOKEN_IN_KEYRING-1"


def test_a_machine_without_a_keyring_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(service: str, name: str) -> str:
        raise KeyringError

    typed(monkeypatch, "typed-1")
    monkeypatch.setitem(sys.modules, "keyring", keyring(fail))
    assert secret("TOKEN_IN_KEYRING") == "typed-1"
