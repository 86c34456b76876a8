"""How Sphinx builds the documentation."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
# The code beside these docs is what they document, installed or not.
sys.path[:0] = [str(HERE.parent), str(HERE / "_ext")]

with (HERE.parent / "pyproject.toml").open("rb") as file:
    release = tomllib.load(file)["project"]["version"]

project = "pynenc_conf"
author = "pynenc_conf contributors"
project_copyright = author
version = release

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "command_reference",
    "sphinx_copybutton",
    "config_reference",
    "layout",
]
exclude_patterns = ["_build", "examples"]
nitpicky = True

html_theme = "furo"
html_title = f"{project} {release}"
html_static_path = ["_static"]
html_css_files = ["layout.css"]
# No button that shows the Markdown text of a page.
html_copy_source = False
html_show_sourcelink = False

myst_enable_extensions = ["deflist", "fieldlist"]
myst_heading_anchors = 3
# Texts of fields contain `""` as code.
smartquotes = False
# Docstrings write code in single backticks, as Markdown does.
default_role = "code"
autodoc_member_order = "bysource"
# The table of contents beside a page shows `redis_port`, not `ConfigRedis.redis_port`.
toc_object_entries_show_parents = "hide"

# The button copies the commands of a session, without prompts and output.
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_copy_empty_lines = False
copybutton_line_continuation_character = "\\"
