"""The descriptor that declares one setting of a config class."""

from __future__ import annotations

from pynenc_conf._core.masking import format_value, sorted_elements
from pynenc_conf._core.types.converter import converter, from_mapper
from pynenc_conf._core.types.invalid import InvalidValue
from pynenc_conf._core.types.limits import is_within, limit_check, with_limits
from pynenc_conf.exceptions import ConfigTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Generic, TypeVar, overload

    from pynenc_conf._core.masking import Secrecy
    from pynenc_conf._core.types.scalars import Converter

    T = TypeVar("T")

    class _Declared(Generic[T]):
        """Makes ConfigField generic for type checkers."""

else:
    T = object

    class _Declared:
        """Makes `ConfigField[int]` work without importing typing, which costs 10 ms."""

        __class_getitem__ = classmethod(type(list[int]))


class ConfigField(_Declared[T]):
    """Declares one setting of a config class: its default, and so its type.

    The declared type is the annotation (`tags: ConfigField[tuple[str, ...]] = ...`)
    or else the type of the default. Read on an instance it gives the value, on the
    class the default. There is no `__set__`: a value lives in the instance's
    `__dict__`, where reading finds it first; `ConfigBase.__setattr__` converts.

    - `default_value`: what holds where no source says anything. It is not converted;
      a mutable one is copied for every instance.
    - `mapper`: `mapper(value, type(default_value))` reads raw values in place of the
      declared type's rules.
    - `secret`: True hides the value wherever it is printed; "url" hides the password
      and query of a URL.
    - `doc`: what the setting is for, in one sentence, with its unit.
    - `ge`, `gt`, `le`, `lt`: bounds of the value. `choices`: the values allowed.
    - `allow_inf`: whether a float may be infinite.

    Raises ConfigTypeError where the default breaks the field's own limits.
    """

    def __init__(  # noqa: PLR0913 - each is one independent fact of a field
        self,
        default_value: T,
        mapper: Callable[[Any, type[T]], T] | None = None,
        *,
        secret: Secrecy = False,
        doc: str = "",
        ge: Any = None,
        gt: Any = None,
        le: Any = None,
        lt: Any = None,
        choices: Sequence[T] | None = None,
        allow_inf: bool = False,
    ) -> None:
        if mapper is not None and not callable(mapper):
            msg = (
                "a mapper is called as mapper(value, type); a description goes to doc="
            )
            raise ConfigTypeError(msg)
        self.default_value = default_value
        # The original's mapper, named explicitly, asks for the ordinary rules.
        self.mapper = None if mapper is default_config_field_mapper else mapper
        self.secret: Secrecy = secret
        self.doc = doc
        bounds = {"ge": ge, "gt": gt, "le": le, "lt": lt}
        self.limits = {name: b for name, b in bounds.items() if b is not None}
        # A set is no sequence, but people do write one.
        self.choices = None if choices is None else tuple(sorted_elements(choices))
        self.allow_inf = allow_inf or (
            isinstance(default_value, float) and abs(default_value) == _INF
        )
        # Set where a subclass gives a new default and nothing else.
        self.keeps_type = False
        self._check_default()

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: type[object]) -> T: ...
        @overload
        def __get__(self, instance: object, owner: type[object]) -> T: ...
        def __get__(self, instance: object, owner: type[object]) -> T: ...

        # Only for type checkers: they ask here what may be assigned.
        def __set__(self, instance: object, value: T) -> None: ...

    else:

        def __get__(self, instance: object, owner: type) -> Any:
            return self.default_value

    def converter(self, declared: object) -> Converter:
        """Return what reads raw values of this field, declared with a type."""
        if self.mapper is not None:
            inner = from_mapper(self.mapper, self.default_value)
        else:
            inner = converter(declared, allow_inf=self.allow_inf)
        return with_limits(inner, self.limits, self.choices)

    def with_default(self, default_value: T) -> ConfigField[T]:
        """Return this field with another default; its declared type stays."""
        field: ConfigField[T] = object.__new__(type(self))
        field.__dict__.update(self.__dict__)
        field.default_value = default_value
        field._check_default()
        field.keeps_type = True
        return field

    def _check_default(self) -> None:
        if not self.limits and self.choices is None:
            return
        value: Any = self.default_value
        if is_within(value, limit_check(self.limits)) and (
            self.choices is None or value in self.choices
        ):
            return
        same = (lambda value: value, "a value")
        _, expected = with_limits(same, self.limits, self.choices)
        msg = (
            f"a field's default must keep its own limits: expected {expected}, "
            f"got {format_value(value, self.secret)}"
        )
        raise ConfigTypeError(msg)

    def __repr__(self) -> str:
        return f"ConfigField({format_value(self.default_value, self.secret)})"


_INF = float("inf")


def default_config_field_mapper(value: Any, expected_type: type[T]) -> T:
    """Convert a value by the rules of `expected_type`, as fields do by themselves.

    Kept for code that calls or names the original's function. Raises ConfigTypeError
    (a TypeError) whose text begins with "Invalid type".
    """
    convert, expected = converter(expected_type)
    try:
        result: T = convert(value)
    except InvalidValue:
        pass
    else:
        return result
    # Not a word of the value: it may be a secret, and nobody here knows. Nor may a
    # traceback with locals show it.
    msg = f"Invalid type. Expected {expected}, got a value of {type(value).__name__}."
    del value
    raise ConfigTypeError(msg)
