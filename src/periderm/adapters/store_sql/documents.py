"""Values to stored documents and columns and back. Foreign text that a database cannot hold is escaped, not refused."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from periderm.model.errors import StoreError
from periderm.model.text import Text

Value = TypeVar("Value")
Document = TypeVar("Document", bound=msgspec.Struct)

SEARCH_LIMIT = 65_536
_SMALLEST, _GREATEST = -(2**63), 2**63 - 1
_encoder = msgspec.msgpack.Encoder()


def plain(text: str) -> str:
    r"""Text that every database can hold: NUL becomes `\x00`, a byte that was not UTF-8 becomes `\udc80` and the like."""
    if text.isascii():
        return text.replace("\x00", "\\x00")
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")


def bounded(number: int) -> int:
    """The nearest number of 64 bits with sign."""
    return max(_SMALLEST, min(_GREATEST, number))


def column(value: object) -> object:
    """A value as a column holds it."""
    if isinstance(value, str):
        return plain(value)
    return bounded(value) if isinstance(value, int) else value


def searchable(*parts: str | Text) -> str:
    """What `Query.text` is looked for in: both languages, case folded, cut at SEARCH_LIMIT characters."""
    words: list[str] = []
    for part in parts:
        words += (part.en, part.zh) if isinstance(part, Text) else (part,)
    return "\n".join(word for word in words if word)[:SEARCH_LIMIT].casefold()


def clean(value: Document) -> Document:
    """The value itself, or, if it holds text that is not Unicode (a file name of any bytes), the same with it escaped.
    Raises StoreError if it cannot be written at all."""
    try:
        _encoder.encode(value)
    except UnicodeEncodeError:
        return msgspec.convert(_escape(msgspec.to_builtins(value)), type=type(value))
    except OverflowError as error:
        raise StoreError(f"A {type(value).__name__} holds a number that cannot be stored: {error}.") from error
    return value


def encode(value: msgspec.Struct) -> bytes:
    """The document. `value` went through `clean`."""
    return _encoder.encode(value)


def decode(data: bytes, decoder: msgspec.msgpack.Decoder[Value]) -> Value:
    """The value of a document. Raises StoreError if it is not what this version knows."""
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise StoreError(f"A stored document cannot be read: {error}.", "Put back a copy of the store.") from error


def _escape(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, dict):
        return {_escape(key): _escape(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_escape(item) for item in value]
    return value
