"""Hostile values cause a ConfigError or are kept; no other exception escapes."""

from __future__ import annotations

import json
from collections import UserDict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf import (
    ConfigBase,
    ConfigError,
    ConfigField,
    ConfigRedis,
    ConfigTask,
    ConfigTypeError,
    UnknownSettingWarning,
)
from tests.fuzz.oracle import (
    FIELDS,
    MARKER,
    ConfigMany,
    ConfigSecrets,
    check_error,
    check_instance,
    warnings_as_errors,
)

CLASSES = (ConfigMany, ConfigSecrets)

METHODS = """
__str__ __repr__ __eq__ __ne__ __hash__ __len__ __iter__ __bool__ __int__ __float__
__index__ __getitem__ __contains__ __lt__ __le__ __gt__ __ge__ __abs__ __add__ __radd__
__mod__ __format__ __fspath__ __class__ keys items values get copy strip lower casefold
startswith endswith split removesuffix replace encode isidentifier isprintable
""".split()  # noqa: SIM905 - a list of names


class UnprintableError(Exception):
    """An error whose text cannot be read and may contain secrets."""

    def __str__(self) -> str:
        raise UnprintableError


def fail(*_: Any, **__: Any) -> Any:
    """Replace every method."""
    raise UnprintableError(MARKER)


def hostile(base: type, *content: Any, keep: tuple[str, ...] = ()) -> Any:
    """Make an object of a subclass whose methods all raise, except for some."""
    methods: dict[str, Any] = {name: fail for name in METHODS if name not in keep}
    if "__class__" in methods:
        methods["__class__"] = property(fail)
    return type("Hostile", (base,), methods)(*content)


class Growing(dict[str, Any]):
    """A dict that gets another key at every access."""

    def __len__(self) -> int:
        self[f"new{super().__len__()}"] = 1
        return super().__len__()

    def __iter__(self) -> Iterator[str]:
        for key in super().__iter__():
            self[f"new{super().__len__()}"] = 1
            yield key

    def items(self) -> Any:
        """Yield items as long as there are more."""
        for key in self:
            yield key, self[key]


class Inconsistent(Mapping[Any, Any]):
    """A mapping that claims to contain every key, and whose length is wrong."""

    def __getitem__(self, key: Any) -> Any:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(["a", "a", None])

    def __len__(self) -> int:
        return 1


class NoItems(dict[str, Any]):
    """A dict whose items are not pairs."""

    def items(self) -> Any:
        """Return items that cannot be unpacked."""
        return [1, 2]


class TooLong(list[Any]):
    """A list that claims to be longer than memory."""

    def __len__(self) -> int:
        return 10**18


class NegativeLength(list[Any]):
    """A list that claims a negative length."""

    def __len__(self) -> int:
        return int("-1")


class FakeClass:
    """An object that claims to be of another class."""

    def __init__(self, cls: type) -> None:
        self.cls = cls

    @property  # type: ignore[misc] # on purpose
    def __class__(self) -> type:
        return self.cls


def nested(depth: int, make: Callable[[Any], Any]) -> Any:
    """Nest an object in itself to the given depth."""
    value: Any = []
    for _ in range(depth):
        value = make(value)
    return value


loop: list[Any] = []
loop.append(loop)
knot: dict[str, Any] = {}
knot["a"] = knot

BASES: list[tuple[Any, ...]] = [
    (object,),
    (str, "text"),
    (str, "1"),
    (int, 5),
    (float, 1.5),
    (bytes, b"x"),
    (list, [1]),
    (tuple, (1, 2)),
    (set, {1}),
    (dict, {"a": 1}),
    (Exception, "x"),
]
KEPT: list[tuple[str, ...]] = [(), ("__class__",), ("__class__", "__hash__", "__eq__")]
VALUES: dict[str, Any] = {
    f"{base[0].__name__} {base[1:]} without {len(METHODS) - len(keep)} methods": (
        lambda base=base, keep=keep: hostile(*base, keep=keep)
    )
    for base in BASES
    for keep in KEPT
} | {
    "growing": lambda: Growing(a=1),
    "liar": Inconsistent,
    "no items": lambda: NoItems(a=1),
    "long": lambda: TooLong([1]),
    "negative": lambda: NegativeLength([1]),
    **{
        f"disguised as {cls.__name__}": lambda cls=cls: FakeClass(cls)
        for cls in (str, int, dict, list, Mapping)
    },
    "loop": lambda: loop,
    "loop in a tuple": lambda: (loop,),
    "knot": lambda: knot,
    "deep list": lambda: nested(5_000, lambda value: [value]),
    "deep dict": lambda: nested(5_000, lambda value: {"a": value}),
    "huge int": lambda: 10**5_000,
    "huge key": lambda: {10**5_000: -(10**5_000)},
    "not a number": lambda: float("nan"),
    "unusual keys": lambda: {(1,): 1, None: 2, b"": 3},
    "surrogates": lambda: "\ud800\udfff",
    "bytes": lambda: b"\xff\0",
    "nul": lambda: "\0",
    "class": lambda: Exception,
    "function": lambda: len,
    "generator": lambda: (number for number in range(3)),
    "user dict": lambda: UserDict(a=1),
    "memory": lambda: memoryview(b"abc"),
    "complex": lambda: 1j,
    "ellipsis": lambda: ...,
}


def make_and_print(make: Callable[[], ConfigBase], *, secret: bool = False) -> None:
    """Make an instance and print it or its error; the error shows no secret."""
    with warnings_as_errors():
        try:
            conf = make()
        except ConfigError as error:
            texts = [str(error), repr(error), *map(repr, error.problems)]
        else:
            texts = [repr(conf), conf.explain(), *map(conf.explain, conf.all_fields)]
            for name in conf.safe_dict():
                assert json.dumps(conf.field_info(name).as_dict(), allow_nan=False)
    assert all(len(text) < 20_000 for text in texts)
    assert not secret or MARKER not in "".join(texts)


@pytest.mark.parametrize("name", VALUES)
def test_a_hostile_value(name: str) -> None:
    """A value is rejected or kept, and can be printed, whatever its methods do."""
    value = VALUES[name]
    for cls, field in FIELDS:
        secret = cls is ConfigSecrets
        make_and_print(
            lambda cls=cls, field=field: cls({field: value()}), secret=secret
        )
        make_and_print(lambda cls=cls, field=field: assigned(cls, field, value()))
    for field in ("anything", "loose", "free_table", "table"):
        make_and_print(lambda field=field: ConfigMany({field: [value()]}))
        make_and_print(lambda field=field: ConfigMany({field: {"a": value()}}))


def assigned(cls: type[ConfigBase], field: str, value: Any) -> ConfigBase:
    """Make an instance and assign to a field."""
    conf = cls()
    setattr(conf, field, value)
    return conf


@pytest.mark.parametrize("name", VALUES)
def test_a_hostile_argument(name: str) -> None:
    """A hostile mapping, section, task section, key or path is rejected or ignored."""
    value = VALUES[name]
    make_and_print(lambda: ConfigMany(value()))
    make_and_print(lambda: ConfigMany({"many": value()}))
    make_and_print(lambda: ConfigMany({"strange": value()}))
    make_and_print(lambda: ConfigTask("a.b", value()))
    make_and_print(lambda: ConfigTask("a.b", {"task": value()}))
    make_and_print(lambda: ConfigTask("a.b", {"task": {"a.b": value()}}))
    make_and_print(lambda: ConfigMany(None, value()))
    try:
        key = {value(): 1}
    except (TypeError, UnprintableError):
        return
    make_and_print(lambda: ConfigMany(key))
    make_and_print(lambda: ConfigMany({"many": key}))
    make_and_print(lambda: ConfigMany({"free_table": key}))


def test_a_mapping_that_raises_is_a_problem() -> None:
    """A mapping whose methods raise is one problem, with the exception as the cause."""
    values = hostile(dict, {"whole": 1}, keep=("__class__",))
    with pytest.raises(ConfigTypeError) as caught:
        ConfigMany(values)
    (problem,) = caught.value.problems
    assert problem.message == (
        "expected a mapping of settings, got one that raises UnprintableError"
    )
    assert (str(problem.origin), problem.expected) == ("config_values", "mapping")
    assert isinstance(caught.value.__cause__, UnprintableError)


def test_a_branch_that_raises_is_a_problem() -> None:
    """A hostile branch is one problem, and the other sections still count."""

    class ConfigBranched(ConfigMany):
        def get_extra_qualifiers(self, config_cls: type[ConfigBase]) -> list[str]:
            del config_cls
            return ["bad", "good"]

    bad = hostile(dict, {"whole": 1}, keep=tuple(set(METHODS) - {"__len__"}))
    values = {"branched": {"bad": bad, "good": {"whole": "x"}}}
    with pytest.raises(ConfigTypeError) as caught:
        ConfigBranched(values)
    broken, rejected = caught.value.problems
    assert broken.message == (
        "expected a mapping of settings, got one that raises UnprintableError"
    )
    assert str(broken.origin) == "config_values branched.bad"
    assert str(rejected.origin) == "config_values branched.good.whole"
    assert isinstance(caught.value.__cause__, UnprintableError)


@pytest.mark.parametrize("times", range(12))
def test_a_mapping_that_raises_after_a_while(times: int) -> None:
    """A mapping whose methods raise after a few calls is one problem too."""
    left = [times]

    class RaisesLater(dict[str, Any]):
        def get(self, key: str, default: Any = None) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise UnprintableError
            return super().get(key, default)

    class ConfigRaisesLater(ConfigMany):
        def get_extra_qualifiers(self, config_cls: type[ConfigBase]) -> list[str]:
            del config_cls
            return ["branch"]

    make_and_print(
        lambda: ConfigRaisesLater(
            RaisesLater(tired=RaisesLater(branch=RaisesLater(whole=2)))
        )
    )


def test_errors_of_hooks_are_not_the_mappings() -> None:
    """An exception from an application's own hook propagates unchanged."""

    class ConfigHooked(ConfigBase):
        size = ConfigField(1)

        def get_extra_qualifiers(self, config_cls: type[ConfigBase]) -> list[str]:
            raise LookupError(config_cls)

    with pytest.raises(LookupError):
        ConfigHooked({"hooked": {"size": 2}})


@pytest.mark.filterwarnings("error")
def test_warnings_as_errors_keep_their_class() -> None:
    """If warnings are errors, a misspelled name raises the warning itself."""
    with pytest.raises(UnknownSettingWarning):
        ConfigRedis({"redis_prot": 1, "redis_hostt": 2})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("raw", 10**8),
        ("raw", "10_000"),
        ("raw", True),
        ("optional", Decimal("1e99999")),
        ("optional", Decimal("-1e99999")),
        ("pair", [Decimal("Infinity"), ""]),
    ],
)
def test_small_values_that_would_be_large(field: str, value: Any) -> None:
    """A number is not a count of zero bytes, and a large exponent is not expanded."""
    with pytest.raises(ConfigTypeError, match="expected"):
        ConfigMany({field: value})


LONG = 1_000_000
TEXTS: dict[str, Callable[[int], str]] = {
    "digits": lambda length: "1" * length,
    "negative digits": lambda length: "-" + "1" * length,
    "digits with marks": lambda length: "1_" * (length // 2) + "1",
    "fraction": lambda length: "1." + "1" * length,
    "exponent": lambda length: "1e" + "1" * length,
    "letters": lambda length: "x" * length,
    "spaces": lambda length: " " * length,
    "commas": lambda length: "," * (length // 10),
    "brackets": lambda length: "[" * length,
    "closed brackets": lambda length: "[" * (length // 2) + "]" * (length // 2),
    "objects": lambda length: '{"a":' * (length // 5),
    "list": lambda length: "[" + "1," * (length // 20) + "1]",
    "durations": lambda length: "1h" * (length // 20),
    "broken durations": lambda length: "1h" * (length // 20) + "x",
    "broken duration of digits": lambda length: "1" * length + "x",
    "spaced durations": lambda length: "1h" + " " * length + "x",
    "date": lambda length: "2024-01-01" + " " * length,
    "moment": lambda length: "2024-01-01T10:00:00." + "0" * length,
    "uuid": lambda length: "0" * 32 + "-" * length,
    "url": lambda length: "redis://" + "a:" * (length // 2) + "@h",
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_million_characters(name: str) -> None:
    """Each type reads or rejects a huge variable; no error contains its whole text."""
    text = TEXTS[name](LONG)
    for cls in CLASSES:
        for field in cls().all_fields:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv(cls.get_env_key(field), text)
                make_and_print(cls)


SHAPES: list[Callable[[int], str]] = [
    lambda depth: "[" * depth + "]" * depth,
    lambda depth: '{"a":' * depth + "1" + "}" * depth,
    lambda depth: '[{"a":' * (depth // 2) + "1" + "}]" * (depth // 2),
]


@pytest.mark.parametrize("shape", SHAPES, ids=["lists", "objects", "both"])
@pytest.mark.parametrize("depth", [2, 98, 100, 102, 300, 600, 2_000, 100_000])
def test_nested_json_in_a_variable(
    shape: Callable[[int], str], depth: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JSON in a variable may nest as deep as a file, and the value can be copied."""
    cls = ConfigMany
    field = "loose" if shape(2).startswith("[") else "free_table"
    monkeypatch.setenv(cls.get_env_key(field), shape(depth))
    try:
        conf = cls()
    except ConfigError as error:
        assert depth > 100
        check_error(cls, error)
    else:
        assert depth <= 100
        check_instance(conf)


@given(st.text(st.characters(categories=["Cs", "Lu", "Nd", "Po"]), max_size=8))
def test_lone_surrogates_in_variables(text: str) -> None:
    """Bytes of a variable that are not text are kept, shown escaped, and copied."""
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
    with pytest.MonkeyPatch.context() as patch:
        for field in ("text", "anything", "path", "changing"):
            patch.setenv(ConfigMany.get_env_key(field), text.replace("\0", ""))
        conf = ConfigMany()
    check_instance(conf)
    assert f"{conf!r}{conf.explain()}".encode()
