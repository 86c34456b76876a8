"""Instances as an application has them, made without its own constructors."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from inspect import isabstract
from typing import TYPE_CHECKING, Any

from pynenc_conf.config_base import ConfigBase
from pynenc_conf.config_task import ConfigTask
from pynenc_conf.exceptions import UnknownSettingWarning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def sample(
    cls: type[ConfigBase],
    path: str | None = None,
    task: str | None = None,
    values: dict[str, Any] | None = None,
) -> ConfigBase:
    """Make an instance that reads a file, of `task` where the class is for tasks.

    What a constructor of an application's wants to be given nobody here knows, so it
    is not called. Raises ConfigError.
    """
    config = cls.__new__(cls)
    if issubclass(cls, ConfigTask):
        vars(config).update(task_id=task or "", task_options={})
    else:
        # Hooks of an application's own may ask for what its constructor sets.
        vars(config).update(get_extra_qualifiers=_none, get_extra_env_keys=_none)
    ConfigBase.__init__(config, values, path)
    return config


@contextmanager
def no_warnings() -> Iterator[None]:
    """Leave out the warnings of instances, for those who report names by themselves."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownSettingWarning)
        yield


def concrete(classes: Sequence[type[ConfigBase]]) -> list[type[ConfigBase]]:
    """Return the classes that can have instances."""
    return [cls for cls in classes if not isabstract(cls)]


def _none(*_: Any) -> None:
    """Name nothing."""
