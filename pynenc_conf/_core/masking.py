"""How values are shown: secrets masked, everything else as its repr."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Literal

    Secrecy = Literal["url"] | bool

MASK = "***"
_URL = "url"
_LONGEST = 120


def mask_value(value: Any, secret: Secrecy) -> object:
    """Return `value` as it may be shown: itself, or what hides its secret part.

    "" and None are shown: an operator must be able to see that no password is set.
    """
    if not secret or value is None:
        return value
    # By its type, for a value's own methods may raise or lie.
    if issubclass(type(value), str):
        text = str.__str__(value)
        if not text:
            return value
        if secret == _URL:
            return mask_url(text)
    return MASK


def format_value(value: object, secret: Secrecy, longest: int = _LONGEST) -> str:
    """Return one line of text for a value, cut after `longest` characters."""
    hidden = mask_value(value, secret)
    if hidden is MASK:
        return MASK
    try:
        # Past the methods of a class of its own.
        text = str.__str__(repr(_with_sorted_sets(hidden)))
    except Exception:  # noqa: BLE001 - a repr of the application's, or a huge int
        text = f"<{type(hidden).__name__}>"
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def sorted_elements(elements: Iterable[Any]) -> list[Any]:
    """Return the elements, those of a set in an order that no hash seed changes.

    By their text, and then, where they can be compared, by value.
    """
    items = list(elements)
    if not isinstance(elements, (set, frozenset)):
        return items
    for key in (lambda item: repr(_with_sorted_sets(item)), None):
        try:
            items.sort(key=key)
        except Exception:  # noqa: BLE001, S112 - what cannot be sorted stays as it is
            continue
    return items


class _Text:
    """What has a given text as its repr."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _with_sorted_sets(value: Any) -> Any:
    """Replace the sets in a value by what shows them in order."""
    kind = type(value)
    if kind in (set, frozenset) and value:
        text = ", ".join(
            repr(_with_sorted_sets(item)) for item in sorted_elements(value)
        )
        return _Text(f"{{{text}}}" if kind is set else f"frozenset({{{text}}})")
    if kind is dict:
        return {
            _with_sorted_sets(key): _with_sorted_sets(item)
            for key, item in value.items()
        }
    return kind(map(_with_sorted_sets, value)) if kind in (list, tuple) else value


def mask_url(url: str) -> str:
    """Hide what a URL may carry in secret: the password, the query, the fragment.

    A user name alone (`token@`, `token:@`) is hidden too, for tokens are often
    written there. Of what is not plainly a URL, such as one whose password is not
    escaped, nothing is shown.
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


# What may be shown is spelt out, so that all else is hidden.
_PLAIN_URL = r"""
    ([a-z][a-z0-9+.-]*) ://             # the scheme
    ( (?:([\w.-]+):(?!@))? [^/?\#\s]* @ )?  # the user, and what must not be shown
    (
        (?: \[[0-9a-f:.]+\] | [\w.-]* )  # the host, or a numeric IPv6 address
        (?: :\d{1,5} )?                  # the port
        (?: / [\w./-]* )?               # the database, or the path of a socket
    )
    ( [?\#][^@]* )?                     # the query and the fragment
"""
