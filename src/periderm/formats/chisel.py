"""The manifest of Ubuntu's chiselled images, `var/lib/chisel/manifest.wall`: their packages, of which only slices are there.

Source: Chisel's documentation, "Chisel manifest" (zstd, one JSON object in a line). It does not tell source packages.
"""

from __future__ import annotations

import io

import msgspec

from periderm.model.errors import FormatError, LimitError
from periderm.model.image import Package
from periderm.model.package_format import MIB, FileFacts, Owned, PackageFormat
from periderm.model.text import Text

PATH = "var/lib/chisel/manifest.wall"
LARGEST = 128 * MIB  # inflated; 400,000 files
MOST_PACKAGES = 200_000
_WINDOW = 16 * MIB


class _Header(msgspec.Struct):
    jsonwall: str
    count: int = 0


class _Line(msgspec.Struct):
    kind: str = ""
    name: str = ""
    version: str = ""
    arch: str = ""
    sha256: str = ""
    slice: str = ""
    path: str = ""


def _lines(data: bytes) -> list[bytes]:
    """The lines behind the header. Raises FormatError for damage, also where there are fewer than the header says."""
    import zstandard

    try:
        inflater = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        with inflater.stream_reader(io.BytesIO(data), read_across_frames=True) as reader:
            text = reader.read(LARGEST + 1)
    except zstandard.ZstdError as error:
        raise FormatError("the manifest of a chiselled image is damaged.", where=PATH) from error
    if len(text) > LARGEST:
        raise LimitError(f"the manifest inflates to more than {LARGEST} bytes.", where=PATH)
    first, *lines = text.rstrip(b"\n").split(b"\n")
    try:
        header = msgspec.json.decode(first, type=_Header)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise FormatError("the manifest of a chiselled image has no header.", where=PATH) from error
    if len(lines) + 1 < header.count:
        raise FormatError(f"the manifest has {len(lines) + 1} lines of {header.count}.", where=PATH)
    return lines


def read(data: bytes, path: str) -> FileFacts:
    """All packages with the files that their slices brought. Raises FormatError for damage."""
    packages: list[Package] = []
    files: dict[str, list[str]] = {}
    decode = msgspec.json.Decoder(_Line).decode
    for raw in _lines(data):
        # Most lines are of other kinds, and the kind is the first word of each.
        if not raw.startswith((b'{"kind":"package"', b'{"kind":"content"')):
            continue
        try:
            line = decode(raw)
        except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
            raise FormatError("a line of the manifest is damaged.", where=path) from error
        if line.kind == "content":
            place = line.path.strip("/")
            if place and not line.path.endswith("/"):
                files.setdefault(line.slice.partition("_")[0], []).append(place)
        elif line.name and line.version:
            if len(packages) >= MOST_PACKAGES:
                raise LimitError(f"there are more than {MOST_PACKAGES} packages.", where=path)
            packages.append(_package(line, path))
    owned = tuple(Owned(f"deb:{name}", tuple(paths)) for name, paths in files.items())
    return FileFacts(packages=tuple(packages), owned=owned)


def _package(line: _Line, path: str) -> Package:
    return Package(
        name=line.name,
        version=line.version,
        type="deb",
        purl="",
        architecture=line.arch,
        path=path,
        hashes=(f"sha256:{line.sha256}",) if line.sha256 else (),
    )


FORMAT = PackageFormat(
    id="chisel",
    title=Text("Manifest of a chiselled Ubuntu image", "Ubuntu 精简（chisel）镜像清单"),
    read=read,
    paths=(PATH,),
)
