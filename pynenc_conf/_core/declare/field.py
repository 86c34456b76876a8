"""The descriptor that declares one setting of a config class."""

from __future__ import annotations

from pynenc_conf._core.frames import clear_frames, clearing
from pynenc_conf._core.masking import format_value, sorted_elements, type_name
from pynenc_conf._core.types.converter import converter, from_mapper
from pynenc_conf._core.types.invalid import InvalidValue
from pynenc_conf._core.types.limits import with_limits, with_shortcut
from pynenc_conf._core.types.unset import REQUIRED, UNSET
from pynenc_conf.exceptions import ConfigTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, Generic, TypeGuard, TypeVar

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
    """Declares one setting of a config class: its type, default and limits.

    The declared type is the annotation (`tags: ConfigField[tuple[str, ...]] = ...`),
    or the type of the default if there is no annotation. Reading the field on an
    instance returns the value, on the class the default. There is no `__set__`: values
    are in the instance's `__dict__`, and `ConfigBase.__setattr__` converts a value
    that is assigned.

    - `default_value`: the value if no source sets the field. It is not converted; a
      mutable default is copied for each instance. Without it the field is required: an
      instance cannot be created unless a source sets it.
    - `mapper`: `mapper(value, type(default_value))` converts raw values instead of the
      rules of the declared type.
    - `secret`: True masks the value in all output; "url" masks the password and query
      of a URL.
    - `doc`: a description of the setting in one sentence, with the unit.
    - `ge`, `gt`, `le`, `lt`: bounds of the value. `choices`: the allowed values.
    - `allow_inf`: whether a float may be infinite.

    The class that has the field raises ConfigTypeError when it is created, if the field
    cannot work: a default outside the limits, limits that contradict each other.
    """

    def __init__(  # noqa: PLR0913 - each is one independent fact of a field
        self,
        default_value: T = REQUIRED,
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
        try:
            mistake = None
            if default_value is ... or mapper is not None or type(doc) is not str:
                mistake = _find_mistake(default_value, mapper, doc)
            if mistake is not None:
                raise ConfigTypeError(mistake)  # noqa: TRY301
            self.choices: tuple[T, ...] | None
            self.choices = None if choices is None else _read_choices(choices)
            self.secret: Secrecy = secret
            self.default_value: T = default_value
            # The original's default mapper stands for the rules of the declared type.
            default_mapper = mapper is default_config_field_mapper
            self.mapper: Callable[[Any, type[T]], T] | None
            self.mapper = None if default_mapper else mapper
            self.doc: str = doc
            self.limits: dict[str, Any] = {}
            if ge is not None:
                self.limits["ge"] = ge
            if gt is not None:
                self.limits["gt"] = gt
            if le is not None:
                self.limits["le"] = le
            if lt is not None:
                self.limits["lt"] = lt
            self.allow_inf: bool = allow_inf or (
                issubclass(type(default_value), float) and abs(default_value) == _INF  # type: ignore[arg-type]
            )
            # True if a subclass redefines the default alone.
            self.keeps_type: bool = False
        except BaseException as error:
            del default_value, mapper, ge, gt, le, lt, choices
            clear_frames(error)  # which says why
            raise

    def __get__(self, instance: object, owner: type[object]) -> T:
        # Python looks in the instance's __dict__ first, but not for `super().port`.
        with clearing:
            found = UNSET if instance is None else self._value_in(instance)
        if found is not UNSET:
            return found  # type: ignore[no-any-return] # a converted value
        if self.default_value is REQUIRED:
            message = "a required setting has no default"
            raise AttributeError(message)
        return self.default_value

    if TYPE_CHECKING:
        # Type checkers read here which values may be assigned.
        def __set__(self, instance: object, value: T) -> None: ...

    def _value_in(self, instance: object) -> Any:
        """Return an instance's value of this field; UNSET while it has none."""
        values = vars(instance)
        for cls in type(instance).__mro__:
            for name, item in vars(cls).copy().items():
                if item is self and name in values:
                    return values[name]
        return UNSET

    @property
    def converts_by_type(self) -> bool:
        """Whether the declared type alone decides how a raw value is converted."""
        return (
            self.mapper is None
            and not self.limits
            and self.choices is None
            and type(self).converter is ConfigField.converter
        )

    def converter(self, declared: object) -> Converter:
        """Return the conversion of raw values to a declared type, within the limits."""
        if self.mapper is not None:
            expected: Any = type(self.default_value)
            if self.default_value is REQUIRED:
                expected = declared
            inner = from_mapper(self.mapper, expected)
            return with_limits(inner, self.limits, self.choices)
        inner = converter(declared, allow_inf=self.allow_inf)
        found = with_limits(inner, self.limits, self.choices)
        if self.choices is not None:
            return found
        return with_shortcut(found, declared, self.limits, allow_inf=self.allow_inf)

    def with_default(self, default_value: T) -> ConfigField[T]:
        """Return a copy of this field with another default and the same type."""
        field: ConfigField[T] = object.__new__(type(self))
        field.__dict__.update(self.__dict__)
        field.default_value = default_value
        field.keeps_type = True
        return field

    def __repr__(self) -> str:
        # A traceback with local variables prints a field that is being made.
        if vars(self).get("default_value", REQUIRED) is REQUIRED:
            return "ConfigField()"
        return f"ConfigField({format_value(self.default_value, self.secret)})"


def is_field(item: object) -> TypeGuard[ConfigField[Any]]:
    """Whether a class attribute is a field; its own `__class__` may raise."""
    return issubclass(type(item), ConfigField)


_INF = float("inf")


def _find_mistake(default_value: object, mapper: object, doc: object) -> str | None:
    """Return what makes the arguments of a field invalid."""
    if default_value is ...:
        return "ConfigField(...) has no meaning; write ConfigField() if it is required"
    if mapper is not None and not callable(mapper):
        return (
            "a mapper must be callable as mapper(value, type); pass a description as "
            "doc="
        )
    if not issubclass(type(doc), str):
        return f"doc= must be text, got a value of type {type_name(type(doc))}"
    return None


def _read_choices(choices: Any) -> tuple[Any, ...]:
    """Return the choices of a field. Raises ConfigTypeError."""
    try:
        # Applications also pass sets, which have no order.
        return tuple(sorted_elements(choices))
    except Exception as error:  # noqa: BLE001 - it may be an iterator of the application
        cause = error
    message = "choices= must be a sequence of values"
    raise ConfigTypeError(message) from cause


def default_config_field_mapper(value: Any, expected_type: type[T]) -> T:
    """Convert a value by the rules of `expected_type`, as every field does.

    For code that calls or names the function of the original. Raises ConfigTypeError
    (a TypeError) whose text begins with "Invalid type".
    """
    try:
        return _convert(value, expected_type)
    except BaseException as error:
        del value
        clear_frames(error)  # which says why
        raise


def _convert(value: Any, expected_type: type[T]) -> T:
    convert, expected = converter(expected_type)
    try:
        return convert(value)  # type: ignore[no-any-return] # a value of that type
    except InvalidValue:
        pass
    # The value may be a secret.
    kind = type_name(type(value))
    msg = f"Invalid type. Expected {expected}, got a value of {kind}."
    raise ConfigTypeError(msg)
