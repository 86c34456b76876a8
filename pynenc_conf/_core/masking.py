"""Text of values: secrets masked, all other values as their repr."""

from __future__ import annotations

from pynenc_conf.origin import escape_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, Literal

    Secrecy = Literal["url"] | bool

MASK = "***"
_URL = "url"
_LONGEST = 120
_MAX_SHOWN = 10_000
_MAX_PARTS = 1_000_000
CONTAINERS = (dict, list, tuple, set, frozenset)
"""The kinds of values with parts, as exact types."""
NAME_HIDDEN = "(its name is not shown, because it may be a value)"
_NAME = vars(type)["__name__"]


class UnreadSecret(str):
    """Stands for a secret that cannot be read here; its text says where the secret is.

    Every output shows this text, because it is not the secret.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return str.__str__(self)


def type_name(cls: type) -> str:
    """Return the name of a class, whatever its metaclass makes of `__name__`."""
    name: str = _NAME.__get__(cls)
    return name


def mask_value(value: Any, secret: Secrecy) -> object:
    """Return a value with its secret part masked.

    "" and None are not masked: an operator must see that no password is set.
    """
    if not secret or value is None or type(value) is UnreadSecret:
        return value
    # The type decides, because a value's own methods may raise or lie.
    if issubclass(type(value), str):
        text = str.__str__(value)
        if not text:
            return value
        if secret == _URL:
            return mask_url(text)
    return MASK


def is_plain_name(key: Any) -> bool:
    """Whether a key is a plain name; any other key may be a misplaced secret."""
    return issubclass(type(key), str) and str.replace(key, "-", "_").isidentifier()


def format_value(value: object, secret: Secrecy, longest: int = _LONGEST) -> str:
    """Return one line of text for a value, at most `longest` characters."""
    hidden = mask_value(value, secret)
    if hidden is MASK:
        return MASK
    try:
        # str.__str__: a subclass may override the method.
        text = str.__str__(repr(_with_sorted_sets(hidden)))
    except Exception:  # noqa: BLE001 - a repr of the application's, or a huge int
        text = f"<{type_name(type(hidden))}>"
    text = escape_line(text)
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def sorted_elements(
    elements: Iterable[Any], text: Callable[[Any], str] | None = None
) -> list[Any]:
    """Return the elements; those of a set in an order independent of the hash seed.

    A set is sorted by the text of its elements and then, if possible, by value.
    """
    items = list(elements)
    if not isinstance(elements, (set, frozenset)):
        return items
    for key in (text or (lambda item: repr(_with_sorted_sets(item))), None):
        try:
            items.sort(key=key)
        except Exception:  # noqa: BLE001, S112 - elements that cannot be compared
            continue
    return items


def has_few_parts(value: Any) -> bool:
    """Whether a value has at most 1,000,000 parts, counting what it repeats each time.

    Only containers of the kinds CONTAINERS have parts here. Raises RecursionError.
    """
    known: dict[int, int] = {}

    def count(part: Any) -> int:
        if id(part) not in known:
            known[id(part)] = 0  # in itself, which no count finds
            inner = part.values() if type(part) is dict else part
            known[id(part)] = len(part) + sum(
                [count(each) for each in inner if type(each) in CONTAINERS]
            )
        return known[id(part)]

    return type(value) not in CONTAINERS or count(value) <= _MAX_PARTS


class _Text:
    """An object with a given text as its repr."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _with_sorted_sets(value: Any) -> Any:
    """Replace the sets in a value by objects whose repr is sorted.

    After the first _MAX_SHOWN lists, dicts and sets, the others are "...": a value that
    holds one list twice at each of 30 levels has 2 ** 30 parts.
    """
    left = _MAX_SHOWN

    def copy(part: Any) -> Any:
        nonlocal left
        kind = type(part)
        if kind not in CONTAINERS:
            return part
        left -= 1
        if left < 0:
            return _Text("...")
        if kind is dict:
            return {copy(key): copy(item) for key, item in part.items()}
        if kind in (list, tuple) or not part:
            return kind(map(copy, part))
        texts = {id(item): repr(copy(item)) for item in part}
        items = sorted_elements(part, lambda item: texts[id(item)])
        text = ", ".join(texts[id(item)] for item in items)
        return _Text(f"{{{text}}}" if kind is set else f"frozenset({{{text}}})")

    return copy(value)


def mask_url(url: str) -> str:
    """Mask the secret parts of a URL: the password, the query and the fragment.

    A user name without a password (`token@`, `token:@`) is masked too, because tokens
    are often written there. Text that is not clearly a URL, such as a URL with an
    unescaped password, is masked completely.
    """
    import re  # noqa: PLC0415 - only a URL that is shown needs it

    found = re.fullmatch(_PLAIN_URL, url, re.ASCII | re.VERBOSE)
    if found is None:
        return MASK
    scheme, userinfo, user, address, tail = found.groups(default="")
    if userinfo:
        # `:password@` has no user, `token@` and `token:@` no password.
        colon = user or userinfo.startswith(":")
        userinfo = f"{user}:{MASK}@" if colon else f"{MASK}@"
    return f"{scheme}://{userinfo}{address}{tail[:1]}{MASK if tail else ''}"


# Lists what may be shown; everything else is masked.
_PLAIN_URL = r"""
    ([a-z][a-z0-9+.-]*) ://             # the scheme
    ( (?:([\w.-]+):(?!:*@))? [^/?\#\s]* @ )?  # the user, and what must not be shown
    (
        (?: \[[0-9a-f:.]+\] | [\w.-]* )  # the host, or a numeric IPv6 address
        (?: :\d{1,5} )?                  # the port
        (?: / [\w./-]* )?               # the database, or the path of a socket
    )
    ( [?\#][^@]* )?                     # the query and the fragment
"""
