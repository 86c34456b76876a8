"""What `check` reports about text: stray characters, and empty values."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests._tools.running import findings, only, place, run, write

PASSWORD = "PYNENC__REDIS_PASSWORD"
APP = """\
from pynenc_conf import ConfigBase, ConfigField


class ConfigText(ConfigBase):
    separator: ConfigField[str] = ConfigField(", ")
    tags: ConfigField[list[str]] = ConfigField(["a"])
    labels: ConfigField[dict[str, str]] = ConfigField({})
    enabled: ConfigField[bool] = ConfigField(True)
    note: ConfigField[str] = ConfigField("")
    token: ConfigField[str] = ConfigField("", secret=True)
    count: ConfigField[int] = ConfigField(1)
"""


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("canary\n", "ends with a line break"),
        ("canary\r", "ends with a line break"),
        (" canary", "begins with whitespace"),
        ("'canary'", "begins with a quote and ends with a quote"),
        ('"canary', "begins with a quote"),
        ("\u200bcanary\ufeff", "begins with an invisible character and ends with an "),
        ("\xa0canary\t", "begins with whitespace and ends with whitespace"),
        (" ", "begins with whitespace and ends with whitespace"),
    ],
)
def test_stray_characters(
    value: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A value with whitespace, a quote or a line break at an end is a warning."""
    monkeypatch.setenv(PASSWORD, value)
    finding = only()
    assert (finding["severity"], finding["code"]) == ("warning", "stray")
    assert finding["variable"] == PASSWORD
    assert finding["message"].startswith(f"redis_password: the value {message}")
    assert "canary" not in json.dumps(finding)


def test_stray_characters_of_invalid_classes() -> None:
    """Stray characters are reported beside the values that are invalid."""
    text = "redis_port: six\nredis_host: 'host '\nredis: {redis_username: \"'me'\"}\n"
    found = findings(write("pynenc.yaml", text))
    assert [(item["code"], item["line"]) for item in found] == [
        ("value", 1),
        ("stray", 2),
        ("stray", 3),
    ]


def test_a_secret_in_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file with a secret, more than one line break at its end is a warning."""
    for text, codes in (("canary\n", []), ("canary\n\n", ["stray"])):
        monkeypatch.setenv(f"{PASSWORD}_FILE", write("secret", text))
        assert [item["code"] for item in findings()] == codes


@pytest.fixture
def check_own(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that checks a file with a class of an application."""
    monkeypatch.syspath_prepend(".")
    write("text_settings.py", APP)

    def check(text: str) -> list[tuple[str, Any]]:
        path = write("own.yaml", text)
        found = findings(path, "--app", "text_settings")
        return [(item["code"], item["key"]) for item in found]

    return check


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("text: {tags: [a, 'b ']}", [("stray", "text.tags")]),
        ("text: {labels: {a: \"'b'\"}}", [("stray", "text.labels")]),
        ("text: {separator: '; '}", []),
        ("text: {note: 'it''s'}", []),
        ("text: {count: ' 2 '}", []),
        ("text: {separator: ''}", [("empty", "text.separator")]),
        ("text: {note: '', token: ''}", []),
        ("text: {tags: []}", []),
    ],
)
def test_text_in_files(
    text: str, expected: list[tuple[str, str]], check_own: Any
) -> None:
    """Elements are checked too; a default with such an end allows such values."""
    assert check_own(text) == expected


@pytest.mark.parametrize("name", ["SEPARATOR", "TAGS", "ENABLED"])
def test_empty_variables(
    name: str, check_own: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty variable that replaces a default is a warning: `${VAR:-}`."""
    monkeypatch.setenv(f"CONFIG__CONFIGTEXT__{name}", "")
    assert check_own("{}") == [("empty", None)]
    text = run("check", "--app", "text_settings").stdout
    assert f"{name.lower()}: empty text replaces the default" in text


@pytest.mark.parametrize("name", ["NOTE", "TOKEN", "LABELS"])
def test_empty_variables_without_effect(
    name: str, check_own: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty variable whose default is empty too is not reported."""
    monkeypatch.setenv(f"CONFIG__CONFIGTEXT__{name}", "")
    assert check_own("{}") == []


def test_an_empty_value_that_is_overridden(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty value that another value overrides replaces no default."""
    monkeypatch.setenv("PYNENC__REDIS_HOST", "redis")
    found = findings(write("pynenc.yaml", "redis_host: ''\n"))
    assert [item["code"] for item in found] == ["dead"]


def test_the_place_of_an_empty_variable() -> None:
    """The place is that of the file that sets the variable."""
    text = "services:\n  a:\n    environment:\n      PYNENC__REDIS_HOST: ${HOST:-}\n"
    path = write("compose.yaml", text)
    finding = only("--no-env", "--env-file", path)
    assert (finding["code"], place(finding)) == ("empty", ("compose.yaml", 4, 27))
