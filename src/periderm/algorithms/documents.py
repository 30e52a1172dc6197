"""Puts values into JSON documents that every reader takes, whatever foreign bytes became text in them. Knows no format."""

from __future__ import annotations

from typing import Any

import msgspec

Json = dict[str, Any]
_NOT_IN_LINKS = frozenset(' <>"{}|\\^`')  # RFC 3986, section 2


def to_json(document: object, *, indent: int = 2) -> bytes:
    """JSON in UTF-8, ending in a newline; `indent` 0 is the compact form. Lone surrogates, which stand for bytes that are
    not UTF-8 and which JSON cannot say, become visible escapes ('\\udcff')."""
    try:
        data = msgspec.json.encode(document)
    except UnicodeEncodeError:
        data = msgspec.json.encode(_sayable(msgspec.to_builtins(document)))
    return (msgspec.json.format(data, indent=indent) if indent else data) + b"\n"


def sayable(text: str) -> str:
    """The text with every lone surrogate as a visible escape, so that UTF-8 can say it."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def shorten(text: str, most: int) -> str:
    """The text, or its beginning and '…' if it is longer than `most` characters."""
    return text if len(text) <= most else text[: max(0, most - 1)] + "…"


def is_link(text: str) -> bool:
    """Whether this is a plain web address that may be followed or put into a document as it is."""
    return text.startswith(("https://", "http://")) and text.isascii() and text.isprintable() and not set(text) & _NOT_IN_LINKS


def without_empty(fields: Json) -> Json:
    """The fields that say something: None, '', () and {} are left out; 0 and False stay."""
    return {key: value for key, value in fields.items() if value is not None and value not in ("", (), [], {})}


def _sayable(value: Any) -> Any:
    if isinstance(value, str):
        return sayable(value)
    if isinstance(value, dict):
        return {_sayable(key): _sayable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_sayable(item) for item in value]
    return value
