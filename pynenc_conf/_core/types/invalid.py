"""Raw values that are not of the declared type, and what an error says about them."""

from __future__ import annotations

# collections.abc would load collections.
from _collections_abc import Mapping

from pynenc_conf._core.formats.yaml_scalar import KeyText, Scalar, to_plain
from pynenc_conf._core.masking import format_value, type_name
from pynenc_conf._core.problems import find_closest_name
from pynenc_conf.exceptions import ConfigError, Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from pynenc_conf._core.masking import Secrecy
    from pynenc_conf.origin import Origin

    Step = tuple[str, str | int]

_MAX_VALUE = 60
_MAX_CAUSE = 300
_MAX_WORDS = 1000


# How a part of a value is found in what holds it: the kinds of the steps to it.
ELEMENT = "element"
KEY = "key"
MEMBER = "member"
UNKNOWN_MEMBER = "unknown member"


class InvalidValue(Exception):  # noqa: N818 - users see it as a Problem
    """Raised when a raw value is not valid for the declared type.

    - `expected`: the declared type in words.
    - `given`: the invalid part of the value, and `steps`, which lead to that part, each
      a kind and a key. Neither may be shown if the setting is secret.
    - `choices`: the valid texts, if there are few.
    - `cause`: the exception of a mapper or of an application's own class.
    - `message`: what is wrong, if "expected X, got Y" does not say it.
    """

    def __init__(  # noqa: PLR0913 - each is one independent fact
        self,
        expected: str,
        raw: object,
        *,
        steps: tuple[Step, ...] = (),
        choices: Sequence[str] = (),
        cause: BaseException | None = None,
        message: str | None = None,
    ) -> None:
        super().__init__(expected)
        self.expected = shorten_words(expected)
        self.given = raw
        self.steps = steps
        self.choices = choices
        self.cause = cause
        self.message = message

    @property
    def raw(self) -> object:
        """The invalid part of the value, with the values of its scalars.

        Of nested containers nothing is shown.
        """
        given = self.given
        # A union discards most of the errors, so the copy is made for those shown.
        if type(given) is list:
            return [_read(item) for item in given]
        return _read(given)

    def inside(self, kind: str, key: str | int) -> list[InvalidValue]:
        """Add the step that leads to this part, and return all problems."""
        self.steps = ((kind, key), *self.steps)
        return self.all()

    def all(self) -> list[InvalidValue]:
        """Return all problems of the value."""
        return [self]


def shorten_words(expected: str) -> str:
    """Return a type in words, of limited length."""
    return expected if len(expected) <= _MAX_WORDS else f"{expected[:_MAX_WORDS]}..."


def _read(given: object) -> object:
    """Return the value of a scalar; its text if YAML itself cannot read it."""
    if type(given) not in (Scalar, KeyText):
        return given
    try:
        return to_plain(given)
    except Exception:  # noqa: BLE001 - an impossible date
        return given.text if type(given) is Scalar else str(given)


class InvalidMembers(InvalidValue):
    """Raised when members of a structure are invalid: one problem for each."""

    def __init__(
        self, expected: str, raw: object, problems: Sequence[InvalidValue]
    ) -> None:
        super().__init__(expected, raw)
        self.problems = problems

    def inside(self, kind: str, key: str | int) -> list[InvalidValue]:
        """Add the step to each problem."""
        super().inside(kind, key)
        for problem in self.problems:
            problem.inside(kind, key)
        return self.all()

    def all(self) -> list[InvalidValue]:
        """Return the problems of the members."""
        return [each for problem in self.problems for each in problem.all()]


class Inside:
    """Adds to an InvalidValue the step that leads to the invalid part."""

    def __init__(self, kind: str, key: str | int) -> None:
        self.kind = kind
        self.key = key

    def __enter__(self) -> None:
        """Begin the part."""

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        if isinstance(error, InvalidValue):
            error.inside(self.kind, self.key)


def describe_invalid_value(
    invalid: InvalidValue, *, field: str, secret: Secrecy, origin: Origin | None
) -> Problem:
    """Return the problem of a value that is invalid for its field, secrets masked."""
    raw = invalid.raw
    got = f"a value of type {type_name(type(raw))}"
    suggestion = None
    if secret:
        got += " (a secret, not shown)"
    else:
        try:
            got = describe_value(raw)
            suggestion = find_closest_name(raw, invalid.choices)
        except Exception:  # noqa: BLE001 - the value's own methods raise
            suggestion = None
    field, parts = _locate(invalid.steps, field, secret)
    message = f"expected {invalid.expected}, got {got}"
    if invalid.message is not None:
        # It is about a member itself, not about its value.
        is_named = parts and invalid.steps[-1][0] in (MEMBER, UNKNOWN_MEMBER)
        name = parts.pop() if is_named and not secret else ""
        message = f"{invalid.message} {name.removeprefix('member ')}".rstrip()
    if parts:
        message += f" in {', '.join(parts)}"
    if invalid.cause is not None and not secret:
        reason = describe_cause(invalid.cause)
        complete = isinstance(invalid.cause, ConfigError)
        message = reason if complete else f"{message} ({reason})"
    return Problem(
        message,
        field=field,
        origin=origin and origin.inside(*_shown_keys(invalid.steps, secret)),
        expected=invalid.expected,
        suggestion=suggestion,
    )


def _locate(
    steps: Sequence[Step], field: str, secret: Secrecy
) -> tuple[str, list[str]]:
    """Return the name of the setting that is invalid, and words for its part.

    Members of a structure are settings with names; elements and keys are parts.
    """
    words: list[str] = []
    for kind, key in steps:
        if secret and kind != MEMBER:
            break
        if kind == ELEMENT:
            # The number is that of keys: `backups.0.host`.
            words.append(f"element [{key}]")
        elif kind == KEY:
            words.append(f"key {key!r}")
        elif words:
            words.append(f"member {key!r}")
        else:
            field = f"{field}.{key}"
    return field, words


def _shown_keys(steps: Sequence[Step], secret: Secrecy) -> list[str]:
    """Return the keys that lead to a member; of a secret, the members' names alone."""
    if not any(kind in (MEMBER, UNKNOWN_MEMBER) for kind, _ in steps):
        return []
    keys = []
    for kind, key in steps:
        if secret and kind != MEMBER:
            break
        keys.append(str(key))
    return keys


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
    kind = type_name(type(cause))
    try:
        text = str.__str__(str(cause))
    except Exception:  # noqa: BLE001 - the application's own __str__ raises
        return kind
    # A mapper that raises this library's errors has written the whole message.
    text = text if isinstance(cause, ConfigError) else f"{kind}: {text}"
    return text if len(text) <= _MAX_CAUSE else f"{text[: _MAX_CAUSE - 3]}..."
