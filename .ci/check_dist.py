"""Checks that a built wheel and sdist contain the whole library and nothing else."""

from __future__ import annotations

import re
import sys
import tarfile
import zipfile
from pathlib import Path

PACKAGE = "pynenc_conf"
SDIST_FOLDERS = {PACKAGE, "tests", "docs"}
SDIST_FILES = {".gitignore", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml"}
NEVER = ("__pycache__", ".pyc", ".ipynb_checkpoints", ".DS_Store")


def main() -> int:
    """Check the distributions in the folder and the checkout given as arguments."""
    dist, checkout = map(Path, sys.argv[1:])
    (wheel,) = dist.glob("*.whl")
    (sdist,) = dist.glob("*.tar.gz")
    sources = {
        path.relative_to(checkout).as_posix()
        for path in (checkout / PACKAGE).rglob("*")
        if path.is_file() and not any(part in path.as_posix() for part in NEVER)
    }
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        problems = wheel_problems(names, sources)
        (metadata,) = (name for name in names if name.endswith(".dist-info/METADATA"))
        problems += description_problems(archive.read(metadata).decode())
    with tarfile.open(sdist) as archive:
        problems += sdist_problems(set(archive.getnames()), sources)
    for problem in problems:
        print(problem)
    print(f"{wheel.name}, {sdist.name}: {len(problems)} problems")
    return 1 if problems else 0


def wheel_problems(names: set[str], sources: set[str]) -> list[str]:
    """Return the problems with the files of a wheel."""
    package = {name for name in names if name.startswith(f"{PACKAGE}/")}
    info = {name for name in names if name.partition("/")[0].endswith(".dist-info")}
    problems = [f"wheel: stray file {name}" for name in sorted(names - package - info)]
    problems += [f"wheel: no {name}" for name in sorted(sources - package)]
    problems += [f"wheel: not a source {name}" for name in sorted(package - sources)]
    if f"{PACKAGE}/py.typed" not in names:
        problems.append("wheel: no py.typed")
    if not any(name.endswith("/licenses/LICENSE") for name in info):
        problems.append("wheel: no LICENSE")
    return problems


def description_problems(metadata: str) -> list[str]:
    """Return the links and images of the description that an index cannot show."""
    headers, _, text = metadata.partition("\n\n")
    problems = []
    if "Description-Content-Type: text/markdown" not in headers or "\n## " not in text:
        problems.append("wheel: the description is not the README")
    text = re.sub(r"(?ms)^```.*?^```$", "", text)
    targets = re.findall(r"\]\(([^)]*)\)", text)
    targets += re.findall(r'(?:src|srcset|href)="([^"]*)"', text)
    return problems + [
        f"wheel: the description has a relative link to {target}"
        for target in targets
        if not target.startswith(("http://", "https://"))
    ]


def sdist_problems(names: set[str], sources: set[str]) -> list[str]:
    """Return the problems with the files of an sdist."""
    inside = {name.partition("/")[2] for name in names}
    problems = [
        f"sdist: stray file {name}"
        for name in sorted(inside)
        if any(part in name for part in NEVER)
        or (name not in SDIST_FILES and name.partition("/")[0] not in SDIST_FOLDERS)
    ]
    missing = sorted((sources | SDIST_FILES - {".gitignore"}) - inside)
    return problems + [f"sdist: no {name}" for name in missing]


if __name__ == "__main__":
    sys.exit(main())
