"""Runs the same calls on one of two engines, and prints the results as JSON.

`engine.py ours` uses this library in place of the engine, `engine.py theirs` cistell.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

if sys.argv[1] == "ours":
    from pynenc_conf import dropin

    dropin.install()

from cistell import ConfigBase, ConfigField, ConfigRoot, FieldProvenance
from cistell.base import ConfigBase as BaseOfModule
from cistell.exceptions import ConfigError, ConfigMultiInheritanceError
from cistell.field import ConfigField as FieldOfModule
from cistell.field import default_config_field_mapper
from cistell.root import ConfigRoot as RootOfModule
from cistell.root import get_config_fields

SECRET = "hunter2"
FILE = "shop:\n  amount: 3\n  berlin:\n    size: 7\n"


class ConfigShop(ConfigBase):
    """A class that uses all features of the engine."""

    amount = ConfigField(1)
    token = ConfigField("", secret=True)
    enabled = ConfigField(True)
    size = ConfigField(1)
    town = ConfigField("Rome")

    def get_extra_qualifiers(self, config_cls: type[ConfigRoot]) -> list[str] | None:
        """Read the section of a branch."""
        return ["berlin"] if config_cls is ConfigShop else None

    def get_extra_env_keys(
        self, field_name: str, config_cls: type[ConfigRoot]
    ) -> list[str] | None:
        """Read the variable of a branch."""
        del config_cls
        return [f"BERLIN_{field_name}".upper()]


class ConfigBranch(ConfigShop):
    """A child with a field of its own."""

    rooms = ConfigField(2)


class ConfigEmpty(ConfigBase):
    """A namespace."""


class ConfigBare(ConfigEmpty):
    """A class without fields that is not a namespace."""


class ConfigLeaf(ConfigBare):
    """A child of ConfigBare."""

    name = ConfigField("none")


class ConfigLeft(ConfigBase):
    """A parent that defines a field."""

    name = ConfigField("left")


class ConfigRight(ConfigBase):
    """Another parent that defines the field."""

    name = ConfigField("right")


class ConfigBoth(ConfigLeft, ConfigRight):
    """A child of both parents."""


def raised(call: Any, *arguments: Any) -> list[str]:
    """Return the class names of the exception that a call raises."""
    try:
        call(*arguments)
    except Exception as error:  # noqa: BLE001 - any exception is a result
        return [cls.__name__ for cls in type(error).__mro__]
    return []


def answers() -> dict[str, Any]:
    """Return the results of all calls."""
    Path("shop.yaml").write_text(FILE, encoding="utf-8")
    os.environ["CONFIG__TOKEN"] = SECRET
    os.environ["BERLIN_TOWN"] = "Berlin"
    values = {"amount": 2, "branch": {"amount": 5}, "enabled": False}
    conf = ConfigShop(values, "shop.yaml")
    infos = {name: conf.field_info(name) for name in conf.all_fields}
    with ConfigShop.override(size=9) as overridden:
        size = overridden.size
    with ConfigShop.override(town="Paris") as overridden:
        town = overridden.town
    safe = conf.safe_dict()
    same = conf == ConfigShop(values, "shop.yaml")
    return {
        "names": [
            BaseOfModule is ConfigBase,
            FieldOfModule is ConfigField,
            RootOfModule is ConfigRoot,
            issubclass(ConfigBase, ConfigRoot),
            issubclass(ConfigMultiInheritanceError, ConfigError),
            isinstance(infos["size"], FieldProvenance),
            default_config_field_mapper("3", int) == 3,
            sorted(get_config_fields(ConfigBranch)) == ["rooms"],
        ],
        "values": {name: getattr(conf, name) for name in sorted(infos)},
        "is_default": {name: infos[name].is_default for name in sorted(infos)},
        "is_secret": {name: infos[name].is_secret for name in sorted(infos)},
        "safe_keys": sorted(safe),
        "read_only": type(safe).__name__,
        "leaks": [
            name
            for name, text in {
                "safe_dict": str(dict(safe)),
                "explain": conf.explain(),
                "repr": repr(conf),
                "info": str(infos["token"]) + str(infos["token"].display_value),
            }.items()
            if SECRET in text
        ],
        "explained": sorted(name for name in infos if name in conf.explain()),
        "unknown_field": "KeyError" in raised(conf.field_info, "nothing"),
        "conflict": "ConfigMultiInheritanceError" in raised(ConfigBoth),
        "bad_value": "TypeError" in raised(ConfigShop, {"amount": "six"}),
        "equal": same,
        "override": size,
        "env_key": ConfigShop.get_env_key("size", ConfigShop),
        "section": conf.get_config_id(ConfigBranch),
        # The documented differences.
        "engine-sections": ConfigBranch({"shop": {"rooms": 9}}).rooms,
        "engine-fieldless": ConfigLeaf({"bare": {"name": "set"}}).name,
        "engine-shadowed": bool(raised(ConfigShop, {"amount": "six"}, "shop.yaml")),
        "engine-override": town,
        "engine-info": [infos["size"].source, infos["size"].display_value],
        "engine-secret": [infos["token"].display_value, safe["token"]],
        "engine-explain": conf.explain().splitlines()[0],
        "engine-hash": hash(conf) == hash(ConfigShop(values, "shop.yaml")),
        "bool-text": ConfigShop({"enabled": "false"}).enabled,
    }


sys.stdout.write(json.dumps(answers()))
