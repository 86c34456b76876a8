"""One difference between the original and this library, and where it shows."""

from __future__ import annotations

import math
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from pynenc_conf._core.formats.yaml_scalar import Scalar
from pynenc_conf.config_task import exception_config_mapper

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pynenc_conf._core.declare.plan import Setting


class Difference(NamedTuple):
    """A row of the table of differences.

    `there` is what the original does, `here` what this library does, in Markdown.
    `value` and `file` say whether it is this row that shows in a value which the two
    read differently, or in a file that one of them refuses; rows without them do not
    show in what a deployment has written.
    """

    id: str
    there: str
    here: str
    reason: str
    value: Callable[[ValueCase], bool] | None = None
    file: Callable[[FileCase], bool] | None = None


class ValueCase(NamedTuple):
    """A value that the original and this library read differently.

    `given` is what the original's parser gives, `written` what ours does; `there` is
    what the original makes of it, `here` what we do. A refusal is an exception.
    """

    setting: Setting
    given: Any
    written: Any
    there: Any
    here: Any

    @property
    def kind(self) -> type:
        """The type of the field's default, which is all that the original looks at."""
        return type(self.setting.field.default_value)

    @property
    def is_text(self) -> bool:
        """Whether the value is text for the original."""
        return isinstance(self.given, str)

    @property
    def is_yaml_scalar(self) -> bool:
        """Whether YAML 1.1 reads the value as something else than text."""
        return isinstance(self.written, Scalar)

    @property
    def is_finite_float(self) -> bool:
        """Whether the value is a finite float."""
        return isinstance(self.given, float) and math.isfinite(self.given)

    @property
    def is_container(self) -> bool:
        """Whether the field holds several values."""
        return issubclass(self.kind, (tuple, list, set, frozenset, dict))

    @property
    def is_number(self) -> bool:
        """Whether the field is a number."""
        return self.kind in {int, float}

    @property
    def is_enum(self) -> bool:
        """Whether the field is a choice."""
        return issubclass(self.kind, Enum)

    @property
    def is_retry_for(self) -> bool:
        """Whether the field holds exception classes."""
        return self.setting.field.mapper is exception_config_mapper

    @property
    def there_is_nan(self) -> bool:
        """Whether the original reads nan."""
        return isinstance(self.there, float) and math.isnan(self.there)

    @property
    def there_is_infinite(self) -> bool:
        """Whether the original reads infinity."""
        return isinstance(self.there, float) and math.isinf(self.there)

    @property
    def is_refused_here(self) -> bool:
        """Whether the value is refused by this library, and was not there."""
        refused = isinstance(self.here, Exception)
        return refused and not isinstance(self.there, Exception)


class FileCase(NamedTuple):
    """A file that the original or this library refuses.

    `there` names the class of what the original raises, `here` has the words of our
    refusal; "" stands for a file that is read.
    """

    path: str
    data: bytes
    there: str
    here: str

    @property
    def is_yaml(self) -> bool:
        """Whether it is a YAML file."""
        return self.path.lower().endswith((".yaml", ".yml"))

    @property
    def is_json(self) -> bool:
        """Whether it is a JSON file."""
        return self.path.lower().endswith(".json")
