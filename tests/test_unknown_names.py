"""Unknown names cause a warning, or an error of a strict class."""

from __future__ import annotations

import contextlib
import itertools
import pickle
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pynenc_conf import (
    ConfigBase,
    ConfigError,
    ConfigField,
    ConfigPynencBase,
    ConfigTask,
    ConfigTypeError,
    UnknownSettingWarning,
)
from pynenc_conf._core.report import suggestions
from pynenc_conf._tools.classes import catalogue

# A mapping warns once for each key of a class, so each test has fresh classes.
pytestmark = pytest.mark.usefixtures("fresh_classes")

ROOT = Path(__file__).parent.parent
HIDDEN = "unknown setting (its name is not shown, because it may be a value)"
_numbers = itertools.count()


@dataclass
class Login:
    """A structure within a structure."""

    user: str = ""


@dataclass
class Smtp:
    """A structure whose members are settings."""

    port: int = 25
    login: Login = field(default_factory=Login)


class ConfigUnknownBase(ConfigBase):
    """A namespace, so that the names of other tests' classes do not matter."""

    ENV_PREFIX = "UNK"
    TOML_CONFIG_ID = "unk"


class ConfigStore(ConfigUnknownBase):
    """An ancestor."""

    currency = ConfigField("EUR")


class ConfigKiosk(ConfigStore):
    """The class at hand."""

    max_items = ConfigField(20)
    api_token = ConfigField("", secret=True)
    smtp: ConfigField[Smtp] = ConfigField(Smtp())
    labels: ConfigField[dict[str, str]] = ConfigField({})


class ConfigCinema(ConfigUnknownBase):
    """Another class of the namespace."""

    screens = ConfigField(3)


class ConfigStrict(ConfigKiosk):
    """A class to which unknown names are errors."""

    STRICT = True


class ConfigErrand(ConfigTask):
    """A class that reads sections and variables of tasks."""


def messages(make: Callable[[], Any]) -> list[str]:
    """Return the warnings that `make` causes, with their origins."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        make()
    assert all(item.category is UnknownSettingWarning for item in caught)
    return [str(item.message) for item in caught]


def warned(make: Callable[[], Any]) -> list[str]:
    """Return the first lines of the warnings that `make` causes."""
    return [message.partition("\n")[0] for message in messages(make)]


def unknown(name: str, suggestion: str | None = None) -> str:
    """Return the text of a warning."""
    hint = f"; did you mean {suggestion!r}?" if suggestion else ""
    return f"unknown setting {name!r}{hint}"


def write(text: str, name: str = "shop.yaml") -> str:
    """Write a file that no other test has written."""
    Path(name).write_text(f"{text}\n# {next(_numbers)}\n", encoding="utf-8")
    return name


# The class's own section, and variables with its own name.


def test_own_section() -> None:
    """An unknown key in the class's own section warns, whatever it resembles."""
    path = write("kiosk:\n  zzz: 1\n  max_items: 2\n")
    assert messages(lambda: ConfigKiosk(None, path)) == [
        "unknown setting 'zzz'\n  --> shop.yaml:2:8  kiosk.zzz"
    ]
    assert messages(lambda: ConfigKiosk({"kiosk": {"yyy": 1}})) == [
        "unknown setting 'yyy'\n  --> config_values kiosk.yyy"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kiosk: {max_itesm: 1}", [unknown("max_itesm", "max_items")]),
        ("kiosk: {curency: 1}", [unknown("curency", "currency")]),
        ("kiosk: {smpt: {port: 1}}", [unknown("smpt", "smtp")]),
        ("kiosk: {max_itemz: {}}", [unknown("max_itemz")]),
        ("kiosk: {screens: 1}", [unknown("screens")]),
        ("kiosk: {store: {currency: x}}", [unknown("store")]),
        ("kiosk: {zzz: 1, yyy: 2}", [unknown("zzz"), unknown("yyy")]),
        ("kiosk: {}", []),
        ("kiosk:", []),
    ],
)
def test_keys_of_the_own_section(text: str, expected: list[str]) -> None:
    """A key is compared with fields, a table with fields that take a table."""
    assert warned(lambda: ConfigKiosk(None, write(text))) == expected


@pytest.mark.parametrize(
    "text",
    [
        "zzz: 1",
        "zzz: {max_items: 1}",
        "store: {zzz: 1}",
        "cinema: {zzz: 1, screnes: 2}",
        "screens: 2",
        "scrines: 2",
        "cinemas: {screens: 1}",
        "store: {screens: 2}",
        "'max items': 2",
    ],
)
def test_other_places(text: str) -> None:
    """Elsewhere, a name that resembles nothing that the class reads is silent."""
    assert not warned(lambda: ConfigKiosk(None, write(text)))


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("max_itesm: 1", "max_items"),
        ("curency: 1", "currency"),
        ("smpt: {port: 1}", "smtp"),
        ("kiosks: {max_items: 1}", "kiosk"),
        ("stoer: {currency: x}", "store"),
        ("ConfigKiosk: {max_items: 1}", "kiosk"),
        ("configstore: {currency: x}", "store"),
        ("store: {max_itesm: 1}", "max_items"),
    ],
)
def test_misspelled_names_in_other_places(text: str, suggestion: str) -> None:
    """Elsewhere, a name that resembles one that the class reads there warns."""
    (message,) = warned(lambda: ConfigKiosk(None, write(text)))
    assert message.endswith(f"; did you mean {suggestion!r}?")


def test_suggestions_of_each_class() -> None:
    """Each class warns about what it would have read itself."""
    path = write("screnes: 1\ncurency: x\n")
    assert warned(lambda: ConfigKiosk(None, path)) == [unknown("curency", "currency")]
    assert warned(lambda: ConfigCinema(None, path)) == [unknown("screnes", "screens")]


def test_file_of_one_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the file of one class, a table can only be that class's section."""
    path = write("stoer: {currency: x}\nkiosks: {max_items: 1}\nkiosk: {zzz: 1}")
    monkeypatch.setenv("UNK__CONFIGKIOSK__FILEPATH", path)
    assert warned(ConfigKiosk) == [unknown("kiosks", "kiosk"), unknown("zzz")]


def test_names_that_may_be_values() -> None:
    """A key that is not a plain name is reported without the key itself."""
    path = write("kiosk:\n  'hunter2 max items': 1\n")
    assert messages(lambda: ConfigKiosk(None, path)) == [
        f"{HIDDEN}\n  --> shop.yaml:2:24  kiosk"
    ]
    with pytest.raises(ConfigTypeError) as caught:
        ConfigStrict({"strict": {"hunter2 x": 1, 5: 2, ("a",): 3}})
    assert len(caught.value.problems) == 3
    error = pickle.loads(pickle.dumps(caught.value))
    assert "hunter2" not in repr((str(error), error.problems))


def test_fields_of_subclasses() -> None:
    """A field of a subclass that reads the section is known there."""

    class ConfigCorner(ConfigKiosk):
        corner_of = ConfigField("street")

    values = {"kiosk": {"corner_of": "x"}}
    assert not warned(lambda: ConfigKiosk(values))
    assert ConfigCorner(values).corner_of == "x"


def test_sections_of_a_subclass() -> None:
    """Tables that a subclass reads as sections of its own are known in the section."""

    class ConfigStall(ConfigUnknownBase):
        fruit = ConfigField("")

    class ConfigDayStall(ConfigStall):
        def get_extra_qualifiers(self, config_cls: object) -> list[str]:
            del config_cls
            return ["monday"]

    values = {"stall": {"monday": {"fruit": "fig"}}}
    assert not warned(lambda: ConfigStall(values))
    assert ConfigDayStall(values).fruit == "fig"


def test_a_field_with_the_name_of_the_section() -> None:
    """A table that is the section and the value of a field may have any keys."""

    class ConfigRack(ConfigUnknownBase):
        rack: ConfigField[dict[str, int]] = ConfigField({})

    assert ConfigRack({"rack": {"zzz": 1}}).rack == {"zzz": 1}


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("CONFIGKIOSK__ZZZ", None),
        ("CONFIGKIOSK__MAX_ITESM", "CONFIGKIOSK__MAX_ITEMS"),
        ("CONFIGKIOSK__SCREENS", None),
        ("CONFIGKIOSK__MAX_ITEMS__X", None),
        ("CONFIGKIOSK__max_items", "CONFIGKIOSK__MAX_ITEMS"),
        ("CONFIGKIOSK__FILEPAHT", "CONFIGKIOSK__FILEPATH"),
        ("CONFIGKIOSK__API_TOKEN_FIEL", "CONFIGKIOSK__API_TOKEN_FILE"),
        ("CONFIGKIOSK__MAX_ITEMS_FILE", None),
        ("SMTP__PROT", "SMTP__PORT"),
        ("CONFIGKIOSK__SMTP__PROT", "CONFIGKIOSK__SMTP__PORT"),
        ("CONFIGKIOSK__SMTP__ZZZ", None),
        ("SMTP__LOGIN__USR", "SMTP__LOGIN__USER"),
        ("SMPT__PORT", "SMTP__PORT"),
        ("KIOSK__MAX_ITEMS", "CONFIGKIOSK__MAX_ITEMS"),
        ("KIOSK__SMTP__PORT", "CONFIGKIOSK__SMTP__PORT"),
        ("CONFIGSTORE__CURENCY", "CONFIGSTORE__CURRENCY"),
        ("MAX_ITESM", "MAX_ITEMS"),
    ],
)
def test_variables(
    name: str, suggestion: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any unknown variable with the class's name warns, others if they resemble one."""
    monkeypatch.setenv(f"UNK__{name}", "1")
    expected = unknown(f"UNK__{name}", suggestion and f"UNK__{suggestion}")
    assert warned(ConfigKiosk) == [expected]


@pytest.mark.parametrize(
    "name",
    [
        *("ZZZ", "SMTP__ZZZ", "PLUGIN__SIZE", "CONFIGCINEMA__SCREENS", "SCRENES"),
        *("CONFIGCINEMA__SCRENES", "CONFIGSTORE__ZZZ", "CONFIGPLUGIN__MAX_ITEMS"),
        *("CONFIGSTORE__MAX_ITEMS_X", "CONFIGKIOSKS", "SMTP", "CONFIGKIOSK__LABELS"),
    ],
)
def test_variables_of_others(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that may be another class's, or is known, is silent."""
    monkeypatch.setenv(f"UNK__{name}", "{}")
    assert not warned(ConfigKiosk)


def test_variables_of_subclasses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that a subclass reads under the class's name is known."""

    class ConfigBooth(ConfigUnknownBase):
        roof = ConfigField("")

    class ConfigPhoneBooth(ConfigBooth):
        roof = ConfigField("glass")
        dial_tone = ConfigField("")

    monkeypatch.setenv("UNK__CONFIGPHONEBOOTH__DIAL_TONE", "440")
    assert not warned(ConfigBooth)
    assert ConfigPhoneBooth().dial_tone == "440"


# Tasks.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("errand: {shop.mail: {max_retries: 1}, other.task: {}}", []),
        ("errand: {shop.mail: , mail: }", []),
        ("task: {zzz: 1, shop.mail: {zzz: 1}}", []),
        ("errand: {zzz: 1}", [unknown("zzz")]),
        ("errand: {zzz: {}}", []),
        ("errand: {shop.mail: {zzz: 1}}", [unknown("zzz")]),
        ("errand: {a.b: {max_retires: 1}}", [unknown("max_retires", "max_retries")]),
    ],
)
def test_sections_of_tasks(text: str, expected: list[str]) -> None:
    """In a section with sections of tasks, only what cannot be a task's warns."""
    path = write(text)
    assert warned(lambda: ConfigErrand("shop.mail", None, path)) == expected


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("ZZZ", None),
        ("SHOP__MAIL__ZZZ", None),
        ("MAX_RETIRES", "MAX_RETRIES"),
        ("SHOP__MAIL__MAX_RETIRES", "SHOP__MAIL__MAX_RETRIES"),
    ],
)
def test_unknown_variables_of_tasks(
    name: str, suggestion: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable of a class of tasks warns if its last part is no field."""
    prefix = "PYNENC__CONFIGERRAND__"
    monkeypatch.setenv(prefix + name, "1")
    expected = unknown(prefix + name, suggestion and prefix + suggestion)
    assert warned(lambda: ConfigErrand("shop.mail")) == [expected]


@pytest.mark.parametrize("task", ["SHOP__MAIL", "SHOP#MAIL", "MAIL", "OTHER__TASK"])
def test_variables_of_tasks(task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable of any task is known."""
    monkeypatch.setenv(f"PYNENC__CONFIGERRAND__{task}__MAX_RETRIES", "1")
    assert not warned(lambda: ConfigErrand("shop.mail"))


def test_variables_of_other_hooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable is suggested that a hook might name in a way of its own."""

    class ConfigDepot(ConfigUnknownBase):
        height = ConfigField(1)

        def get_extra_env_keys(self, field_name: str, config_cls: object) -> list[str]:
            del config_cls
            return [f"UNK__CONFIGDEPOT__{field_name}__EAST".upper()]

    monkeypatch.setenv("UNK__CONFIGDEPOT__HEIGHT__WEST", "2")
    monkeypatch.setenv("UNK__CONFIGDEPOT__WEST__HEIHGT", "2")
    assert warned(ConfigDepot) == [unknown("UNK__CONFIGDEPOT__WEST__HEIHGT")]


# Attributes of instances.


class ConfigRoom(ConfigUnknownBase):
    """A class with attributes beside its fields."""

    port = ConfigField(80)
    ports_open: int
    parts = 3

    @property
    def prot_(self) -> int:
        """Return a number."""
        return self.port

    @prot_.setter
    def prot_(self, value: int) -> None:
        self.port = value


class ConfigSlots(ConfigUnknownBase):
    """A class with slots."""

    __slots__ = ("prot",)
    port = ConfigField(80)


def test_attributes() -> None:
    """An attribute that resembles a field warns, and is set nevertheless."""
    conf: Any = ConfigRoom()
    with pytest.warns(UnknownSettingWarning) as caught:
        conf.prot = 1
    (item,) = caught
    assert str(item.message) == f"{unknown('prot', 'port')}\n  --> assignment"
    assert item.filename == __file__
    assert (conf.prot, conf.port) == (1, 80)


def test_other_attributes() -> None:
    """Attributes that resemble no field, or that the class defines, are silent."""
    conf: Any = ConfigRoom()
    for name in ("note", "po", "_port", "_prot", "ports_open"):
        setattr(conf, name, 1)
    conf.parts = 4
    conf.prot_ = 81
    assert (conf.port, conf.note, conf.ports_open) == (81, 1, 1)
    slots: Any = ConfigSlots()
    slots.prot = 5
    assert (slots.prot, slots.port) == (5, 80)


def test_attributes_set_before_the_fields() -> None:
    """An attribute that a constructor sets warns too if it resembles a field."""

    class ConfigHall(ConfigUnknownBase):
        length = ConfigField(1)

        def __init__(self, name: str, **more: Any) -> None:
            self.name = name
            for key, item in more.items():
                setattr(self, key, item)
            super().__init__()

    assert not warned(lambda: [ConfigHall("a"), ConfigHall("b")])
    assert warned(lambda: ConfigHall("a", lenght=2)) == [unknown("lenght", "length")]


def test_many_attributes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of attributes is bounded."""
    monkeypatch.setattr(suggestions, "_MAX_ATTRIBUTES", 3)
    conf: Any = ConfigRoom()
    for number in range(20):
        setattr(conf, f"note{number}", number)
    assert conf.note19 == 19
    conf.port = "81"
    assert conf.port == 81
    assert warned(lambda: setattr(conf, "prot", 1)) == [unknown("prot", "port")]


def test_each_attribute_is_compared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An attribute that is set again is not compared again, after however many."""
    monkeypatch.setattr(suggestions, "_MAX_ATTRIBUTES", 3)
    compared: list[str] = []
    original = suggestions.find_intended_name

    def find(name: str, known: Any) -> str | None:
        compared.append(name)
        return original(name, known)

    monkeypatch.setattr(suggestions, "find_intended_name", find)
    conf: Any = ConfigRoom()
    for name in ("one", "two", "three", "four", "four", "four"):
        setattr(conf, name, 1)
    assert compared == ["one", "two", "three", "four"]


def test_a_warning_as_an_error_has_no_context() -> None:
    """A warning that is an error comes without an error of the look-up of the name."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UnknownSettingWarning) as caught:
            ConfigRoom().prot = 1  # type: ignore[attr-defined]
    assert caught.value.__context__ is None


def test_attributes_need_no_comparison() -> None:
    """The attributes of a task are set without loading the code that compares names."""
    code = (
        "import sys; from pynenc_conf import ConfigTask; ConfigTask('a.b'); "
        "sys.exit('difflib' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


# Strict classes.


def problems(make: Callable[[], Any]) -> list[str]:
    """Return the problems of an instance that cannot be created."""
    with pytest.raises(ConfigTypeError) as caught:
        make()
    return [str(problem) for problem in caught.value.problems]


def test_strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A strict class reports unknown names with all other problems, in every source."""
    path = write("strict:\n  zzz: 1\n  max_items: six\ncurency: x\nother: {a: 1}\n")
    variable = "UNK__SMTP__PROT"
    monkeypatch.setenv(variable, "1")
    in_file = "shop.yaml:{}:{}  strict.{}"
    values = {"strict": {"yyy": 1}, "unlike": 1}
    for _ in range(2):  # each instance, not only the first
        assert problems(lambda: ConfigStrict(values, path)) == [
            f"{message}\n  --> {place}"
            for message, place in [
                (
                    "max_items: expected int, got 'six'",
                    in_file.format(3, 14, "max_items"),
                ),
                (unknown("yyy"), "config_values strict.yyy"),
                (unknown("zzz"), in_file.format(2, 8, "zzz")),
                (unknown("curency", "currency"), "shop.yaml:4:10  curency"),
                (
                    unknown(variable, "UNK__SMTP__PORT"),
                    f"environment variable {variable}",
                ),
            ]
        ]


def test_each_instance_of_a_strict_class() -> None:
    """Every instance of a strict class fails, also if only one name is wrong."""
    path = write("strict: {zzz: 1}", "a.yaml")
    for _ in range(3):
        assert len(problems(lambda: ConfigStrict(None, path))) == 1
        assert len(problems(lambda: ConfigStrict({"strict": {"zzz": 1}}))) == 1
        assert len(problems(lambda: ConfigStrict({"curency": 1}))) == 1
    assert ConfigStrict(None, write("strict: {max_items: 1}", "a.yaml")).max_items == 1


def test_strict_is_inherited() -> None:
    """A subclass is strict too, unless it says otherwise."""

    class ConfigChild(ConfigStrict):
        pass

    class ConfigLax(ConfigStrict):
        STRICT = False

    assert ConfigBase.STRICT is ConfigPynencBase.STRICT is False
    assert problems(lambda: ConfigChild({"child": {"zzz": 1}}))
    assert warned(lambda: ConfigLax({"lax": {"zzz": 1}})) == [unknown("zzz")]
    ConfigLax.STRICT = True
    assert problems(lambda: ConfigLax({"lax": {"zzz": 1}}))


def test_attributes_of_a_strict_class() -> None:
    """An attribute that resembles a field of a strict class is an error."""
    conf: Any = ConfigStrict()
    expected = [f"{unknown('max_itesm', 'max_items')}\n  --> assignment"]
    for _ in range(2):
        assert problems(lambda: setattr(conf, "max_itesm", 1)) == expected
    assert "max_itesm" not in vars(conf)
    conf.note = "mine"
    assert conf.note == "mine"


def test_known_names_of_a_strict_class(monkeypatch: pytest.MonkeyPatch) -> None:
    """A strict class accepts all that it reads, and what may be read by others."""
    monkeypatch.setenv("UNK__CONFIGSTRICT__SMTP__PORT", "26")
    monkeypatch.setenv("UNK__PLUGIN__SIZE", "1")
    path = write("plugin: {a: 1}\nkiosk: {max_items: 2}\nstrict: {currency: x}")
    conf = ConfigStrict({"cinema": {"screens": 1}, "zzz": 1}, path)
    assert (conf.smtp.port, conf.max_items, conf.currency) == (26, 2, "x")


def test_long_tables_of_a_strict_class() -> None:
    """A strict class searches tables of any length."""
    table: dict[str, int] = {f"name{number}": 1 for number in range(1500)}
    assert len(problems(lambda: ConfigStrict({"strict": table}))) == 1000


# The catalogue, and properties.


@pytest.mark.parametrize("name", ["pynenc.yaml", "pynenc.toml", "tasks.yaml"])
def test_documented_files(name: str) -> None:
    """No class of the catalogue warns about the documented files."""
    path = ROOT / "docs" / "examples" / name
    for cls in catalogue().values():
        for task in ["a.b", "shop.send_mail"] if issubclass(cls, ConfigTask) else [""]:
            arguments: tuple[Any, ...] = (task, None, path) if task else (None, path)
            assert not warned(lambda cls=cls, given=arguments: cls(*given))  # type: ignore[misc]


PLACES: dict[str, Callable[[str], Any]] = {
    "general key": lambda name: {name: "1"},
    "table": lambda name: {name: {}},
    "own section": lambda name: {"kiosk": {name: "1"}},
    "table in a section": lambda name: {"kiosk": {name: {}}},
    "ancestor's section": lambda name: {"store": {name: "1"}},
}
NAMES = ["currency", "max_items", "api_token", "smtp", "labels", "kiosk", "store"]
VARIABLES = [
    *("MAX_ITEMS", "CURRENCY", "SMTP__PORT", "SMTP__LOGIN__USER", "FILEPATH"),
    *("CONFIGKIOSK__MAX_ITEMS", "CONFIGKIOSK__SMTP__PORT", "CONFIGSTORE__CURRENCY"),
    *("KIOSK__MAX_ITEMS", "STORE__CURRENCY", "CONFIGCINEMA__SCREENS", "SCREENS"),
]


@st.composite
def misspelled(draw: st.DrawFn, names: list[str]) -> str:
    """Return a name with one letter missing, doubled, swapped or replaced."""
    name = draw(st.sampled_from(names))
    at = draw(st.integers(1, len(name) - 2))
    letter = draw(st.sampled_from("aeq"))
    return draw(
        st.sampled_from(
            [
                name[:at] + name[at + 1 :],
                name[:at] + name[at] + name[at:],
                name[:at] + name[at + 1] + name[at] + name[at + 2 :],
                name[:at] + letter + name[at + 1 :],
            ]
        )
    )


def suggestions_of(make: Callable[[], Any]) -> list[str]:
    """Return the suggestions of the warnings that `make` causes."""
    found: list[Any] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with contextlib.suppress(ConfigTypeError):  # a value that does not fit
            make()
    found = [item.message for item in caught]
    suggested = [warning.problem.suggestion for warning in found]
    return [suggestion for suggestion in suggested if suggestion is not None]


def names_read(place: str) -> set[str]:
    """Return the names that ConfigKiosk reads in a place."""
    tables = {"smtp", "labels"}
    if place == "table":
        return tables | {"kiosk", "store"}
    return tables if place == "table in a section" else set(ConfigKiosk().all_fields)


@pytest.mark.parametrize("place", PLACES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=misspelled(NAMES))
def test_a_suggested_key_is_read(place: str, name: str) -> None:
    """The class reads the suggested key in the place of the unknown one."""
    suggestions._warned.clear()  # noqa: SLF001
    found = suggestions_of(lambda: ConfigKiosk(PLACES[place](name)))
    assert names_read(place).issuperset(found)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=misspelled(VARIABLES))
def test_a_suggested_variable_is_read(name: str) -> None:
    """The class reads the suggested variable: a file, or the value of a setting."""
    suggestions._warned.clear()  # noqa: SLF001
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(f"UNK__{name}", "7")
        found = suggestions_of(ConfigKiosk)
    for suggestion in found:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(suggestion, "7")
            assert suggestion in variables_read()


def variables_read() -> set[str | None]:
    """Return the variables that are set and that ConfigKiosk reads."""
    try:
        conf = ConfigKiosk()
    except ConfigError as error:
        return {p.origin.variable for p in error.problems if p.origin is not None}
    smtp = ("smtp", "smtp.port", "smtp.login", "smtp.login.user")
    infos = [conf.field_info(name) for name in {*conf.all_fields, *smtp}]
    return {candidate.origin.variable for info in infos for candidate in info.chain}
