"""The base class of every config class."""

from __future__ import annotations

from pynenc_conf._core.declare.checks import ASSIGNED, LAYERS
from pynenc_conf._core.declare.metaclass import ConfigMeta, is_config, own_fields
from pynenc_conf._core.declare.plan import plan_of
from pynenc_conf._core.declare.scopes import list_fields
from pynenc_conf._core.declare.setting import is_scalar
from pynenc_conf._core.declare.variables import begins_with_prefix
from pynenc_conf._core.frames import clear_frames, clearing
from pynenc_conf._core.masking import format_value, mask_value, type_name
from pynenc_conf._core.problems import combine_problems
from pynenc_conf._core.resolve.layer import (
    leave_values,
    merge,
    note_first_assignment,
)
from pynenc_conf._core.sources.collect import collect_layers, sources_of
from pynenc_conf._core.sources.overrides import Override, unknown_field
from pynenc_conf._core.sources.request import Request
from pynenc_conf._core.types.unset import REQUIRED
from pynenc_conf.origin import ASSIGNMENT, Origin, escape_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from types import MappingProxyType
    from typing import Any, ClassVar, Self

    from pynenc_conf._core.declare.plan import Plan
    from pynenc_conf._core.declare.setting import Setting
    from pynenc_conf._core.report.explain import FieldInfo
    from pynenc_conf._core.report.snapshot import Snapshot
    from pynenc_conf._core.resolve.layer import Layer
    from pynenc_conf._core.sources.collect import ClassSources
    from pynenc_conf.exceptions import ConfigError


class ConfigBase(metaclass=ConfigMeta):
    """Base of config classes: declare `ConfigField`s, read typed attributes.

    The sources of values are, lowest precedence first: defaults, `config_values`,
    the `[tool.config]` table of `./pyproject.toml`, the file at `config_filepath`, the
    files named by the variables `CONFIG__FILEPATH` and `CONFIG__<CLASS>__FILEPATH`,
    and `CONFIG__...` environment variables. To read other names than `config` and
    `CONFIG`, a subclass overrides the class attributes below.

    - `config_values`: a mapping of field names to values, and of section names (the
      class name without "Config", in lower case) to such mappings.
    - `config_filepath`: a `.yaml`, `.yml`, `.toml` or `.json` file.

    Unknown names cause an UnknownSettingWarning, or an error if `STRICT` is True: keys
    in the class's own section, variables with the class's own name, and elsewhere names
    that resemble a name that the class reads in the same place.

    Raises ConfigTypeError, ConfigFileError or ConfigFileNotFoundError, each with all
    problems; ConfigMultiInheritanceError if two parents of the class define the same
    field.
    """

    TOML_CONFIG_ID: str = "config"  #: The table of `pyproject.toml`: `[tool.config]`.
    ENV_PREFIX: str = "CONFIG"  #: The first part of the names of variables.
    ENV_SEP: str = "__"  #: The text between two parts of the name of a variable.
    ENV_FILEPATH: str = "FILEPATH"  #: The last part, if a variable names a file.
    IGNORE_CLASS_NAME_SUBSTR: str = "Config"  #: Left out in sections.
    STRICT: bool = False  #: Whether an unknown name is an error, not a warning.
    # Newer versions of the original do not let an ancestor's section, or a general key,
    # set a field that the ancestor does not have. A base class with a rule of its own
    # takes the place of this one.
    _SETS_OWN_FIELDS_ONLY: bool = False
    if TYPE_CHECKING:
        _derived: ClassVar[dict[str, Any]]  # the metaclass gives each class its own

    def __init__(
        self,
        config_values: Mapping[str, Any] | None = None,
        config_filepath: str | os.PathLike[str] | None = None,
    ) -> None:
        request: Any
        values: Any
        try:
            sources = sources_of(type(self))
            request = Request(sources.plan, self, config_values, config_filepath)
            values = read_values(sources, request)
            if request.problems:
                name = type_name(type(self))
                problems, causes = request.problems, request.causes
                raise combine_problems(name, problems, causes)  # noqa: TRY301
            if self.__dict__:
                # A subclass may have set attributes of its own before.
                values = {**self.__dict__, **values}
                values.pop(ASSIGNED, None)
            if config_values is not None and not sources.plan.structures:
                leave_values(values[LAYERS])
            # In one step, without __setattr__: no thread sees half an instance.
            _set_dict(self, values)
            if sources.report:
                from pynenc_conf._core.report.worker import report_instance  # noqa: PLC0415

                report_instance(self, sources.report)
        except BaseException as error:
            config_values = config_filepath = request = values = None
            clear_frames(error)  # which says why
            raise

    @classmethod
    @begins_with_prefix
    def get_env_key(cls, field: str, config: type[ConfigBase] | None = None) -> str:
        """Return the variable of a field: that of the class `config`, or for all."""
        names = [cls.ENV_PREFIX, field.upper()]
        if config is not None:
            names.insert(1, type_name(config).upper())
        return cls.ENV_SEP.join(names)

    @classmethod
    def get_config_id(cls, config_cls: type[ConfigBase]) -> str:
        """Return the name of the section of a class."""
        name = type_name(config_cls)
        return name.replace(cls.IGNORE_CLASS_NAME_SUBSTR, "").lower()

    @classmethod
    def config_fields(cls) -> list[str]:
        """Return the names of the fields that this class itself defines."""
        return own_fields(cls)

    @property
    def all_fields(self) -> list[str]:
        """The names of all fields, ancestors' first, in order of declaration."""
        return list(plan_of(type(self)).settings)

    @property
    def config_cls_to_fields(self) -> dict[str, set[str]]:
        """The names of the fields of the class and of each ancestor, by class name."""
        classes = [cls for cls in type(self).__mro__ if is_config(cls)]
        return {type_name(cls): set(list_fields(cls)) for cls in classes}

    def get_extra_qualifiers(self, config_cls: type[ConfigBase]) -> list[str] | None:
        """Return the names of further sections inside the section of `config_cls`.

        A hook for subclasses. Within one source, each section takes precedence over
        the sections before it and over the class's section. None means no sections.
        """

    def get_extra_env_keys(
        self, field_name: str, config_cls: type[ConfigBase]
    ) -> list[str] | None:
        """Return the names of further variables of a field, for class `config_cls`.

        A hook for subclasses. Each variable takes precedence over the variables before
        it and over the class's own variable. None means no variables.
        """

    def explain(self, field: str | None = None) -> str:
        """Return where values come from: a line for each field, or a field's chain.

        Secrets are masked. Raises UnknownFieldError.
        """
        from pynenc_conf._core.report.explain import explain_all, explain_one  # noqa: PLC0415

        name = type_name(type(self))
        with clearing:
            if field is not None:
                return explain_one(name, self.field_info(field))
            return explain_all(name, list(map(self.field_info, self.all_fields)))

    def field_info(self, field_name: str) -> FieldInfo:
        """Return value, origin and chain of a field. Raises UnknownFieldError."""
        with clearing:
            return self._info(self._setting(field_name))

    def _info(self, setting: Setting) -> FieldInfo:
        from pynenc_conf._core.report.explain import FieldInfo  # noqa: PLC0415 - rare
        from pynenc_conf._core.resolve.chain import chain  # noqa: PLC0415

        state = self.__dict__
        assigned: dict[str, Any] = state.get(ASSIGNED, {})
        layers: tuple[Layer, ...] = assigned.get(LAYERS) or state.get(LAYERS, ())
        current = self._current(setting)
        scopes = len(plan_of(type(self)).scopes)
        candidates = chain(setting, layers, scopes, current, assigned)
        members = [self._info(member) for member in setting.members.values()]
        return FieldInfo(setting, candidates, current, members)

    def _current(self, setting: Setting) -> Any:
        """Return the value of a field or member; a mark of `chain` if it has none."""
        if setting.parent is not None:
            whole = self._current(setting.parent)
            is_hidden = not setting.is_stored and whole is not None
            return REQUIRED if is_hidden else setting.member_of(whole)
        return self.__dict__.get(setting.name, REQUIRED)

    def snapshot(self, key: bytes | None = None) -> Snapshot:
        """Return class, values and origins as a record that has no secrets.

        With a key, the record has a keyed digest of each secret, so that snapshots with
        the same key show whether their secrets are equal. Raises ConfigTypeError for a
        key that is not bytes.
        """
        from pynenc_conf._core.report.snapshot import create_snapshot  # noqa: PLC0415

        try:
            infos = [self.field_info(field) for field in self.all_fields]
            return create_snapshot(type(self), infos, key)
        except BaseException as error:
            key = None
            clear_frames(error)  # which says why
            raise

    def fingerprint(self, key: bytes | None = None) -> str:
        """Return 16 hexadecimal digits that are equal for equal classes and values.

        They do not depend on machine, Python version and hash seed. A secret counts
        only as set or not set, or by its digest with `key`; a URL without its password.
        Raises ConfigTypeError for a key that is not bytes.
        """
        try:
            return self.snapshot(key).fingerprint
        except BaseException:
            key = None
            raise

    def safe_dict(self) -> MappingProxyType[str, Any]:
        """Return a read-only mapping of all values, secrets masked."""
        from types import MappingProxyType  # noqa: PLC0415 - not needed to configure

        with clearing:
            masked = {
                name: mask_value(getattr(self, name), setting.secret)
                for name, setting in plan_of(type(self)).settings.items()
            }
            return MappingProxyType(masked)

    @classmethod
    def override(cls, /, **values: Any) -> AbstractContextManager[Self, None]:
        """Override every source with these values while a `with` block runs.

        Applies to instances of this class and its subclasses that are created in this
        context: other threads and running asyncio tasks are not affected. Blocks nest,
        and the innermost has the highest precedence. `with` returns an instance; if
        the constructor requires arguments, the instance is created without calling it.
        Raises UnknownFieldError, and at `with` the errors of creating an instance.
        """
        try:
            return Override(cls, values)
        except BaseException as error:
            del values
            try:
                clear_frames(error)  # which says why
            except RecursionError:
                # No stack is left for a call, but a frame below holds the values.
                error.__traceback__ = None
                raise
            raise

    @classmethod
    def _make_example(cls) -> Self:
        """Return the instance that `override` returns."""
        from inspect import signature  # noqa: PLC0415 - only tests need it

        try:
            signature(cls).bind()
        except TypeError:
            sample = cls.__new__(cls)
            ConfigBase.__init__(sample)
            return sample
        return cls()

    def _setting(self, name: Any) -> Setting:
        settings = plan_of(type(self)).all_settings
        if not isinstance(name, str) or name not in settings:
            raise unknown_field(type(self), name, settings)
        return settings[name]

    # Hidden from type checkers, which would otherwise accept any misspelled name.
    if not TYPE_CHECKING:

        def __setattr__(self, name: str, value: Any) -> None:
            try:
                try:
                    # plan_of() would take as long as the conversion.
                    plan = type(self)._derived["plan"]  # noqa: SLF001
                    convert = plan.assignments[name]
                except KeyError:
                    pass  # an error of what follows has no KeyError as its context
                else:
                    if convert is None:
                        object.__setattr__(self, name, value)
                        return
                    try:
                        converted = convert(value)
                    except Exception as error:  # noqa: BLE001 - also an application's types
                        refused = _refuse(plan, name, error, value)
                    else:
                        values = self.__dict__
                        try:
                            values[ASSIGNED][name] = True
                        except KeyError:
                            note_first_assignment(values, name)
                        values[name] = converted
                        return
                    raise refused
                # Nothing has needed the plan yet, or a new attribute.
                plan = plan_of(type(self))
                if name in plan.settings:
                    ConfigBase.__setattr__(self, name, value)
                    return
                from pynenc_conf._core.report import suggestions  # noqa: PLC0415

                suggestions.report_attribute(plan, name)
                object.__setattr__(self, name, value)
            except BaseException as error:
                value = values = converted = None
                clear_frames(error)  # which says why
                raise

        def __delattr__(self, name: str) -> None:
            if name in plan_of(type(self)).settings:
                cls = type_name(type(self))
                msg = f"{cls}.{name} is a setting and cannot be deleted"
                raise AttributeError(msg)
            object.__delattr__(self, name)

    def __getstate__(self) -> Any:
        with clearing:
            return _copy_state(super().__getstate__())

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        with clearing:
            names = plan_of(type(self)).settings
            return all(getattr(self, name) == getattr(other, name) for name in names)

    def __hash__(self) -> int:
        # By class and values, as __eq__. Only declared scalars count: equal values of
        # other types may have different hashes, or none.
        with clearing:
            settings = plan_of(type(self)).settings.values()
            scalars = (s.name for s in settings if is_scalar(s.declared))
            return hash((type(self), *(getattr(self, name) for name in scalars)))

    def __repr__(self) -> str:
        try:
            with clearing:
                settings = plan_of(type(self)).settings
                fields = ", ".join(
                    f"{name}={format_value(getattr(self, name), setting.secret)}"
                    for name, setting in settings.items()
                )
        # Two parents conflict, a hook raises, or a required setting is missing; a
        # traceback with local variables prints `self`.
        except Exception:  # noqa: BLE001 - see above
            return object.__repr__(self)
        return escape_line(f"{type_name(type(self))}({fields})")


def _refuse(plan: Plan, name: str, error: Exception, value: object) -> ConfigError:
    """Return the error of an assignment whose value cannot be converted."""
    setting = plan.settings[name]  # of the class as it was: a mapper may change it
    problems, causes = setting.describe(error, value, Origin(ASSIGNMENT))
    return combine_problems(type_name(plan.leaf), problems, causes)


def _copy_state(state: Any) -> Any:
    """Return a state for a copy, which must not share the record of assignments."""
    values, *slots = state if isinstance(state, tuple) else (state,)
    values = values.copy()
    if ASSIGNED in values:
        values[ASSIGNED] = values[ASSIGNED].copy()
    return (values, *slots) if slots else values


def read_values(sources: ClassSources, request: Request) -> dict[str, Any]:
    """Return the values of an instance without its problems, and its layers.

    The request collects the problems. Warns about misspelled names.
    """
    plan = sources.plan
    layers = collect_layers(sources, request)
    values = merge(plan.copy_defaults(), layers)
    if plan.structures or plan.required:
        from pynenc_conf._core.resolve.complete import Completion  # noqa: PLC0415

        completion = Completion(plan, layers, request.problems)
        completion.complete(values)
        request.problems += completion.problems
        request.causes += completion.causes
    if request.unknown:
        from pynenc_conf._core.report import suggestions  # noqa: PLC0415 - rare

        request.problems += suggestions.report_unknown_names(plan, request.unknown)
    values[LAYERS] = layers
    return values


_set_dict = vars(ConfigBase)["__dict__"].__set__
