"""Values and keys of a file that are stored as the text that was written.

YAML 1.1 reads `no` as False and `0123` as 83, and a parser of TOML or JSON reads `3.10`
as 3.1. Only the declared type of a field can tell whether that was meant, so the parser
keeps the text and the reading together.
"""

from __future__ import annotations

TAG_PREFIX = "tag:yaml.org,2002:"
NUMBER = "number"
"""The tag of a number of TOML or JSON; YAML has no such tag."""

_BOOLS = {"yes": True, "no": False, "true": True, "false": False}
_BOOLS |= {"on": True, "off": False}

_MAX_DIGITS = 4300
"""Python's limit for integers, which base 60 (`1:30`) would evade."""


class Scalar:
    """A plain YAML scalar that YAML 1.1 does not read as text, or a number.

    TOML and JSON have numbers whose text and `str()` of whose value may differ.
    """

    __slots__ = ("tag", "text")

    tag: str
    text: str

    def __init__(self, tag: str, text: str) -> None:
        self.tag = tag
        self.text = text

    @property
    def value(self) -> object:
        """The value by the rules of YAML 1.1, as PyYAML's SafeConstructor reads it.

        A number of TOML or JSON is read as Python reads it.
        Raises ValueError if there is no such value, as for an impossible date.
        """
        return _construct(self.tag, self.text)

    def __repr__(self) -> str:
        """Show the tag and the text."""
        return f"Scalar({self.tag!r}, {self.text!r})"

    def __eq__(self, other: object) -> bool:
        """Compare the text, not the value: `1` is not `0x1`."""
        if not isinstance(other, Scalar):
            return NotImplemented
        return (self.tag, self.text) == (other.tag, other.text)

    def __hash__(self) -> int:
        """Agree with equality."""
        return hash((self.tag, self.text))

    def __reduce__(self) -> tuple[type[Scalar], tuple[str, str]]:
        """Pickle in every protocol; 0 and 1 know no slots."""
        return Scalar, (self.tag, self.text)


class KeyText(str):
    """A mapping key that YAML does not read as text, as its text.

    `on:` and `8080:` are names in a configuration file; to YAML they are True and
    an integer. Equal to, and hashed as, the text.
    """

    __slots__ = ("tag",)

    tag: str

    def __new__(cls, text: str, tag: str) -> KeyText:  # noqa: PYI034 - Self is in typing
        """Return a key with a text and its short YAML tag."""
        key = super().__new__(cls, text)
        key.tag = tag
        return key

    @property
    def value(self) -> object:
        """The value by the rules of YAML 1.1, as that of a Scalar."""
        return _construct(self.tag, str(self))

    def __reduce__(self) -> tuple[type[KeyText], tuple[str, str]]:
        """Pickle in every protocol; 0 and 1 know no slots."""
        return KeyText, (str(self), self.tag)


def number(text: str) -> Scalar:
    """Return a number of TOML or JSON that keeps its text."""
    return Scalar(NUMBER, text)


def to_plain(raw: object) -> object:
    """Return a deep copy in which scalars and keys have their values.

    Raises ValueError if one of them has no value.
    """
    if isinstance(raw, (Scalar, KeyText)):
        return raw.value
    # Subclasses of dict and list are the application's own, and stay unchanged.
    if type(raw) is dict:
        return {to_plain(key): to_plain(value) for key, value in raw.items()}
    if type(raw) is list:
        return [to_plain(item) for item in raw]
    return raw


def _construct(tag: str, text: str) -> object:
    if tag == NUMBER:
        try:
            return int(text, 0)
        except ValueError:
            return float(text)
    plain = read_plain(Scalar(tag, text))
    if plain is not None:
        return plain
    if tag in ("int", "float") and len(text) > _MAX_DIGITS:
        message = f"a number of more than {_MAX_DIGITS} digits"
        raise ValueError(message)
    import yaml  # noqa: PLC0415 - only files need it

    rules = yaml.constructor.SafeConstructor
    node = yaml.ScalarNode(TAG_PREFIX + tag, text)
    try:
        return rules.yaml_constructors[node.tag](rules(), node)
    except Exception:  # noqa: BLE001, S110 - `!!bool x` is a KeyError, `!!timestamp x` an AttributeError...
        pass
    # Raised here so that the original, which quotes the text, is not its context.
    message = f"not a YAML {tag}"
    raise ValueError(message)


def read_plain(scalar: Scalar) -> object:
    """Return the value of a decimal number or a bool; None for all else, and for 0.0.

    PyYAML's constructor takes six times as long, most of it to be created.
    """
    tag, text = scalar.tag, scalar.text
    if tag == "bool":
        return _BOOLS.get(text.lower())
    digits = text.removeprefix("-")
    if len(text) > _MAX_DIGITS or not digits.isascii():
        return None
    if digits.isdecimal():
        is_octal = digits[0] == "0" and digits != "0"
        return int(text) if tag == "int" and not is_octal else None
    is_float = tag in ("float", NUMBER) and digits.replace(".", "", 1).isdecimal()
    return (float(text) or None) if is_float else None
