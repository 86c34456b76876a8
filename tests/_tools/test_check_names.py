"""Names that `check` reports: of tasks, of sections, and in large numbers."""

from __future__ import annotations

import pytest

from tests._core.test_counts import counted
from tests._tools.running import findings, only, place, run, write

VARIABLE = "PYNENC__CONFIGTASK__{}__MAX_RETRIES"


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("SHOP_PAY", "SHOP__PAY"),
        ("SHOP.PAY", "SHOP__PAY"),
        ("SHOP__CART#PAY", "SHOP__CART__PAY"),
        ("SHOP.CART#PAY", "SHOP__CART__PAY"),
        ("PAY", None),
        ("SHOP_CART_PAY", None),
    ],
)
def test_variables_that_no_task_reads(
    name: str, suggestion: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable whose part is not the id of a task is a warning."""
    variable = VARIABLE.format(name)
    monkeypatch.setenv(variable, "1")
    finding = only()
    assert (finding["code"], finding["variable"]) == ("unread", variable)
    assert "the id of a task is MODULE.TASK" in finding["message"]
    expected = suggestion and VARIABLE.format(suggestion)
    assert finding["suggestion"] == expected
    if expected:
        monkeypatch.delenv(variable)
        monkeypatch.setenv(expected, "1")
        assert findings() == []


def test_variables_of_known_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A task in a file shows which underscores of a variable are dots."""
    path = write("pynenc.yaml", "task: {shop.cart.pay_now: {max_retries: 1}}\n")
    monkeypatch.setenv(VARIABLE.format("SHOP_CART_PAY_NOW"), "2")
    assert only(path)["suggestion"] == VARIABLE.format("SHOP__CART__PAY_NOW")


@pytest.mark.parametrize(
    ("text", "places", "suggestions"),
    [
        ("[task.shop.pay]\nmax_retries=1\n", [(1, None)], ['task."shop.pay"']),
        (
            "[task.shop.cart.pay]\nmax_retries=1\n[task.shop.cart.buy]\nmax_retries=1\n",
            [(1, None), (3, None)],
            ['task."shop.cart.pay"', 'task."shop.cart.buy"'],
        ),
        ("[task.pay]\nmax_retries=1\n", [(1, None)], [None]),
        (
            '[task.pay]\nmax_retries=1\n[task."shop.pay"]\nmax_retries=1\n',
            [(1, None)],
            ['task."shop.pay"'],
        ),
    ],
)
def test_sections_that_no_task_reads(
    text: str, places: list[tuple[int, None]], suggestions: list[str | None]
) -> None:
    """A section of a task whose key is not the id of a task is a warning."""
    found = findings(write("pynenc.toml", text))
    assert [(item["line"], item["column"]) for item in found] == places
    assert [item["suggestion"] for item in found] == suggestions
    assert {item["code"] for item in found} == {"unread"}


def test_sections_of_tasks_in_yaml() -> None:
    """The place of such a section is its own line."""
    text = "task:\n  # c\n  pay:\n    max_retries: 1\n"
    text += "  shop:\n    buy:\n      max_retries: 1\n"
    found = findings(write("pynenc.yaml", text))
    assert [place(item) for item in found] == [
        ("pynenc.yaml", 3, 3),
        ("pynenc.yaml", 6, 5),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# c\nbrokr:\n\n  # d\n  a: 1\n", (2, 1)),
        ("a: &a\n  b: 1\nbrokr: *a\n", (1, 1)),
        ("brokr: {a: 1}\n", (1, 1)),
        ("brokr: !!map\n  a: 1\n", (1, 1)),
        ("'brokr':\n  a: 1\n", (1, 1)),
        ("redis:\n  redis_db: 1\n\nbrokr:\n    a: 1\n", (4, 1)),
    ],
)
def test_the_place_of_an_unknown_section(text: str, expected: tuple[int, int]) -> None:
    """An unknown section is reported at its own line, not at its content's."""
    found = findings(write("pynenc.yaml", text))
    assert expected in [place(item)[1:] for item in found]


@pytest.mark.parametrize(
    "text", ["ConfigBroker: {queue_timeout_sec: 1}\n", "redis: {max_retries: 1}\n"]
)
def test_suggestions_in_a_class_file(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A section that is not read from a class file is not suggested."""
    monkeypatch.setenv("PYNENC__CONFIGREDIS__FILEPATH", write("one.yaml", text))
    assert only()["suggestion"] is None


def test_many_unknown_variables() -> None:
    """Each of many unknown variables is reported, and only the first are compared."""
    names = [f"PYNENC__REDIS_HOSTS{number}=1\n" for number in range(1000)]
    found = findings("--no-env", "--env-file", write("a.env", "".join(names)))
    assert len(found) == 1000
    assert found[0]["suggestion"] == "PYNENC__REDIS_HOST"
    assert sum(item["suggestion"] is not None for item in found) <= 200
    assert run("check", "--no-env", "--env-file", "a.env").output.count("\n") == 2001


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.env", "PYNENC__CONFIGTASK__M__T{}__MAX_RETRIES=1\n"),
        ("a.env", "PYNENC__CONFIGTASK__M__T{}__MAX_RETRYS=1\n"),
        ("a.env", "PYNENC__UNKNOWN_{}=1\n"),
        ("a.yaml", "unknown_{}: 1\n"),
        ("a.toml", "[task.'m.t{}']\nmax_retries = 1\n"),
    ],
)
def test_work_is_linear(name: str, line: str) -> None:
    """Twice the tasks, variables or keys take about twice the calls."""

    def calls(size: int) -> int:
        write(name, "".join(map(line.format, range(size))))
        options = ["--no-env", "--env-file"] if name == "a.env" else []
        return counted(lambda: run("check", *options, name)).calls

    calls(10)
    assert calls(160) < 2.3 * calls(80)
