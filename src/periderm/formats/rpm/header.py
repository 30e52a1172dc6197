"""The header blob of an installed RPM package, as every form of the database holds it. Verifies no signature or digest.

Source: the RPM format documentation (rpm.org, "RPM V4 Package format", section "Header"); tag numbers from
`rpm --querytags` and rpmtag.h.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

import msgspec

from periderm.formats.rpm import digests
from periderm.model.errors import FormatError, LimitError
from periderm.model.image import Package
from periderm.model.package_format import FileFacts, Owned, Vouched
from periderm.model.text import Text

MOST_PACKAGES = 200_000
MOST_ENTRIES = 65_536  # rpm's own limit (header.c, HEADER_TAGS_MAX)
MOST_FILES = 2_000_000  # of all packages of a database together
_COUNTS = struct.Struct(">II")  # entries, bytes of data
_ENTRY = struct.Struct(">IIII")  # tag, type, offset, count
_CHAR, _INT16, _INT32, _STRING, _STRINGS, _I18N = 1, 3, 4, 6, 8, 9
_NUMBERS = {_CHAR: ("B", 1), _INT16: ("H", 2), _INT32: ("I", 4)}  # how each type of number is packed, and its size

_NAME, _VERSION, _RELEASE, _EPOCH = 1000, 1001, 1002, 1003
_VENDOR, _LICENCE, _ARCH, _SOURCE = 1011, 1014, 1022, 1044
_DIRINDEXES, _BASENAMES, _DIRNAMES = 1116, 1117, 1118
_MODULARITY = 5096
_WANTED = frozenset((_NAME, _VERSION, _RELEASE, _EPOCH, _VENDOR, _LICENCE, _ARCH, _SOURCE, _MODULARITY)) | frozenset(
    (_DIRINDEXES, _BASENAMES, _DIRNAMES, *digests.TAGS)
)


class Header(msgspec.Struct, frozen=True):
    """What a header tells. `files` are relative to the root, `sums` the SHA-256 (hex) of the programs among them."""

    name: str
    version: str
    release: str
    epoch: int = 0
    architecture: str = ""
    source: str = ""  # file name of the source package
    licence: str = ""
    vendor: str = ""
    modularity: str = ""
    files: tuple[str, ...] = ()
    sums: dict[str, str] = {}


def parse(blob: bytes) -> Header:
    """The header that begins at the start of the blob. Raises FormatError for damage."""
    if len(blob) < _COUNTS.size:
        raise FormatError("an RPM header is shorter than its own counts.")
    entries, size = _COUNTS.unpack_from(blob)
    if entries > MOST_ENTRIES:
        raise LimitError(f"an RPM header has {entries} entries; {MOST_ENTRIES} is the most.")
    start = _COUNTS.size + entries * _ENTRY.size
    if start + size > len(blob):
        raise FormatError(f"an RPM header says it has {entries} entries and {size} bytes, and is {len(blob)} bytes long.")
    data = blob[start : start + size]
    found: dict[int, tuple[int, int, int]] = {}
    for tag, kind, offset, count in _ENTRY.iter_unpack(blob[_COUNTS.size : start]):
        if tag in _WANTED and tag not in found:
            found[tag] = (kind, offset, count)

    def text(tag: int) -> str:
        kind, offset, count = found.get(tag, (0, 0, 0))
        if kind not in (_STRING, _STRINGS, _I18N):
            return ""
        return next(iter(_strings(data, offset, min(count, 1))), b"").decode("utf-8", "replace")

    name, version = text(_NAME), text(_VERSION)
    if not name or not version:
        raise FormatError("an RPM header has no name or no version.")
    epochs = _numbers(data, found.get(_EPOCH))
    files = _files(data, found)
    return Header(
        name=name,
        version=version,
        release=text(_RELEASE),
        epoch=epochs[0] if epochs else 0,
        architecture=text(_ARCH),
        source=text(_SOURCE),
        licence=text(_LICENCE),
        vendor=text(_VENDOR),
        modularity=text(_MODULARITY),
        files=files,
        sums=_sums(data, found, files),
    )


def _strings(data: bytes, offset: int, count: int) -> list[bytes]:
    """`count` strings that each end with NUL."""
    if count > len(data) or offset > len(data):
        raise FormatError("an RPM header names strings beyond its data.")
    parts = data[offset:].split(b"\0", count)
    if len(parts) <= count:
        raise FormatError("a string of an RPM header has no end.")
    return parts[:count]


def _numbers(data: bytes, entry: tuple[int, int, int] | None) -> Sequence[int]:
    """Numbers of 32, 16 or 8 bits; none if the entry is of another type."""
    if entry is None or entry[0] not in _NUMBERS:
        return ()
    kind, offset, count = entry
    letter, size = _NUMBERS[kind]
    if offset + size * count > len(data):
        raise FormatError("an RPM header names numbers beyond its data.")
    return struct.unpack_from(f">{count}{letter}", data, offset)


def _sums(data: bytes, found: dict[int, tuple[int, int, int]], files: Sequence[str]) -> dict[str, str]:
    """The SHA-256 of programs; nothing where the package has digests of another kind."""
    told = found.get(digests.FILE_DIGESTS)
    if told is None or told[0] != _STRINGS or tuple(_numbers(data, found.get(digests.DIGEST_ALGORITHM))) != (digests.SHA256,):
        return {}
    modes, flags, states = (
        _numbers(data, found.get(tag)) for tag in (digests.FILE_MODES, digests.FILE_FLAGS, digests.FILE_STATES)
    )
    return digests.sums(files, _strings(data, told[1], told[2]), modes, flags, states)


def _files(data: bytes, found: dict[int, tuple[int, int, int]]) -> tuple[str, ...]:
    """Folder of each file by its index, and its name."""
    names, folders = found.get(_BASENAMES), found.get(_DIRNAMES)
    if names is None or folders is None or names[0] != _STRINGS or folders[0] != _STRINGS:
        return ()
    where = [f.strip(b"/").decode("utf-8", "surrogateescape") for f in _strings(data, folders[1], folders[2])]
    # Long folder names times many files would be far more than the header itself: what one header may give is bounded.
    longest = max((len(f) for f in where), default=0)
    if names[2] * (longest + 1) > max(64 << 20, 16 * len(data)):
        raise LimitError("the file names of an RPM header are too long together.")
    indexes = _numbers(data, found.get(_DIRINDEXES))
    files = []
    for index, base in zip(indexes, _strings(data, names[1], names[2]), strict=False):
        if index >= len(where):
            raise FormatError("a file of an RPM header lies in a folder that is not listed.")
        name = base.decode("utf-8", "surrogateescape")
        files.append(f"{where[index]}/{name}" if where[index] else name)
    return tuple(files)


def module_of(label: str) -> str:
    """'nodejs:18' of the modularity label 'nodejs:18:8080020221213:ac42d3bd'."""
    name, _, rest = label.partition(":")
    stream = rest.partition(":")[0]
    return f"{name}:{stream}" if stream else name


def package(header: Header, path: str) -> Package:
    """The package of a header; flow fills the package URL."""
    epoch = f"{header.epoch}:" if header.epoch else ""
    source, version = source_of(header.source)
    full = f"{epoch}{header.version}-{header.release}" if header.release else epoch + header.version
    return Package(
        name=header.name,
        version=full,
        type="rpm",
        purl="",
        architecture=header.architecture,
        source=source or header.name,
        source_version=epoch + version if version else full,
        licence=header.licence,
        vendor=header.vendor,
        module=module_of(header.modularity),
        path=path,
    )


def source_of(file: str) -> tuple[str, str]:
    """('bash', '5.1.8-6.el9') of 'bash-5.1.8-6.el9.src.rpm'."""
    stem = file.removesuffix(".rpm").removesuffix(".src").removesuffix(".nosrc")
    parts = stem.rsplit("-", 2)
    return (parts[0], f"{parts[1]}-{parts[2]}") if len(parts) == 3 else ("", "")


def facts(blobs: Iterator[bytes], path: str) -> FileFacts:
    """All packages of a database. A header that is damaged is told, and the others are still read."""
    packages: dict[tuple[str, str, str], Package] = {}
    files: dict[str, list[tuple[str, ...]]] = {}
    vouched: list[Vouched] = []
    missed: list[Text] = []
    damaged = count = total = 0
    try:
        for blob in blobs:
            count += 1
            if count > MOST_PACKAGES:
                raise LimitError(f"there are more than {MOST_PACKAGES} packages.", where=path)
            try:
                header = parse(blob)
            except FormatError as error:
                damaged += 1
                what = f"{path}: {error.what}"
                if damaged <= 3:
                    missed.append(Text(what, f"{path}：{error.what}"))
                continue
            total += len(header.files)
            if total > MOST_FILES:
                raise LimitError(f"the packages own more than {MOST_FILES} files.", where=path)
            one = package(header, path)
            packages[one.name, one.version, one.architecture] = one
            files.setdefault(f"rpm:{one.name}", []).append(header.files)
            if header.sums:
                vouched.append(Vouched(one.name, header.sums))
    except FormatError as error:
        if not packages:
            raise
        missed.append(Text(f"The rest of {path} was not read: {error.what}", f"{path} 的其余部分未读取：{error.what}"))
    if damaged and not packages:
        raise FormatError(f"none of its {damaged} packages can be read.", where=path)
    if damaged > 3:
        missed.append(Text(f"{path}: {damaged} headers are damaged.", f"{path}：{damaged} 个包头已损坏。"))
    owned = tuple(Owned(owner, tuple(p for part in parts for p in part)) for owner, parts in files.items() if any(parts))
    return FileFacts(packages=tuple(packages.values()), owned=owned, missed=tuple(missed), vouched=tuple(vouched))
