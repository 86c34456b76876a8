"""A Sphinx extension that writes the reference of all public modules.

`modules` writes one page for each module, and an overview of all pages. `fields` writes
the description of one config class, with one block for each field. Everything is read
from the classes, so the pages always agree with the code.
"""

from __future__ import annotations

import re
from enum import EnumType
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config_reference.modules import homes, pages

if TYPE_CHECKING:
    from docutils.nodes import Element
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

FOLDER = "reference/api"
# Names in signatures that are documented elsewhere.
ELSEWHERE = {
    *("AbstractContextManager", "MappingProxyType", "P", "R", "T"),
    *("enum.StrEnum", "os.PathLike"),
    *("redis.Redis", "redis.asyncio.Redis", "redis.retry.Retry"),
    "redis.exceptions.MaxConnectionsError",
}
# Private names of types in signatures, and what they stand for.
ALIASES = {"Secrecy": "bool | Literal['url']", "_Config": "ConfigBase"}
# Parameters of these types make instances that only the library creates.
INTERNAL = ("_ParsedFile", "Record", "Setting")
# Methods of ConfigField that only the library calls.
UNLISTED = {"converter", "converts_by_type", "with_default"}


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the pages before Sphinx collects its source files."""
    app.connect("builder-inited", write_pages)
    app.connect("autodoc-process-docstring", separate_code)
    app.connect("autodoc-process-signature", simplify_signature)
    app.connect("autodoc-skip-member", skip_member)
    app.connect("missing-reference", find_home)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def simplify_signature(*arguments: Any) -> tuple[str, str | None] | None:
    """Return a signature without private names, and none of an Enum."""
    item = arguments[3]
    signature, returned = arguments[-2:]
    if signature is None:
        return None
    if isinstance(item, EnumType) or any(
        re.search(rf": {name}\b", signature) for name in INTERNAL
    ):
        return "", returned
    for name, meaning in ALIASES.items():
        signature = re.sub(rf"\b{name}\b", meaning, signature)
    return signature, returned


def skip_member(*arguments: Any) -> bool | None:
    """Leave out members without a description, and those of the library alone."""
    name, member = arguments[2:4]
    doc = str(getattr(member, "__doc__", ""))
    return name in UNLISTED or doc.startswith("Alias for field number") or None


def separate_code(*arguments: Any) -> None:
    """Allow letters directly after code in a docstring (`field`s), as in Markdown."""
    lines: list[str] = arguments[-1]
    lines[:] = [re.sub(r"(?<!`)(`[^`]+`)(?=\w)", r"\1\\ ", line) for line in lines]


def write_pages(app: Sphinx) -> None:
    """Write the pages that changed, and remove the pages of deleted modules."""
    folder = Path(app.srcdir) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    texts = {folder / f"{name}.md": text for name, text in pages().items()}
    for path in set(folder.glob("*.md")) - set(texts):
        path.unlink()
    for path, text in texts.items():
        # Sphinx rebuilds a page whose file is newer than the last build.
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def find_home(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: Element
) -> Element | None:
    """Link a name in a signature, which may be private or without its module."""
    if node.get("refdomain") != "py":
        return None
    target = node["reftarget"]
    home = homes().get(target.rpartition(".")[2])
    if home is not None and (target.startswith("pynenc_conf.") or "." not in target):
        return env.domains.python_domain.resolve_xref(
            env, node["refdoc"], app.builder, "obj", home, node, content
        )
    return content if target in ELSEWHERE else None
