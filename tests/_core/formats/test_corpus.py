"""Small files that caused, or could cause, trouble have the properties of fuzzing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fuzz.oracle import TARGETS

CORPUS = Path(__file__).parents[2] / "fuzz" / "corpus"
SEEDS = sorted(seed for target in TARGETS for seed in (CORPUS / target).iterdir())


@pytest.mark.parametrize(
    "seed", SEEDS, ids=lambda seed: f"{seed.parent.name}-{seed.name}"
)
def test_a_seed(seed: Path) -> None:
    """Any bytes give a value or a ConfigError in every layer of this library."""
    data = seed.read_bytes()
    TARGETS[seed.parent.name](data)
    TARGETS["file"](data)


@pytest.mark.parametrize("target", TARGETS)
def test_seeds_are_small(target: str) -> None:
    """Each target has seeds, all of them small."""
    sizes = [seed.stat().st_size for seed in SEEDS if seed.parent.name == target]
    assert sizes
    assert max(sizes) < 2000
