"""The same sources give the same text, byte for byte, whatever Python's hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from pynenc_conf import ConfigField, ConfigPynencBase
from tests.deterministic import FILES, VARIABLES

ROOT = Path(__file__).parent.parent
PROGRAM = "from tests.deterministic import main; main()"


def output(seed: str, folder: Path) -> subprocess.Popen[bytes]:
    """Run the program with a hash seed, in a separate directory."""
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
    """No repr, error, warning, pickle or command output depends on the hash seed."""
    seeds = ("0", "1", "2", "42", "random")
    programs = [output(seed, tmp_path / seed) for seed in seeds]
    texts = [program.communicate()[0].decode() for program in programs]
    assert [program.returncode for program in programs] == [0] * len(seeds), texts[0]
    # Every section of the output exists.
    for words in (
        "redis_port: expected int, got 'six'",
        "did you mean 'redis_port'?",
        "unknown setting 'PYNENC__REDIS_PASWORD'",
        "[alpha, beta, delta, epsilon, eta,",
        "numbers={4, 30, 100}",
        '"value": ["beta", "eta", "kappa", "theta"]',
        "did you mean 'false'?",
    ):
        assert words in texts[0], words
    for text in texts[1:]:
        assert text.splitlines() == texts[0].splitlines()


def test_a_list_made_from_a_set_is_sorted() -> None:
    """A set that is given for an ordered type is sorted."""

    class ConfigNames(ConfigPynencBase):
        names: ConfigField[tuple[str, ...]] = ConfigField(())

    words = [str(number) for number in range(50)]
    assert ConfigNames({"names": set(words)}).names == tuple(sorted(words))
