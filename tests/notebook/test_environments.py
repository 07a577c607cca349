"""Environments: sets of variables in files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from httpkit import redact
from httpkit.notebook.environments import environment
from httpkit.notebook.mistakes import Mistake

from .http_expected import FILES


def write(folder: Path, name: str, content: object) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


PUBLIC, PRIVATE, SETTINGS = "http-client.env.json", "http-client.private.env.json", ".vscode/settings.json"


def test_public_private_and_shared() -> None:
    folder = FILES / "environments"
    assert environment(folder, "dev") == {
        "host": "http://localhost:4000",
        "api_key": "dev-key-not-real",
        "version": "v1",
        "scheme": "http",
        "devKey": "dev-key-not-real",
    }
    prod = environment(folder, "prod")
    assert (prod["host"], prod["version"], prod["api_key"]) == ("https://api.example.com", 2, "prod-key-not-real")
    assert prod["SSLConfiguration"] == {"verifyHostCertificate": True}
    assert "prod-key-not-real" not in redact.text("prod-key-not-real")


def test_the_nearer_counts_more_and_shared_ones_count_less(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    write(tmp_path, PUBLIC, {"dev": {"x": "far", "y": "far", "z": "far"}})
    write(inner, PUBLIC, {"$shared": {"y": "shared", "s": "shared"}, "dev": {"x": "near"}})
    write(inner, PRIVATE, {"$shared": {"x": "shared"}, "dev": {"p": "private"}})
    assert environment(inner, "dev") == {"x": "near", "y": "far", "z": "far", "s": "shared", "p": "private"}


def test_visual_studio_codes_settings(tmp_path: Path) -> None:
    write(
        tmp_path,
        SETTINGS,
        """{
          // where it is
          "editor.fontSize": 12, /* and
          more */
          "rest-client.environmentVariables": {
            "$shared": {"version": "v1", "prodToken": "p//t"},
            "local": {"version": "v2", "token": "{{$shared prodToken}}", "url": "http://h/{{version}}",},
          },
        }""",
    )
    assert environment(tmp_path, "local") == {
        "version": "v2",
        "prodToken": "p//t",
        "token": "p//t",
        "url": "http://h/v2",
    }


def test_settings_that_cannot_be_read_are_about_other_things(tmp_path: Path) -> None:
    write(tmp_path, SETTINGS, "{ no")
    write(tmp_path, PUBLIC, {"dev": {"a": 1}})
    assert environment(tmp_path, "dev") == {"a": 1}


def test_a_folder_that_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, PUBLIC, {"dev": {"a": 1}})
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    assert environment(Path(), "dev") == {"a": 1}


def test_values_are_worked_out_when_they_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPKIT_TEST_NAME", "green")
    write(tmp_path, ".env", "WORD=from-dotenv")
    write(
        tmp_path,
        PUBLIC,
        {
            "dev": {
                "set": "{{$processEnv HTTPKIT_TEST_NAME}}/{{$dotenv WORD}}",
                "unset": "{{$processEnv HTTPKIT_NO_SUCH}}",
                "shared": "{{$shared nothing}}",
                "python": "{{1 + 1}}",
                "circle": "{{ round }}",
                "round": "{{circle}}",
                "open": "{{a",
            }
        },
    )
    values = environment(tmp_path, "dev")
    assert (values["set"], values["open"]) == ("green/from-dotenv", "{{a")
    for name, message in {
        "unset": "HTTPKIT_NO_SUCH is not set in the environment.",
        "shared": "{{$shared nothing}} in the environment dev has no value. Expected one of its variables, "
        "{{$shared NAME}} or {{$dotenv NAME}}.",
        "python": "{{1 + 1}} in the environment dev has no value. Expected one of its variables, {{$shared NAME}} or "
        "{{$dotenv NAME}}.",
        "circle": "circle of the environment dev is made of itself.",
        "round": "round of the environment dev is made of itself.",
    }.items():
        with pytest.raises(Mistake) as raised:
            values[name]
        assert str(raised.value) == message


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({PUBLIC: {"dev": {}, "prod": {}, "$shared": {}}}, "No environment is called test. There are: dev, prod."),
        ({PUBLIC: {"test": 1}}, "No environment is called test. Expected one in http-client.env.json, in {folder} or"),
        (
            {PUBLIC: [1]},
            "No environment is called test. Expected one in http-client.env.json, in {folder} or above it.",
        ),
        ({}, "No environment is called test. Expected one in http-client.env.json, in {folder} or above it."),
        ({PUBLIC: "{"}, "{folder}/http-client.env.json is not JSON that can be read (Expecting property name"),
        ({PRIVATE: "nope"}, "{folder}/http-client.private.env.json is not JSON that can be read (Expecting value"),
    ],
)
def test_mistakes(files: dict[str, object], message: str, tmp_path: Path) -> None:
    for name, content in files.items():
        write(tmp_path, name, content)
    with pytest.raises(Mistake) as raised:
        environment(tmp_path, "test")
    assert str(raised.value).startswith(message.replace("{folder}", str(tmp_path)))
