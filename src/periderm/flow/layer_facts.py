"""What reading one layer tells: facts that depend on nothing but its bytes, so that they are kept by its digest.

Whoever combines the layers decides what of it the final file system still shows. Holds no contents.
"""

from __future__ import annotations

import msgspec

from periderm.engines.image.search import Searched
from periderm.model.contents import LayerContents
from periderm.model.errors import FormatError
from periderm.model.file_note import Note
from periderm.model.image import LayerEntry
from periderm.model.package_format import FileFacts
from periderm.model.text import Text


class ReadFile(msgspec.Struct, frozen=True, array_like=True):
    """What one file told one package format. `entry` is its number in `LayerFacts.entries`; `declared` that the format
    speaks of what a project asks for, and not of what is installed."""

    entry: int
    format: str
    declared: bool
    facts: FileFacts


class NotedEntry(msgspec.Struct, frozen=True, array_like=True):
    """What one file told one note reader. `entry` is its number in `LayerFacts.entries`."""

    entry: int
    reader: str
    notes: tuple[Note, ...]


class LayerFacts(msgspec.Struct, frozen=True, array_like=True):
    """All facts of one layer. `size` counts its inflated bytes; `digests` are the SHA-256 (hex) of executables by entry
    number. `missed` says what was not looked at. `limited` tells that a limit which several layers share cut it short:
    then it is no property of this layer alone, and is not kept. `contents` is what content rules said, `sums` are the
    checksums of the system's programs and libraries by entry number (see `engines.image.system_files`)."""

    size: int
    entries: list[LayerEntry]
    files: tuple[ReadFile, ...] = ()
    digests: dict[int, str] = {}
    searched: Searched = Searched()
    missed: tuple[Text, ...] = ()
    limited: bool = False
    noted: tuple[NotedEntry, ...] = ()
    contents: LayerContents = LayerContents()
    sums: dict[int, str] = {}


_decoder = msgspec.msgpack.Decoder(LayerFacts)


def encode(facts: LayerFacts) -> bytes | None:
    """As bytes; None where a name is not UTF-8 or a number has more than 64 bits: such a layer is read each time."""
    try:
        return msgspec.msgpack.encode(facts)
    except (UnicodeEncodeError, OverflowError):
        return None


def decode(data: bytes) -> LayerFacts:
    """From bytes. Raises FormatError if they are none of ours."""
    try:
        return _decoder.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise FormatError(f"these are no facts of a layer ({error}).") from None
