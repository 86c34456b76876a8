"""Raw values that are not of the declared type, and what an error says about them."""

from __future__ import annotations

# collections.abc would load collections.
from _collections_abc import Mapping

from pynenc_conf._core.formats.yaml_scalar import Scalar, to_plain
from pynenc_conf._core.masking import format_value
from pynenc_conf.exceptions import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_VALUE = 60
_MAX_CAUSE = 300


class InvalidValue(Exception):  # noqa: N818 - users see it as a Problem
    """Raised when a raw value is not valid for the declared type.

    - `expected`: the declared type in words.
    - `raw`: the invalid part of the value, and `part`, which part that is ("element
      2", "key 'a'"). Neither may be shown if the setting is secret.
    - `choices`: the valid texts, if there are few.
    - `cause`: the exception of a mapper or of an application's own class.
    """

    def __init__(
        self,
        expected: str,
        raw: object,
        *,
        part: str = "",
        choices: Sequence[str] = (),
        cause: BaseException | None = None,
    ) -> None:
        super().__init__(expected)
        self.expected = expected
        self.raw: object
        try:
            self.raw = to_plain(raw)
        # A scalar that YAML itself cannot read, a list that contains itself, or a value
        # whose own methods raise.
        except Exception:  # noqa: BLE001
            self.raw = raw.text if type(raw) is Scalar else type(raw).__name__
        self.part = part
        self.choices = choices
        self.cause = cause


def describe_value(raw: object) -> str:
    """Return the text of a raw value of a setting that is not secret."""
    return describe_nesting(raw) or format_value(raw, secret=False, longest=_MAX_VALUE)


def describe_nesting(raw: object) -> str:
    """Return words for a value that may hold another setting's secret, else ""."""
    if isinstance(raw, Mapping):
        return "a mapping"
    containers = (Mapping, list, tuple, set, frozenset)
    if isinstance(raw, containers) and any(isinstance(i, containers) for i in raw):
        return "a list of containers"
    return ""


def describe_cause(cause: BaseException) -> str:
    """Return the text of an exception behind an invalid value that is not secret."""
    kind = type(cause).__name__
    try:
        text = str.__str__(str(cause))
    except Exception:  # noqa: BLE001 - the application's own __str__ raises
        return kind
    # A mapper that raises this library's errors has written the whole message.
    text = text if isinstance(cause, ConfigError) else f"{kind}: {text}"
    return text if len(text) <= _MAX_CAUSE else f"{text[: _MAX_CAUSE - 3]}..."
