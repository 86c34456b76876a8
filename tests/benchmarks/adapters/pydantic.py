"""pydantic-settings, whose classes name their files and which has no sections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import create_model
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
    YamlConfigSettingsSource,
)

from tests.benchmarks.sample import CATALOGUE, EIGHT, Spec

IMPORT = "import pydantic_settings; pydantic_settings.BaseSettings"
PROCESS = f"""
from pydantic import create_model
from pydantic_settings import BaseSettings, YamlConfigSettingsSource
class Base(BaseSettings):
    @classmethod
    def settings_customise_sources(cls, settings_cls, **sources):
        return (YamlConfigSettingsSource(settings_cls, "pynenc.yaml"),)
fields = {{name: (type(value), value) for name, value in {EIGHT!r}.items()}}
create_model("ConfigRedis", __base__=Base, **fields)()
"""
DISTRIBUTIONS = ("pydantic-settings", "pydantic")


class _Base(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="PYNENC__", validate_assignment=True, extra="ignore"
    )


def classes(specs: tuple[Spec, ...]) -> list[type]:
    """Make config classes."""
    made: list[Any] = []
    for spec in specs:
        bases = tuple(made[index] for index in spec.bases) or (_Base,)
        fields: Any = {
            name: (type(value), value) for name, value in spec.fields.items()
        }
        made.append(create_model(spec.name, __base__=bases, **fields))
    return made


_Catalogue: Any = classes(CATALOGUE)[-1]


def maker(values: dict[str, Any] | None, path: str | None) -> Callable[[], Any]:
    """Return a function that makes an instance of the class with 19 fields."""
    given = values or {}
    cls = _Catalogue if path is None else _reading(path)
    return lambda: cls(**given)


def _reading(path: str) -> Any:
    class FromFile(_Catalogue):  # type: ignore[misc]
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            **_: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            file: PydanticBaseSettingsSource
            if path.endswith(".toml"):
                file = TomlConfigSettingsSource(settings_cls, path)
            else:
                file = YamlConfigSettingsSource(settings_cls, path)
            return init_settings, env_settings, file

    return FromFile
