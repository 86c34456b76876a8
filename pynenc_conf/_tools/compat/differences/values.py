"""What a value means: of any field, and of the settings of a task."""

from __future__ import annotations

from pynenc_conf._tools.compat.differences.row import Difference

VALUES = (
    Difference(
        "bool-text",
        there="any text but the empty one is True, `false` too",
        here=(
            "true/false, yes/no, on/off, 1/0 in any case, empty text is False; "
            "other text is an error"
        ),
        reason="a switch that cannot be switched off from the environment",
        value=lambda case: case.kind is bool and case.is_text,
    ),
    Difference(
        "bool-other",
        there="the truth of any value: None, a list, 2",
        here="a bool, 1 or 0",
        reason="a mistake is not a decision",
        value=lambda case: case.kind is bool and not case.is_text,
    ),
    Difference(
        "container-text",
        there=(
            "text is split into letters: `id,user` is 7 elements; for a dict, an error"
        ),
        here="a JSON array or object, or values separated by commas",
        reason="variables hold nothing but text",
        value=lambda case: case.is_container and case.is_text and not case.is_retry_for,
    ),
    Difference(
        "container-kind",
        there=(
            "a mapping becomes a list of its keys, bytes a list of numbers, an "
            "iterator a list, pairs a dict"
        ),
        here="an error",
        reason="it loses what was meant",
        value=lambda case: (
            case.is_container and not isinstance(case.given, (list, str))
        ),
    ),
    Difference(
        "container-elements",
        there="elements stay what they are",
        here="elements become the declared type, `tuple[int, ...]`",
        reason="`conf.ports` is what its type says",
        value=lambda case: case.is_container and isinstance(case.given, list),
    ),
    Difference(
        "container-given",
        there="the field holds the caller's own list",
        here="a copy",
        reason="a change elsewhere does not reach the config",
    ),
    Difference(
        "int-lossy",
        there="6379.9 becomes 6379",
        here="an error; 6379.0 is accepted",
        reason="nobody means that",
        value=lambda case: case.kind is int and case.is_finite_float,
    ),
    Difference(
        "int-infinite",
        there="infinity for an int is an OverflowError",
        here="a `ConfigTypeError`",
        reason="one class to catch",
        value=lambda case: case.kind is int and isinstance(case.given, float),
    ),
    Difference(
        "number-bool",
        there="True stays True in an int field, and is 1.0 in a float field",
        here="an error",
        reason="a switch in a number's place is a mistake",
        value=lambda case: case.is_number and isinstance(case.given, bool),
    ),
    Difference(
        "number-bytes",
        there='`b"5"` is 5',
        here="an error",
        reason="bytes come from no source",
        value=lambda case: case.is_number and isinstance(case.given, bytes),
    ),
    Difference(
        "int-subclass",
        there="a member of an IntEnum is kept",
        here="it becomes a plain int",
        reason="the declared type decides",
    ),
    Difference(
        "float-nan",
        there="nan is accepted",
        here="an error",
        reason="nan fails every comparison",
        value=lambda case: case.kind is float and case.there_is_nan,
    ),
    Difference(
        "float-inf",
        there="infinity is accepted",
        here="only where the field has `allow_inf=True` or an infinite default",
        reason="a wait without end is a decision of the field",
        value=lambda case: case.kind is float and case.there_is_infinite,
    ),
    Difference(
        "str-none",
        there="None, and a YAML key without value, become `'None'`",
        here="an error",
        reason="a user named None",
        value=lambda case: case.kind is str and case.given is None,
    ),
    Difference(
        "str-bool",
        there="True becomes `'True'`",
        here="an error, but for YAML, see `yaml-text`",
        reason="the same",
        value=lambda case: case.kind is str and isinstance(case.written, bool),
    ),
    Difference(
        "str-container",
        there="a list or bytes become their repr",
        here="an error",
        reason="the same",
        value=lambda case: (
            case.kind is str and isinstance(case.given, (list, dict, bytes))
        ),
    ),
    Difference(
        "yaml-text",
        there=(
            "a str field gets what YAML 1.1 makes of a scalar: `no` is "
            "`'False'`, `0123` is `'83'`"
        ),
        here="the text as written",
        reason="only the field knows that it is text",
        value=lambda case: case.kind is str and case.is_yaml_scalar,
    ),
    Difference(
        "yaml-keys",
        there="the key `on` is True, and no field is found",
        here="the key is the text `on`",
        reason="names are text",
    ),
    Difference(
        "yaml-date",
        there="an impossible date breaks the file",
        here="it is text, and an error only where a date is asked for",
        reason="the declared type decides",
        file=lambda case: case.is_yaml and not case.here and case.there == "ValueError",
    ),
    Difference(
        "enum-text",
        there="only a member or its exact value",
        here="also its name in any case, and its value as text",
        reason="variables hold nothing but text",
        value=lambda case: case.is_enum,
    ),
    Difference(
        "timedelta",
        there="a number is days, text an error",
        here="a number is seconds, text has units: `1h30m`",
        reason="pynenc's own settings are in seconds",
    ),
    Difference(
        "none-default",
        there="a field with default None takes nothing else",
        here="it takes anything",
        reason="such a field is of no use",
    ),
    Difference(
        "annotation",
        there="the default's type alone decides",
        here="the annotation does, if there is one",
        reason="`ConfigField[float]` with default 1 is a float",
    ),
    Difference(
        "limits",
        there="any port, count or delay",
        here=(
            "ports from 1 to 65535, counts and delays not negative, no page or "
            "worker count of 0"
        ),
        reason="what fails later fails at once",
        value=lambda case: case.is_number and case.is_refused_here,
    ),
    Difference(
        "mutable-default",
        there="instances share one default list",
        here="each has a copy",
        reason="a change in one does not reach the others",
    ),
    Difference(
        "mapper-error",
        there="what a mapper raises comes out",
        here="it is the `__cause__` of a `ConfigTypeError`, unless the field is secret",
        reason="field and place are named; one class to catch",
    ),
    Difference(
        "retry-for-text",
        there="text for `retry_for` is walked by letters, a ValueError",
        here="names separated by commas, or a JSON array",
        reason="variables hold nothing but text",
        value=lambda case: case.is_retry_for and case.is_text,
    ),
    Difference(
        "retry-for-import",
        there="what a module raises on import comes out",
        here="a `ConfigTypeError`",
        reason="the name that was wrong is named",
    ),
    Difference(
        "retry-error",
        there="the default of `retry_for` is pynenc's RetryError",
        here="`pynenc_conf.RetryError`, which is no class of pynenc",
        reason=(
            "this library does not need pynenc; name pynenc's in `retry_for` "
            "where its tasks raise it; under the [drop-in](migration.md) it is "
            "one class"
        ),
    ),
    Difference(
        "own-enums",
        there="the enums of pynenc",
        here=(
            "enums of the same names and values; they compare equal as text, "
            "`is` and `isinstance` differ"
        ),
        reason="the same; under the [drop-in](migration.md) they are the same",
    ),
    Difference(
        "task-variable",
        there="`PYNENC__CONFIGTASK__SHOP#PAY__...` only",
        here="also `PYNENC__CONFIGTASK__SHOP__PAY__...`, below the other",
        reason="a shell cannot export a name with `#`",
    ),
    Difference(
        "task-options-text",
        there="`options_from_json` splits text for a tuple into letters",
        here="it leaves the text, which the field reads",
        reason="as `container-text`",
    ),
)
