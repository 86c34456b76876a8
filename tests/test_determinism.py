"""The same sources give the same text, byte for byte, whatever Python's hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pynenc_conf import ConfigField, ConfigPynencBase
from pynenc_conf._core.masking import format_value, sorted_elements
from tests.deterministic import FILES, VARIABLES

ROOT = Path(__file__).parent.parent
PROGRAM = "from tests.deterministic import main; main()"


def output(seed: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start the program with a seed, in a folder of its own."""
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o644)
    environment = os.environ | VARIABLES
    environment |= {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def test_no_text_depends_on_the_hash_seed(tmp_path: Path) -> None:
    """Repr, explanations, errors, suggestions, warnings, pickles and all commands."""
    seeds = ("0", "1", "2", "42", "random")
    programs = [output(seed, tmp_path / seed) for seed in seeds]
    texts = [program.communicate()[0].decode() for program in programs]
    assert [program.returncode for program in programs] == [0] * len(seeds), texts[0]
    # What was meant to be said was said.
    for words in (
        "redis_port: expected int, got 'six'",
        "did you mean 'redis_port'?",
        "unknown setting 'PYNENC__REDIS_PASWORD'",
        "frozenset({'alpha', 'beta', 'delta', 'epsilon',",
        "numbers={4, 30, 100}",
        '"value": ["beta", "eta", "kappa", "theta"]',
        "did you mean 'false'?",
    ):
        assert words in texts[0], words
    for text in texts[1:]:
        assert text.splitlines() == texts[0].splitlines()


SCALARS = st.text(max_size=3) | st.integers() | st.none() | st.binary(max_size=2)


@given(st.lists(SCALARS | st.frozensets(SCALARS, max_size=4), max_size=8))
def test_equal_sets_are_shown_alike(elements: list[object]) -> None:
    """However a set came to have its elements."""
    forth, back = set(elements), set(dict.fromkeys(reversed(elements)))
    assert format_value(forth, secret=False) == format_value(back, secret=False)
    assert sorted_elements(forth) == sorted_elements(frozenset(back))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({10, 9, 1}, "{1, 9, 10}"),
        (frozenset({"b", "a"}), "frozenset({'a', 'b'})"),
        ({"b", 2, None}, "{'b', 2, None}"),
        ([{"b", "a"}, ({1, 0},)], "[{'a', 'b'}, ({0, 1},)]"),
        ({"key": {"b", "a"}}, "{'key': {'a', 'b'}}"),
        ({frozenset({"b", "a"}): 1}, "{frozenset({'a', 'b'}): 1}"),
        (set(), "set()"),
        (frozenset(), "frozenset()"),
    ],
)
def test_sets_are_shown_in_order(value: object, text: str) -> None:
    """Wherever a set is in a value: by value if that can be compared, else by text."""
    assert format_value(value, secret=False) == text


def test_a_secret_set_is_not_shown() -> None:
    """Order is not a way around the mask."""
    assert format_value({"b", "a"}, secret=True) == "***"


def test_elements_without_text_or_order_are_kept() -> None:
    """What can neither be compared nor told stays in the set's own order."""

    class Silent:
        def __repr__(self) -> str:
            raise RuntimeError

    elements = {Silent(), Silent(), 10**5000}
    assert set(sorted_elements(elements)) == elements
    assert format_value(elements, secret=False) == "<set>"


def test_elements_without_text_are_compared() -> None:
    """What cannot be told, but compared, is in the order of its value."""

    class Silent(int):
        def __repr__(self) -> str:
            raise RuntimeError

    # In a set, so large a number follows the small ones.
    elements = {Silent(2**61), Silent(9), Silent(1)}
    assert sorted_elements(elements) == sorted(elements)
    assert sorted_elements({Silent(2**61 + 1), Silent(2**61)}) == [2**61, 2**61 + 1]


def test_a_list_made_of_a_set_is_in_order() -> None:
    """A set that is given for an ordered type is put into one order."""

    class ConfigNames(ConfigPynencBase):
        names: ConfigField[tuple[str, ...]] = ConfigField(())

    words = [str(number) for number in range(50)]
    assert ConfigNames({"names": set(words)}).names == tuple(sorted(words))
