"""Fuzz: `python -m tests.fuzz yaml|toml|json|file|values [--seconds N] [--keep DIR]`.

Uses coverage-guided fuzzing: https://github.com/google/atheris (`pip install .[fuzz]`).
Findings are written to the directory that the program prints first. Reduce a finding to
a small file with a descriptive name in `corpus/`, where an ordinary test reads it.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import atheris

CORPUS = Path(__file__).parent / "corpus"
# An input that takes more time or memory is a finding too.
SECONDS_EACH, MEGABYTES = 10, 1024
LONGEST = 2048
WORDS = r"""
hunter2! << --- !!int !!float !!bool !!null !!set !!binary !!timestamp &a *a %TAG %YAML
[[ ]] \" ''' \u0041 \ud800 \U0010ffff 0x1F 0o17 1_0 1:30 1.5 1e999 .inf nan true null
2024-01-01 10:00:00Z 1h30m redis redis_port orchestrator tool.pynenc tool.config many
whole number text anything level numbers pair table nested address point pause secrets
"""


def main() -> None:
    """Fuzz one target for a given time."""
    parser = argparse.ArgumentParser(prog="tests.fuzz")
    parser.add_argument("target", choices=["yaml", "toml", "json", "file", "values"])
    parser.add_argument("--seconds", type=int, default=60, help="0: until it is ended")
    parser.add_argument("--keep", type=Path, help="a folder for the inputs it made")
    parser.add_argument(
        "--pure", action="store_true", help="read YAML by PyYAML's own parser"
    )
    options = parser.parse_args()
    with atheris.instrument_imports(include=["pynenc_conf", "json", "tomllib", "yaml"]):
        import yaml  # noqa: PLC0415 - imported here to be instrumented

        if options.pure:
            yaml.__with_libyaml__ = False
        guide = _guide(options.target)
        oracle = importlib.import_module("tests.fuzz.oracle")
    check = oracle.TARGETS[options.target]
    if options.target == "values":
        check = oracle.check_one_value

    def one(data: bytes) -> None:
        guide(data)
        check(data)

    work = Path(tempfile.mkdtemp(prefix=f"fuzz-{options.target}-"))
    kept = options.keep or work / "made"
    kept.mkdir(parents=True, exist_ok=True)
    words = work / "words"
    words.write_text("".join(map(_quoted, WORDS.split())), encoding="ascii")
    print(f"findings go to {work}", file=sys.stderr)  # noqa: T201 - a script
    arguments = [
        sys.argv[0],
        str(kept),
        str(CORPUS / options.target),
        f"-artifact_prefix={work}/",
        f"-dict={words}",
        f"-max_total_time={options.seconds}",
        f"-timeout={SECONDS_EACH}",
        f"-rss_limit_mb={MEGABYTES}",
        f"-max_len={LONGEST}",
        "-print_final_stats=1",
    ]
    atheris.Setup(arguments, one)
    atheris.Fuzz()


def _quoted(word: str) -> str:
    """Return a word as a line of a libFuzzer dictionary."""
    escaped = word.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"\n'


def _guide(target: str) -> Callable[[bytes], None]:
    """Return a pure Python parser whose coverage leads to unusual syntax.

    The library uses compiled parsers, whose coverage the fuzzer cannot measure.
    """
    for name in [name for name in sys.modules if name.partition(".")[0] == "json"]:
        del sys.modules[name]  # imported by others, without instrumentation
    decoding, scanning, toml, yaml = map(
        importlib.import_module, ("json.decoder", "json.scanner", "tomllib", "yaml")
    )
    decoder = decoding.JSONDecoder()
    decoder.parse_string = decoding.py_scanstring
    decoder.scan_once = scanning.py_make_scanner(decoder)
    guides: dict[str, Callable[[str], object]] = {
        "yaml": lambda text: yaml.compose(text, yaml.SafeLoader),
        "toml": toml.loads,
        "json": decoder.decode,
    }
    parse = guides.get(target, lambda _: None)

    def guide(data: bytes) -> None:
        with suppress(Exception):  # the parser is not under test
            parse(data.decode())

    return guide


if __name__ == "__main__":
    main()
