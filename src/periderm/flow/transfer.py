"""Packs and unpacks what is carried between networks: one archive, its signed list in front. Stores nothing, trusts only the
keys that it is given, and believes no name, size or order that the list does not say.

The archive is a tar (ustar, no times, no owners), so that the same content gives the same bytes and anybody can look into it:
`manifest.dsse.json` (DSSE over an in-toto statement whose subjects are the other members) and then each member, packed with
zstd, in the order of the list.
"""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
from collections.abc import Callable, Iterator, Sequence

import msgspec

from periderm.algorithms.signing import key_id, sign, verify
from periderm.formats.compression import inflate
from periderm.formats.intoto import PAYLOAD_TYPE, Subject, read_statement, statement
from periderm.formats.tar.stream import Member as Entry
from periderm.formats.tar.stream import TarStream
from periderm.model.errors import FormatError, LimitError, SignatureError
from periderm.model.image import FileType
from periderm.model.transfer import Manifest, Member, Part

PREDICATE = "urn:periderm:export:1"
LIST = "manifest.dsse.json"
LARGEST = 1 << 30  # bytes of an archive
LARGEST_MEMBER = 256 << 20  # inflated
LARGEST_ALL = 4 << 30  # inflated, together
LARGEST_LIST = 32 << 20
MOST_MEMBERS = 50_000
_NAME = re.compile(r"[a-z]+/[0-9a-f]{64}\.[a-z.]{3,20}\.zst|[a-z]+\.json\.zst")
_LEVEL = 10
_PIECE = 1 << 20
_AGAIN = "Ask for the export again, and carry it whole."


class Content(msgspec.Struct, frozen=True):
    """A file that is to be packed."""

    name: str
    part: Part
    data: bytes
    image: str = ""


def pack(contents: Sequence[Content], key: bytes, *, source: str, exported: int, product: str, by: str) -> bytes:
    """The archive. The same contents, key, source and time give the same bytes. Raises SignatureError, LimitError."""
    import zstandard

    if len(contents) > MOST_MEMBERS or sum(len(c.data) for c in contents) > LARGEST_ALL:
        raise LimitError("this is more than one export may hold.", "Export fewer images at a time.")
    packer = zstandard.ZstdCompressor(level=_LEVEL)
    packed = [packer.compress(content.data) for content in contents]
    members = tuple(
        Member(name=c.name, part=c.part, size=len(c.data), sha256=hashlib.sha256(data).hexdigest(), image=c.image)
        for c, data in zip(contents, packed, strict=True)
    )
    manifest = Manifest(source=source, exported=exported, product=product, members=members, by=by)
    about = [Subject({"sha256": member.sha256}, member.name) for member in members]
    # A statement is about something: an export of nothing is about the digest of nothing.
    about = about or [Subject({"sha256": hashlib.sha256(b"").hexdigest()})]
    told = sign(statement(about, PREDICATE, msgspec.to_builtins(manifest)), PAYLOAD_TYPE, key)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in ((LIST, told), *((member.name, data) for member, data in zip(members, packed, strict=True))):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o644
            archive.addfile(entry, io.BytesIO(data))
    if out.tell() > LARGEST:
        raise LimitError("this is more than one export may hold.", "Export fewer images at a time.")
    return out.getvalue()


class Opened(msgspec.Struct, frozen=True):
    """An archive whose list is signed by a trusted key. `contents` gives each member once, in order, verified; nothing of it
    may be kept before all have been given: the last may be missing."""

    manifest: Manifest
    signer: str
    contents: Callable[[], Iterator[tuple[Member, bytes]]]


def unpack(data: bytes, keys: Sequence[bytes]) -> Opened:
    """Opens an archive. Raises SignatureError if no trusted key signed its list, FormatError for what is none."""
    first = next(iter(_entries(data)), None)
    if first is None or first.entry.path != LIST:
        raise FormatError("this is no export: its list does not stand in front.", _AGAIN)
    if first.entry.size > LARGEST_LIST:
        raise LimitError("its list is larger than any can be.", _AGAIN)
    envelope = first.read()
    signer, payload = _signer(envelope, keys)
    told = read_statement(payload)
    if told.predicate_type != PREDICATE:
        raise SignatureError("What was signed is no export.", "It was signed for another use.")
    try:
        manifest = msgspec.convert(told.predicate, Manifest)
    except msgspec.ValidationError as error:
        raise FormatError(f"its list cannot be read: {error}.", "It was made by another version.") from None
    named = tuple((s.name, s.digest.get("sha256")) for s in told.subject)
    if manifest.members and named != tuple((m.name, m.sha256) for m in manifest.members):
        raise SignatureError("Its list contradicts itself.", "Ask who signed it.")
    _check(manifest)
    return Opened(manifest, signer, lambda: _contents(data, manifest))


def _signer(envelope: bytes, keys: Sequence[bytes]) -> tuple[str, bytes]:
    """(the id of the first trusted key that signed, what was signed)."""
    for key in keys[:-1]:
        try:
            return key_id(key), verify(envelope, [key], PAYLOAD_TYPE)
        except SignatureError:
            key_id(key)  # a key that cannot be read is told, and not passed over
    return key_id(keys[-1]) if keys else "", verify(envelope, keys[-1:], PAYLOAD_TYPE)


def _check(manifest: Manifest) -> None:
    """What even a trusted signer may not ask for."""
    names = [member.name for member in manifest.members]
    if len(names) > MOST_MEMBERS or len(set(names)) != len(names) or not all(_NAME.fullmatch(name) for name in names):
        raise FormatError("its list names files that no export has.", "Ask who signed it.")
    sizes = [member.size for member in manifest.members]
    if any(not 0 <= size <= LARGEST_MEMBER for size in sizes) or sum(sizes) > LARGEST_ALL:
        raise LimitError("its files inflate to more than is taken.", "Export fewer images at a time.")


def _entries(data: bytes) -> TarStream:
    if len(data) > LARGEST:
        raise LimitError(f"it is larger than {LARGEST >> 20} MiB.", _AGAIN)
    view = memoryview(data)
    return TarStream((bytes(view[at : at + _PIECE]) for at in range(0, len(data), _PIECE)), "the export", sparse_limit=0)


def _contents(data: bytes, manifest: Manifest) -> Iterator[tuple[Member, bytes]]:
    entries = iter(_entries(data))
    next(entries, None)
    for member in manifest.members:
        entry = next(entries, None)
        if entry is None or entry.entry.path != member.name or entry.entry.type is not FileType.REGULAR:
            raise FormatError(f"{member.name} is not where it belongs.", _AGAIN)
        yield member, _inflated(entry, member)
    if next(entries, None) is not None:
        raise FormatError("it holds more than was signed.", _AGAIN)


def _inflated(entry: Entry, member: Member) -> bytes:
    """Verified before it is inflated."""
    if entry.entry.size > LARGEST_MEMBER:
        raise LimitError("it is larger than is taken.", _AGAIN, where=member.name)
    packed = entry.read()
    if hashlib.sha256(packed).hexdigest() != member.sha256:
        raise SignatureError(f"{member.name} is not as it was signed.", "Do not use it; ask for the export again.")
    whole = b"".join(inflate((packed,), most=member.size, where=member.name))
    if len(whole) != member.size:
        raise FormatError(f"it has {len(whole)} bytes and not {member.size}.", _AGAIN, where=member.name)
    return whole
