"""Templates with structures: they set the defaults, and mark what is required."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pynenc_conf import ConfigBase, ConfigError, ConfigField
from pynenc_conf._core.problems import MissingValue
from pynenc_conf._tools.env_files import Environment
from pynenc_conf._tools.template.text import create_sample
from tests._tools.running import run, run_json
from tests._tools.shop import (
    CANARY,
    REQUIRED,
    ConfigShop,
    Labels,
    Point,
    Retry,
    Smtp,
    Token,
)
from tests._tools.test_template import uncommented

KINDS = ["yaml", "toml", "env"]
SHOP = "tests._tools.shop:ConfigShop"


def load(cls: type[Any], kind: str, text: str, values: Any = None) -> Any:
    """Create an instance that reads a sample."""
    path = f"sample.{kind}"
    Path(path).write_text(text, encoding="utf-8")
    if kind != "env":
        return cls(values, path)
    with pytest.MonkeyPatch.context() as patch:
        environment = Environment(path, inherit=False)
        assert not environment.unreadable
        for name, value in environment.values.items():
            patch.setenv(name, value)
        return cls(values)


FLOATS = st.floats(allow_nan=False, allow_infinity=False)
RETRIES = st.builds(Retry, st.integers(), st.lists(FLOATS, max_size=2).map(tuple))
SERVERS = st.builds(
    Smtp, st.text(), st.integers(), RETRIES, st.sampled_from([None, "", "null", "a\nb"])
)
LABELS: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {"team": st.text()}, optional={"color": st.text()}
)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(SERVERS, SERVERS | st.none(), st.lists(SERVERS, max_size=2), LABELS)
@pytest.mark.parametrize("kind", KINDS)
def test_uncommented_sample_sets_the_defaults(
    kind: str, smtp: Smtp, backup: Smtp | None, mirrors: list[Smtp], labels: Labels
) -> None:
    """The uncommented sample sets every member to its default, and so all fields."""

    class ConfigRound(ConfigBase):
        smtp_server: ConfigField[Smtp] = ConfigField(smtp)
        backup_server: ConfigField[Smtp | None] = ConfigField(backup)
        mirror_servers: ConfigField[list[Smtp]] = ConfigField(mirrors)
        server_labels: ConfigField[Labels] = ConfigField(labels)
        position: ConfigField[Point] = ConfigField(Point(3, 4))

    text = create_sample(kind, [ConfigRound])
    default = ConfigRound()
    assert load(ConfigRound, kind, uncommented(text)) == default
    printed = load(ConfigRound, kind, text)
    assert printed == default
    assert all(printed.field_info(name).is_default for name in default.all_fields)


@pytest.mark.parametrize("kind", KINDS)
def test_only_required_settings_are_missing(kind: str) -> None:
    """The uncommented sample sets all but what is required, which has its own line."""
    text = create_sample(kind, [ConfigShop])
    with pytest.raises(ConfigError) as caught:
        load(ConfigShop, kind, uncommented(text))
    assert [problem.field for problem in caught.value.problems] == [
        "relay.host",
        "api_key",
    ]
    assert all(isinstance(problem, MissingValue) for problem in caught.value.problems)
    config = load(ConfigShop, kind, uncommented(text), REQUIRED)
    assert config == ConfigShop(REQUIRED)
    assert not config.field_info("relay.port").is_default
    assert CANARY not in text


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        (
            "yaml",
            [
                "  # api_key: (required, str)",
                "  #smtp:",
                "    # TCP port of the server.",
                "    #port: 25",
                "    #retry:",
                "      #count: 3",
                "  #backup: null",
                "  # The members, if it is set:",
                "  # backup:",
                "  #   host: (required, str)",
                "  #     count: 3",
                "    # host: (required, str)",
                "    # color: (optional, str)",
                "    # password: (optional, str)",
            ],
        ),
        (
            "toml",
            [
                "# api_key = (required, str)",
                "#smtp.port = 25",
                "#smtp.retry.count = 3",
                "# smtp.sender = (optional, str or null)",
                "# backup.host = (required, str)",
                "# relay.host = (required, str)",
                "# token.password = (optional, str)",
            ],
        ),
        (
            "env",
            [
                "# CONFIG__CONFIGSHOP__API_KEY=(required, str)",
                "#CONFIG__CONFIGSHOP__SMTP__PORT=25",
                "#CONFIG__CONFIGSHOP__SMTP__RETRY__COUNT=3",
                "# CONFIG__CONFIGSHOP__BACKUP__HOST=(required, str)",
                "# CONFIG__CONFIGSHOP__RELAY__HOST=(required, str)",
                "# CONFIG__CONFIGSHOP__TOKEN__PASSWORD=(optional, str)",
            ],
        ),
    ],
)
def test_members_have_lines_of_their_own(kind: str, lines: list[str]) -> None:
    """Each member has a line with its default, or a comment with its type."""
    printed = run("template", "--format", kind, SHOP).stdout.splitlines()
    positions = [printed.index(line) for line in lines]
    assert positions == sorted(positions)


class ConfigNoMembers(ConfigBase):
    """Structures of which no member can be written."""

    labels: ConfigField[dict[str, str]] = ConfigField({})
    token: ConfigField[Token] = ConfigField(Token(), secret=True)
    server: ConfigField[Smtp] = ConfigField(Smtp("a\nb", sender="a\0b"))


@pytest.mark.parametrize("kind", KINDS)
def test_values_that_a_format_cannot_express(kind: str) -> None:
    """A default that a format cannot express is a comment; the others are set."""
    text = create_sample(kind, [ConfigNoMembers])
    assert CANARY not in text
    assert load(ConfigNoMembers, kind, uncommented(text)) == ConfigNoMembers()
    is_env = kind == "env"
    assert ("# The default cannot be expressed in a variable." in text) == is_env


def test_json_has_the_members() -> None:
    """--json prints the members of structures, and what is required."""
    (shop,) = run_json("template", SHOP)["classes"]
    fields = {field["field"]: field for field in shop["fields"]}
    assert fields["api_key"]["required"]
    assert fields["api_key"]["default"] is None
    host, port, retry, _ = fields["relay"]["members"]
    assert (host["field"], host["required"]) == ("relay.host", True)
    assert (port["default"], port["doc"]) == (25, "TCP port of the server.")
    assert retry["members"][0]["variable"] == "CONFIG__CONFIGSHOP__RELAY__RETRY__COUNT"
    assert "members" not in port
    secret = fields["token"]["members"][0]
    assert (secret["secret"], secret["default"]) == (True, "***")


def test_a_class_without_a_docstring_has_no_description() -> None:
    """The lines about fields in a class's docstring are not its description."""

    class ConfigBare(ConfigBase):
        size = ConfigField(1, doc="Number of parts.")

    assert "cvar" in str(ConfigBare.__doc__)
    assert "cvar" not in create_sample("yaml", [ConfigBare])
