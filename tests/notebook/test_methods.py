"""What each method means."""

from __future__ import annotations

from httpkit.constants import METHODS
from httpkit.notebook.methods import METHOD_TABLE
from httpkit.notebook.specs import spec_url


def names(answer: str) -> set[str]:
    return {name for name, method in METHOD_TABLE.items() if getattr(method, answer)}


def test_every_method_of_node_is_explained() -> None:
    assert sorted(METHOD_TABLE) == METHODS


def test_safe_methods_are_those_of_the_registry() -> None:
    assert names("safe") == {"GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PROPFIND", "REPORT", "SEARCH"}


def test_methods_that_must_not_be_repeated() -> None:
    assert {name for name, method in METHOD_TABLE.items() if method.idempotent is False} == {
        "CONNECT", "LOCK", "PATCH", "POST",
    }  # fmt: skip


def test_safe_implies_idempotent() -> None:
    assert names("safe") <= names("idempotent")


def test_every_explanation_says_where_it_is_from() -> None:
    assert {name for name, method in METHOD_TABLE.items() if spec_url(method.spec) is None} == {"PURGE", "SOURCE"}
    assert all(method.meaning for method in METHOD_TABLE.values())
