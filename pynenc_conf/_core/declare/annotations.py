"""The declared type of a field: its annotation, evaluated, or its default's type.

A class keeps its annotations in one of three forms: as values, as text (in a module
with `from __future__ import annotations`, or in quotes), or, from Python 3.14 on, as
a function that computes the values when it is called (PEP 649 and PEP 749).
"""

from __future__ import annotations

from sys import modules

from pynenc_conf._core.declare.field import ConfigField, is_field
from pynenc_conf._core.declare.local_names import is_text, type_parts
from pynenc_conf._core.types.invalid import describe_cause
from pynenc_conf._core.types.unset import REQUIRED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    Annotate = Callable[[Any], Mapping[str, Any]]

# annotationlib.Format.VALUE; importing annotationlib takes 3 ms.
_VALUE = 1
_ANNOTATE = vars(type).get("__annotate__")


def namespace_annotations(namespace: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the annotations of a class that is being created, as values or text."""
    written: Mapping[str, Any] | None = namespace.get("__annotations__")
    if written is not None:
        return written
    # The two names under which Python may store the function (PEP 749).
    annotate = namespace.get("__annotate_func__", namespace.get("__annotate__"))
    return {} if annotate is None else _computed(annotate, "STRING")


def class_annotations(cls: type) -> Mapping[str, Any]:
    """Return the annotations of a class itself, as values, text or forward references.

    A name that exists for type checkers only leaves the other annotations intact.
    """
    # Not cls.__annotations__: a metaclass with annotations of its own hides it.
    written: Mapping[str, Any] | None = vars(cls).get("__annotations__")
    if written is not None or _ANNOTATE is None:
        return written or {}
    annotate = _ANNOTATE.__get__(cls)
    return {} if annotate is None else _computed(annotate, "FORWARDREF", cls)


class Declarations:
    """The declared types of the fields that one class defines.

    Made once per class and plan: it reads the names of the class and of its module.
    """

    def __init__(self, owner: type) -> None:
        self._names = _Names(owner.__module__, vars(owner))
        self._annotations = class_annotations(owner)

    def declared_type(
        self, name: str, field: ConfigField[Any]
    ) -> tuple[Any, str | None]:
        """Return the type of a field, and None.

        An annotation that cannot be evaluated, such as a name imported for type
        checkers only, is ignored: then the second item is the reason. A default of None
        without annotation accepts any value.
        """
        default, names = field.default_value, self._names
        by_default = object if default is None or default is REQUIRED else type(default)
        names.reason = None
        annotation = names.evaluate(self._annotations.get(name))
        while not _is_field(annotation):
            arguments = getattr(annotation, "__args__", ())
            if not arguments:  # neither ConfigField[...] nor ClassVar[ConfigField[...]]
                return by_default, names.reason
            annotation = names.evaluate(arguments[0])
        declared = names.evaluate(annotation.__args__[0])
        if type(declared) is not type:
            declared = names.complete(declared, by_default)
        return declared, names.reason


def annotated_as_fields(
    annotations: Mapping[str, Any], namespace: Mapping[str, Any]
) -> Iterator[str]:
    """Yield the names of attributes that are annotated as a `ConfigField`.

    With or without a type, or as a subclass.
    """
    if annotations:
        names = _Names(namespace.get("__module__", ""), namespace)
        for name, annotation in annotations.items():
            if _is_annotated_as_field(annotation, names):
                yield name


def _is_annotated_as_field(annotation: Any, names: _Names) -> bool:
    found = names.evaluate(annotation)
    origin = getattr(found, "__origin__", None)
    if "typing" in modules and origin is modules["typing"].ClassVar:
        found = names.evaluate(found.__args__[0])
    if isinstance(found, str):  # with a name that does not exist at run time
        written = found.partition("ClassVar[")[2] or found
        return written.partition("[")[0].rpartition(".")[2] == ConfigField.__name__
    return _is_field(found) or (
        isinstance(found, type) and issubclass(found, ConfigField)
    )


def _is_field(annotation: Any) -> bool:
    origin = getattr(annotation, "__origin__", None)
    return isinstance(origin, type) and issubclass(origin, ConfigField)


def _computed(
    annotate: Annotate, tolerant: str, owner: type | None = None
) -> Mapping[str, Any]:
    """Call the function of a class; `tolerant` is the format if that fails.

    The call fails as a whole if one name does not exist at run time.
    """
    annotate = _without_fields(annotate)
    try:
        return annotate(_VALUE)
    except Exception:  # noqa: BLE001 - an annotation may be any expression
        from importlib import import_module  # noqa: PLC0415 - here only

        library: Any = import_module("annotationlib")
        call: Callable[..., Mapping[str, Any]] = library.call_annotate_function
        return call(annotate, library.Format[tolerant], owner=owner)


def _without_fields(annotate: Annotate) -> Annotate:
    """Return a function that computes annotations and does not see the fields.

    A field may have the name of a type: `date` must stay the class in
    `days: ConfigField[list[date]]`, wherever the field `date` is defined.
    """
    from types import CellType, FunctionType  # noqa: PLC0415 - for Python 3.14 and later

    if not isinstance(annotate, FunctionType):
        return annotate
    code = annotate.__code__
    cells = dict(zip(code.co_freevars, annotate.__closure__ or (), strict=True))
    if "__classdict__" not in cells:
        return annotate
    namespace = cells["__classdict__"].cell_contents
    cells["__classdict__"] = CellType(_Names("", namespace).local)
    return FunctionType(
        code,
        annotate.__globals__,
        annotate.__name__,
        annotate.__defaults__,
        tuple(cells.values()),
    )


class _Names:
    """The names that the annotations of one class may use.

    `reason` says why an annotation could not be evaluated, if one could not.
    """

    def __init__(self, module: str, namespace: Mapping[str, Any]) -> None:
        found = modules.get(module)
        self.module = dict(vars(found)) if found is not None else {}
        self.module |= namespace.get("_local_names", {})
        self.reason: str | None = None
        self.evaluated: dict[str, Any] = {}
        # Type parameters of `class ConfigBox[T]` are in neither namespace.
        parameters = namespace.get("__type_params__", ())
        self.local = {parameter.__name__: parameter for parameter in parameters}
        items = dict(namespace).items()
        self.fields = {name: item for name, item in items if is_field(item)}
        self.local |= {name: item for name, item in items if name not in self.fields}

    def evaluate(self, annotation: Any) -> Any:
        """Evaluate an annotation that is text; what cannot be evaluated stays text."""
        text = getattr(annotation, "__forward_arg__", annotation)
        if not isinstance(text, str):
            return annotation
        if annotation is text and text in self.evaluated:
            return self.evaluated[text]
        reason = None
        # The module's names first: a method may have the name of a type. An annotation
        # is code of the module that declares the class, so evaluating it is safe.
        for local in ({}, self.local, None):
            try:
                if local is not None:
                    found = eval(text, self.module, local)  # noqa: S307 - see above
                else:
                    # From Python 3.14 on, a reference knows the names around its class.
                    found = annotation.evaluate()
            except Exception as error:  # noqa: BLE001 - then it cannot be evaluated so
                reason = reason or describe_cause(error)
                continue
            # It may be text in text: quoted, where annotations are text anyway.
            found = self.evaluate(found)
            if annotation is text and self.reason is None:
                self.evaluated[text] = found
            return found
        self.reason = reason
        return text

    def complete(self, declared: Any, by_default: type) -> Any:
        """Evaluate what is text inside a type, such as list["int"]."""
        import typing  # noqa: PLC0415 - only such declarations need it

        declared = self._with_types(declared, {})
        if isinstance(declared, typing.TypeVar):
            return declared.__bound__ or by_default
        if isinstance(declared, str):
            return by_default
        if _is_complete(declared):
            return declared
        holder = type("Holder", (), {"__annotations__": {"declared": declared}})
        try:
            hints = typing.get_type_hints(holder, dict(self.module), dict(self.local))
        except Exception as error:  # noqa: BLE001 - then it counts as absent
            self.reason = describe_cause(error)
            return by_default
        return hints["declared"]

    def _with_types(self, declared: Any, known: dict[int, Any]) -> Any:
        """Replace a field inside a type by the type that has the field's name.

        Up to Python 3.13, `date: ConfigField[date] = ...` evaluates its annotation
        when `date` is the field already. `known` are the parts that are done.
        """
        if is_field(declared):
            hidden = (name for name, item in self.fields.items() if item is declared)
            return self.evaluate(next(hidden, ""))
        if id(declared) not in known:
            arguments = getattr(declared, "__args__", ())
            replaced = tuple(self._with_types(part, known) for part in arguments)
            same = all(old is new for old, new in zip(arguments, replaced, strict=True))
            known[id(declared)] = declared if same else declared.__origin__[replaced]
        return known[id(declared)]


def _is_complete(declared: Any) -> bool:
    """Whether a type has neither text nor Annotated inside, at any depth."""
    return declared is not None and not any(
        is_text(part) or hasattr(part, "__metadata__") for part in type_parts(declared)
    )
