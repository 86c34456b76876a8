"""`check`, `diff` and `compat` of structures and of required settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pynenc_conf import ConfigBase, ConfigField
from pynenc_conf._tools.check.deployment import check_deployment
from tests._tools import shop
from tests._tools.running import findings, place, run, run_json, sources, write
from tests._tools.shop import CANARY

APP = ("--app", "shop_of_structures")
COMPLETE = "api_key: key\nrelay: {host: relay.internal}\n"


@pytest.fixture(autouse=True)
def _application(monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the module of an application, because `--app` takes a whole package."""
    write("shop_of_structures.py", Path(shop.__file__).read_text(encoding="utf-8"))
    monkeypatch.syspath_prepend(str(Path.cwd()))


def check(text: str) -> list[dict[str, Any]]:
    """Return the findings for a file with the required settings and `text`."""
    return findings(write("shop.yaml", f"{COMPLETE}{text}"), *APP)


def test_members_are_known() -> None:
    """Keys and variables of members are not findings."""
    text = "smtp: {port: 5, retry: {count: 1}}\nshop: {labels: {color: a}}\n"
    assert check(text) == []
    write("shop.yaml", COMPLETE)
    names = ("SMTP__PORT", "CONFIGSHOP__SMTP__RETRY__COUNT", "TOKEN__USER_FILE")
    lines = "".join(f"CONFIG__{name}=5\n" for name in names[:2])
    secret = write("secret", "me")
    path = write("shop.env", f"{lines}CONFIG__{names[2]}={secret}\n")
    assert findings("shop.yaml", *APP, "--env-file", path) == []


def test_unknown_members() -> None:
    """An unknown member is an error at its own place, with a suggestion."""
    prot, cuont = check("smtp:\n  prot: 5\n  retry:\n    cuont: 4\n")
    assert (prot["severity"], prot["code"], prot["suggestion"]) == (
        "error",
        "value",
        "port",
    )
    assert place(prot) == ("shop.yaml", 4, 9)
    assert prot["message"] == "smtp.prot: unknown member"
    assert (cuont["suggestion"], place(cuont)) == ("count", ("shop.yaml", 6, 12))


def test_missing_settings() -> None:
    """A missing setting is an error with every way to set it; members have a place."""
    path = write("shop.yaml", "relay:\n  port: 5\n")
    found = findings(path, *APP)
    assert [(item["severity"], item["code"]) for item in found] == [
        ("error", "missing"),
        ("error", "missing"),
    ]
    relay, key = found
    assert place(relay) == ("shop.yaml", 2, 3)
    assert "variable CONFIG__RELAY__HOST" in relay["message"]
    assert place(key) == (None, None, None)
    assert key["message"].startswith("api_key: missing required setting; set one")
    assert run("check", path, *APP).exit_code == 1


def test_missing_settings_of_related_classes() -> None:
    """What a class and its descendants miss is one finding, with the class's keys."""

    class ConfigOnline(shop.ConfigShop):
        pass

    class ConfigOther(ConfigBase):
        api_key: ConfigField[str] = ConfigField()

    path = write("shop.yaml", "relay: {host: a}\n")
    classes = [shop.ConfigShop, ConfigOnline, ConfigOther]
    found = check_deployment(sources(path, inherit=False), classes).as_dict()
    messages = [item["message"] for item in found["findings"]]
    assert [item["classes"] for item in found["findings"]] == [
        ["ConfigOther"],
        ["ConfigShop", "ConfigOnline"],
    ]
    assert "key other.api_key" in messages[0]
    assert "key online.api_key" not in messages[1]


def test_values_of_incomplete_classes_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Overridden values are also found if required settings are missing."""
    monkeypatch.setenv("CONFIG__SIZE", "2")
    path = write("shop.yaml", "size: 1\n")
    codes = [(item["severity"], item["code"]) for item in findings(path, *APP)]
    assert ("note", "dead") in codes


def test_overridden_members(monkeypatch: pytest.MonkeyPatch) -> None:
    """A member that another source overrides is a note, the other members are used."""
    monkeypatch.setenv("CONFIG__SMTP__PORT", "2")
    (dead,) = check("smtp: {host: a, port: 5}\n")
    assert (dead["severity"], dead["code"]) == ("note", "dead")
    assert dead["message"].startswith("smtp.port: never used, because environment")
    assert place(dead) == ("shop.yaml", 3, 23)


@pytest.mark.parametrize(
    ("name", "code", "suggestion"),
    [
        ("CONFIG__SMTP__PROT", "unknown", "CONFIG__SMTP__PORT"),
        ("CONFIG__CONFIGSHOP__SMTP__SIZE", "unknown", None),
        ("CONFIG__SHOP__SMTP__PORT", "spelling", "CONFIG__CONFIGSHOP__SMTP__PORT"),
        ("CONFIG_SMTP_PORT", "spelling", "CONFIG__SMTP__PORT"),
        ("CONFIG__SMTP__PORT_FILE", "unread", None),
    ],
)
def test_unknown_variables(
    name: str, code: str, suggestion: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable of a member is compared with the variables of that structure."""
    monkeypatch.setenv(name, "5")
    (finding,) = check("")
    assert (finding["code"], finding["variable"]) == (code, name)
    assert finding["suggestion"] == suggestion


def test_variables_of_tasks() -> None:
    """The variable of a task may set a member."""
    code = (
        "from typing import NamedTuple\n"
        "from pynenc_conf import ConfigField, ConfigTask\n"
        "class Size(NamedTuple):\n    width: int = 1\n"
        "class ConfigWide(ConfigTask):\n    size = ConfigField(Size())\n"
    )
    write("wide_of_test.py", code)
    app = ("--app", "wide_of_test")
    prefix = "PYNENC__CONFIGWIDE__SHOP__PAY"
    good = write("good.env", f"{prefix}__SIZE__WIDTH=5\n")
    assert findings("--env-file", good, *app) == []
    (invalid,) = findings(
        "--env-file", write("bad.env", f"{prefix}__SIZE__WIDTH=five\n"), *app
    )
    assert invalid["message"] == "size.width: expected int, got 'five'"
    assert run("compat", "--env-file", good, *app).exit_code in {0, 1}


@pytest.mark.skipif("os.name != 'posix'", reason="only POSIX has these permissions")
def test_world_readable_members() -> None:
    """A secret structure in a file that everyone can read is a warning."""
    text = f"api_key: ''\nrelay: {{host: a}}\ntoken: {{user: {CANARY}}}\n"
    path = write("shop.yaml", text, 0o644)
    (finding,) = findings(path, *APP)
    assert (finding["code"], place(finding)) == ("world-readable", (path, 3, 8))
    lines = f"CONFIG__TOKEN__USER={CANARY}\nCONFIG__API_KEY=\n"
    env_file = write("shop.env", lines, 0o644)
    path = write("shop.yaml", "relay: {host: a}\n")
    done = run("check", path, *APP, "--env-file", env_file)
    assert CANARY not in done.output
    assert "contains a secret (token.user)" in done.output


def test_classes_without_findings() -> None:
    """Structures of a class that is complete are checked without findings."""
    path = write("shop.yaml", COMPLETE)
    found = check_deployment(sources(path, inherit=False), [shop.ConfigShop])
    assert found.summary() == "no problems found"


def diff(*arguments: str) -> dict[str, tuple[Any, Any]]:
    """Return the values that differ, by field or member."""
    differences = run_json("diff", *arguments, *APP)["differences"]
    return {
        item["field"]: (item["a"]["value"], item["b"]["value"]) for item in differences
    }


def test_differences_by_member() -> None:
    """Two structures are compared by member, None and a structure as a whole."""
    a = write("a.yaml", f"{COMPLETE}smtp: {{port: 5}}\nlabels: {{color: red}}\n")
    b = write(
        "b.yaml", f"{COMPLETE}smtp: {{retry: {{count: 1}}}}\nbackup: {{host: b}}\n"
    )
    found = diff(a, b)
    assert list(found) == ["smtp.port", "smtp.retry.count", "backup", "labels.color"]
    assert found["smtp.port"] == (5, 25)
    assert found["labels.color"] == ("red", None)
    text = run("diff", a, b, *APP).stdout
    assert "  -  5   a.yaml:3:14  smtp.port\n  +  25  default of ConfigShop\n" in text
    assert "+  not set" in text
    assert "+  {host: b" in text


def test_differences_of_missing_settings() -> None:
    """A required setting may be missing on one side, or on both."""
    path = write("shop.yaml", COMPLETE)
    assert diff("defaults", path) == {
        "api_key": (None, "***"),
        "relay.host": (None, "relay.internal"),
    }
    assert run("diff", "defaults", "defaults", *APP).exit_code == 0
    assert "-  missing" in run("diff", "defaults", path, *APP).stdout


@pytest.mark.parametrize("text", ["", COMPLETE], ids=["incomplete", "complete"])
def test_snapshots_with_members(text: str) -> None:
    """A snapshot is compared by member, also if it was taken of an incomplete class."""
    path = write("shop.yaml", f"{text}size: 3\n")
    snapshot = json.dumps(
        run_json("explain", "shop_of_structures:ConfigShop", "--file", path)
    )
    assert CANARY not in snapshot
    write("before.json", snapshot)
    assert diff("before.json", path) == {}
    changed = write("b.yaml", f"{text}size: 3\nsmtp: {{port: 7}}\n")
    assert diff("before.json", changed) == {"smtp.port": (25, 7)}


def test_secret_members_are_compared_but_not_shown() -> None:
    """A difference of a secret member is shown without its values."""
    path = write("shop.yaml", f"{COMPLETE}token: {{user: {CANARY}-2}}\n")
    other = write("other.yaml", COMPLETE)
    assert diff(path, other) == {"token.user": ("***", "***")}
    assert CANARY not in run("diff", path, other, *APP).output


def test_compat_names_what_pynenc_does_not_have() -> None:
    """Settings with members and required settings are not compared with pynenc."""
    path = write("shop.yaml", f"{COMPLETE}token: {{user: {CANARY}}}\nsize: 3\n")
    env_file = write("shop.env", f"CONFIG__TOKEN__USER={CANARY}\nCONFIG__API_KEY=a\n")
    done = run("compat", path, "--env-file", env_file, *APP)
    assert CANARY not in done.output
    found = run_json("compat", path, "--env-file", env_file, *APP)
    assert [item["message"] for item in found] == [
        "`api_key`: not compared, because pynenc has no required settings",
        "`relay`: not compared, because pynenc has no settings with members",
        "`token`: not compared, because pynenc has no settings with members",
        "`token.user`: pynenc ignores this variable; pynenc_conf reads the member",
        "`api_key`: not compared, because pynenc has no required settings",
    ]
