"""Files with secrets that every user of the machine can read."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pynenc_conf._core.formats.yaml_scalar import KeyText, Scalar
from pynenc_conf._core.masking import mask_value
from pynenc_conf._core.sources.documents import expand_home

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf._tools.check.findings import Findings
    from pynenc_conf._tools.config_files import SettingsTable
    from pynenc_conf._tools.place import Place


def check_file_permissions(table: SettingsTable, findings: Findings) -> None:
    """Report the secrets in a world-readable configuration file."""
    path = table.document.path
    if _is_world_readable(path):
        for keys, setting, value in table.secret_values():
            if _is_masked(value, setting):
                _report(path, setting.name, table.place_of(*keys), findings)


def check_variable_permissions(plans: Sequence[Plan], findings: Findings) -> None:
    """Report world-readable files with secrets: `..._FILE` and `--env-file`."""
    environment = findings.environment
    is_public = {
        place.path: _is_world_readable(place.path or "")
        for place in environment.places.values()
    }
    for plan in plans:
        for variable in plan.variables:
            name, field = variable.name, variable.field
            value = environment.values.get(name, "")
            setting = plan.all_settings[field]
            if variable.holds_path:
                path = value
                is_here = not environment.is_of_container
                is_exposed = is_here and _is_world_readable(path)
            else:
                path = findings.place_of_variable(name).path or ""
                is_exposed = is_public.get(path, False) and _is_masked(value, setting)
            if is_exposed:
                _report(path, field, findings.place_of_variable(name), findings)


def _report(path: str, field: str, place: Place, findings: Findings) -> None:
    message = f"{path} contains a secret ({field}) and is world-readable; run chmod o-r"
    findings.warn("world-readable", message, place)


def _is_world_readable(path: str) -> bool:
    if os.name != "posix":
        return False
    try:
        return bool(os.stat(expand_home(path)).st_mode & stat.S_IROTH)
    except (OSError, ValueError):
        return False


def _is_masked(raw: object, setting: Setting) -> bool:
    """Whether a raw value contains something to hide: not empty or null."""
    if isinstance(raw, Mapping):
        # Otherwise the table is a section that has the name of the setting.
        return setting.takes_mapping and bool(setting.secret and raw)
    if getattr(raw, "tag", "") == "null":
        return False
    value = str(raw) if isinstance(raw, (Scalar, KeyText)) else raw
    return mask_value(value, setting.secret) != value
