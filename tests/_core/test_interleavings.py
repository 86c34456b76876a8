"""An instance is consistent whatever another thread does at any moment.

Each test creates or uses an instance once for each line of the library that it
executes, and before that line another thread changes something. No test depends on
chance.
"""

from __future__ import annotations

import copy
import os
import pickle
import shutil
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from pynenc_conf import (
    ConfigField,
    ConfigFileNotFoundError,
    ConfigPynencBase,
    ConfigTask,
)
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.report import suggestions
from pynenc_conf._core.sources import documents
from pynenc_conf._core.sources.collect import sources_of
from pynenc_conf._core.sources.request import UnknownName
from pynenc_conf.origin import Origin
from tests.threads import interrupt_at_each

Scene = tuple[Callable[[], Any], Callable[[], Any], Callable[[], Any]]


class ConfigPair(ConfigPynencBase):
    """Two settings that are changed together."""

    left = ConfigField(0)
    right = ConfigField(0)
    table: ConfigField[dict[str, int]] = ConfigField({})


@pytest.fixture(params=["trusted", "young"])
def _age(request: pytest.FixtureRequest, set_trust: Callable[[bool], None]) -> None:
    """Make every file old enough to be trusted, or too young."""
    set_trust(request.param == "trusted")


@pytest.fixture
def _coarse_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the file system's clock tick once a second, as some do."""
    original = documents._signature  # noqa: SLF001

    def signature(status: os.stat_result) -> tuple[int, ...]:
        modified, changed, *others = original(status)
        return modified // 10**9 * 10**9, changed // 10**9 * 10**9, *others

    monkeypatch.setattr(documents, "_signature", signature)


@pytest.mark.filterwarnings("ignore::pynenc_conf.UnknownSettingWarning")
@pytest.mark.parametrize("many", [True, False])
def test_the_callers_mapping_changes(many: bool) -> None:  # noqa: FBT001
    """An instance has, or does not have, a key that another thread adds or removes."""
    plan = plan_of(ConfigPair)

    def prepare() -> Scene:
        inner: dict[str, Any] = {"left": 1, "strange": 2}
        values: dict[str, Any] = {"right": 1, "pair": inner}
        if many:  # fields are looked up in a long table, and a short table is iterated
            inner |= {"table": {"a": 1, "b": 2}, "odd": {"a": 0}}
            values |= {"strange": 2, "table": {"a": 0}, "odd": {"a": 0}}
        tables = [values, inner, inner.get("table", {})]
        made: list[ConfigPair] = []
        plan.quiet = {*plan.settings, *plan.sections}  # search every time

        def change() -> None:
            for table in tables:
                for key in ("left", "right", "a"):
                    table.pop(key, None)
                table["later"] = 3

        def then() -> None:
            assert made[0].left in {0, 1}
            assert made[0].right in {0, 1}
            assert set(made[0].table.values()) in ({1, 2}, {2, 3}, set())

        return lambda: made.append(ConfigPair(values)), change, then

    assert interrupt_at_each("line", prepare) > 100


def test_variables_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """An instance, also of a task, has all variables as they were at one moment."""

    def set_both(number: int) -> None:
        for name in ("MAX_RETRIES", "CONFIGTASK__M__T__PARALLEL_BATCH_SIZE"):
            monkeypatch.setenv(f"PYNENC__{name}", str(number))

    def prepare() -> Scene:
        set_both(1)
        made: list[ConfigTask] = []

        def then() -> None:
            for conf, expected in ((made[0], {1, 2}), (ConfigTask("m.t"), {2})):
                assert conf.max_retries == conf.parallel_batch_size
                assert conf.max_retries in expected

        return lambda: made.append(ConfigTask("m.t")), lambda: set_both(2), then

    assert interrupt_at_each("line", prepare) > 100


def test_variables_of_another_mapping_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variables are consistent too if a dict replaces `os.environ`."""

    def prepare() -> Scene:
        environ = {"PYNENC__LEFT": "1", "PYNENC__RIGHT": "1", "HOME": "x"}
        monkeypatch.setattr(os, "environ", environ)
        made: list[ConfigPair] = []

        def then() -> None:
            assert (made[0].left, made[0].right) in {(1, 1), (2, 1)}
            assert ConfigPair().left == 2

        change = partial(environ.update, NEW="x", PYNENC__LEFT="2")
        return lambda: made.append(ConfigPair()), change, then

    assert interrupt_at_each("line", prepare) > 50


CHANGES: list[tuple[Callable[[type[Any]], object], dict[str, object]]] = [
    (lambda cls: setattr(cls, "size", 9), {"size": 9, "wide": 2}),
    (lambda cls: setattr(cls, "size", ConfigField("x")), {"size": "x", "wide": 2}),
    (lambda cls: delattr(cls, "size"), {"size": 0, "wide": 2}),
    (lambda cls: setattr(cls.__base__, "wide", 9), {"size": 1, "wide": 9}),
    (lambda cls: delattr(cls.__base__, "wide"), {"size": 1}),
    (lambda cls: setattr(cls, "note", "x"), {"size": 1, "wide": 2}),
    (lambda cls: cls(), {"size": 1, "wide": 2}),
]


@pytest.mark.parametrize("number", range(len(CHANGES)))
def test_a_class_changes_while_it_is_first_used(number: int) -> None:
    """A class changed during its first use gives either the old or the new fields."""
    change, after = CHANGES[number]

    def prepare() -> Scene:
        class ConfigOld(ConfigPynencBase):
            size = ConfigField(0)
            wide = ConfigField(2)

        class ConfigYoung(ConfigOld):
            size = ConfigField(1)

        made: list[ConfigYoung] = []

        def then() -> None:
            mine = {name: vars(made[0]).get(name) for name in ("size", "wide")}
            assert mine == {"size": 1, "wide": 2} or mine.items() >= after.items()
            assert ConfigYoung().safe_dict() == after
            settings = plan_of(ConfigYoung).settings
            for name, value in after.items():
                assert settings[name].declared is type(value)

        return lambda: made.append(ConfigYoung()), lambda: change(ConfigYoung), then

    assert interrupt_at_each("line", prepare, number + 1, step=len(CHANGES)) > 300


def test_an_attribute_becomes_a_field_while_it_is_set() -> None:
    """Later assignments to an attribute that becomes a field are converted."""

    def prepare() -> Scene:
        class ConfigGrowing(ConfigPynencBase):
            size = ConfigField(0)

        conf: Any = ConfigGrowing()

        def then() -> None:
            assert conf.note in {1, "1"}
            conf.note = "2"
            assert conf.note == 2

        change = partial(setattr, ConfigGrowing, "note", ConfigField(0))
        return lambda: setattr(conf, "note", "1"), change, then

    assert interrupt_at_each("line", prepare) > 10


@pytest.mark.usefixtures("_age")
@pytest.mark.parametrize("before", [False, True], ids=["new", "known"])
@pytest.mark.parametrize("meanwhile", [False, True], ids=["alone", "with-others"])
def test_files_that_belong_together_are_replaced(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    before: bool,
    meanwhile: bool,
) -> None:
    """Files that one step replaces, as in a Kubernetes volume, are read together.

    Also if an instance has read them before, or another thread reads the new ones.
    """
    sizes = count()
    monkeypatch.setenv("PYNENC__FILEPATH", str(tmp_path / "..data" / "stage.json"))
    (tmp_path / "base.yaml").symlink_to(Path("..data", "base.yaml"))

    def publish(number: int) -> None:
        data = tmp_path / "..data"
        old = data.resolve() if data.is_symlink() else None
        new = tmp_path / f"..{next(sizes)}"
        new.mkdir()
        # All sizes differ, so that a file may be trusted however young it is.
        text = "\n" * number + f"left: {number}" + " " * next(sizes)
        (new / "base.yaml").write_text(text, encoding="utf-8")
        text = f'{{"right": {number}}}' + " " * next(sizes)
        (new / "stage.json").write_text(text, encoding="utf-8")
        (tmp_path / "link").symlink_to(new.name)
        (tmp_path / "link").replace(data)
        if old is not None:
            shutil.rmtree(old)

    def prepare() -> Scene:
        publish(1)
        made: list[ConfigPair] = []

        def work() -> None:
            made.append(ConfigPair(None, tmp_path / "base.yaml"))

        def change() -> None:
            publish(2)
            if meanwhile:
                ConfigPair(None, tmp_path / "base.yaml")

        if before:
            ConfigPair(None, tmp_path / "base.yaml")

        def then() -> None:
            work()
            assert made[0].left in {1, 2}
            assert made[1].left == 2
            for conf in made:
                assert conf.right == conf.left
                assert conf.field_info("left").origin.line == conf.left + 1

        return work, change, then

    assert interrupt_at_each("line", prepare, step=2 if before else 3) > 30


@pytest.mark.usefixtures("_age")
@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
@pytest.mark.parametrize("by", ["link", "folder"])
def test_files_that_belong_together_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, by: str, known: bool
) -> None:
    """Files that a link, or the working directory, leads to again are read together.

    Their signatures are those that an earlier instance has seen.
    """
    monkeypatch.setenv("PYNENC__FILEPATH", str(Path("current", "stage.yaml")))
    base = str(Path("current", "base.yaml"))
    for number in (1, 2):
        folder = tmp_path / str(number) / "release"
        folder.mkdir(parents=True)
        (folder / "base.yaml").write_text(f"left: {number}\n", encoding="utf-8")
        (folder / "stage.yaml").write_text(f"right: {number}\n", encoding="utf-8")
        (tmp_path / str(number) / "current").symlink_to("release")

    def select(number: int) -> None:
        if by == "folder":
            monkeypatch.chdir(tmp_path / str(number))
            return
        monkeypatch.chdir(tmp_path)
        Path("new").symlink_to(Path(str(number), "release"))
        Path("new").replace("current")

    def prepare() -> Scene:
        select(1)
        made = [ConfigPair(None, base)]
        select(2)
        if known:
            documents.load(base)

        def then() -> None:
            made.append(ConfigPair(None, base))
            assert made[-1].left == 1
            for conf in made:
                assert conf.right == conf.left

        return lambda: made.append(ConfigPair(None, base)), lambda: select(1), then

    assert interrupt_at_each("line", prepare, step=2) > 30


@pytest.mark.usefixtures("_coarse_clock")
@pytest.mark.parametrize("name", ["pynenc.yaml", "pynenc.toml", "pynenc.json"])
def test_a_file_is_rewritten_in_place(name: str) -> None:
    """A rewrite within a tick, of equal size and time, is seen by the next instance."""
    texts = {
        "pynenc.yaml": "left: {}\n",
        "pynenc.toml": "left = {}\n",
        "pynenc.json": '{{"left": {}}}',
    }

    def write(number: int) -> None:
        with Path(name).open("r+" if Path(name).exists() else "w") as file:
            file.write(texts[name].format(number))
        os.utime(name, ns=(1, 1))

    def prepare() -> Scene:
        write(1)
        made: list[ConfigPair] = []

        def then() -> None:
            assert made[0].left in {1, 2}
            assert ConfigPair(None, name).left == 2

        return lambda: made.append(ConfigPair(None, name)), lambda: write(2), then

    assert interrupt_at_each("line", prepare) > 60


@pytest.mark.usefixtures("_age")
def test_a_file_is_deleted() -> None:
    """A file that is deleted is read or missing; no other error occurs."""
    path = Path("pynenc.json")

    def prepare() -> Scene:
        path.write_text('{"left": 1}', encoding="utf-8")
        made: list[object] = []

        def work() -> None:
            try:
                made.append(ConfigPair(None, path).explain("left"))
            except ConfigFileNotFoundError as error:
                made.append(str(error))

        def then() -> None:
            assert ("ConfigPair.left = 1" in str(made)) != ("no such file" in str(made))

        return work, path.unlink, then

    assert interrupt_at_each("line", prepare) > 100


def test_a_cache_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread that empties a full cache does not affect an instance."""
    monkeypatch.setenv("PYNENC__RIGHT", "2")
    Path("pynenc.json").write_text('{"left": 1}', encoding="utf-8")

    def change() -> None:
        mapping, files, environment, _ = sources_of(ConfigPair).all
        for memory in (documents._cache, files._converted):  # type: ignore[attr-defined]  # noqa: SLF001
            memory.clear()
        environment._state = (None, [], [], None, False)  # type: ignore[attr-defined]  # noqa: SLF001
        mapping._known = {}  # type: ignore[attr-defined]  # noqa: SLF001

    def prepare() -> Scene:
        change()
        made: list[ConfigPair] = []

        def work() -> None:
            made.extend(ConfigPair({"table": {}}, "pynenc.json") for _ in range(2))

        def then() -> None:
            assert [(conf.left, conf.right) for conf in made] == [(1, 2)] * 2

        return work, change, then

    assert interrupt_at_each("line", prepare) > 200


def test_the_memory_of_names_is_cleared() -> None:
    """A name is compared again if the memory of earlier comparisons is cleared."""
    unrelated = suggestions._unrelated  # noqa: SLF001
    plan = plan_of(ConfigPair)
    name = UnknownName(("unlike_all",), Origin("config_values"), plan.field_names)

    def prepare() -> Scene:
        unrelated.clear()

        def work() -> None:
            suggestions.report_unknown_names(plan, [name])

        def then() -> None:
            # A warning would be an error.
            assert unrelated <= {("unlike_all", plan.field_names, False)}

        return work, unrelated.clear, then

    assert interrupt_at_each("opcode", prepare) > 10


USES: list[Callable[[ConfigPair], object]] = [
    repr,
    hash,
    copy.copy,
    copy.deepcopy,
    lambda conf: pickle.loads(pickle.dumps(conf)),
    lambda conf: dict(conf.safe_dict()),
    lambda conf: conf == ConfigPair({"left": 2}),
    lambda conf: conf.field_info("left").value,
    lambda conf: conf.explain("right"),
    lambda conf: conf.explain().splitlines()[2:],
]


@pytest.mark.parametrize("use", USES, ids=range(len(USES)))
def test_an_instance_is_assigned_to(use: Callable[[ConfigPair], object]) -> None:
    """An operation during an assignment sees the old value or the new one."""
    old, new = ConfigPair({"left": 1}), ConfigPair({"left": 1})
    new.left = 2
    expected = [use(old), use(new)]

    def prepare() -> Scene:
        conf = ConfigPair({"left": 1})
        results: list[object] = []

        def then() -> None:
            assert results[0] in expected
            assert use(conf) == expected[1]

        return (
            lambda: results.append(use(conf)),
            partial(setattr, conf, "left", 2),
            then,
        )

    assert interrupt_at_each("line", prepare) > 0
