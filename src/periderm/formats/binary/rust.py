"""Rust executables built by `cargo auditable`: the crates they were built from, from the section `.dep-v0`.

Source: cargo-auditable's PARSING.md and JSON schema. An executable without that section tells nothing of its crates.
"""

from __future__ import annotations

import zlib

import msgspec

from periderm.formats.binary.sections import section
from periderm.model.errors import FormatError, LimitError
from periderm.model.image import Origin, Package
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.purl import PackageUrl
from periderm.model.text import Text

LARGEST = 8 * MIB  # the format's own advice
MOST_CRATES = 20_000


class _Crate(msgspec.Struct):
    name: str
    version: str
    kind: str = "runtime"
    dependencies: list[int] = []


class _Audit(msgspec.Struct):
    packages: list[_Crate]


def _purl(crate: _Crate) -> str:
    return str(PackageUrl(type="cargo", name=crate.name, version=crate.version))


def read(data: bytes, path: str) -> FileFacts:
    """Every crate that is part of the program (not those that only built it). Raises FormatError for damage."""
    packed = section(data, b".dep-v0")
    if packed is None:
        return FileFacts()
    crates = _crates(packed, path)
    packages = []
    for crate in crates:
        if crate.kind == "build" or not crate.name:
            continue
        needed = (crates[index] for index in crate.dependencies if 0 <= index < len(crates))
        packages.append(
            Package(
                name=crate.name,
                version=crate.version,
                type="cargo",
                purl=_purl(crate),
                path=path,
                origin=Origin.EMBEDDED,
                dependencies=tuple(dict.fromkeys(_purl(c) for c in needed if c.kind != "build" and c.name)),
            )
        )
    return FileFacts(packages=tuple({p.purl: p for p in packages}.values()))


def _crates(packed: bytes, path: str) -> list[_Crate]:
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(packed, LARGEST)
        if inflater.unconsumed_tail:
            raise LimitError(f"the audit data inflates to more than {LARGEST} bytes.", where=path)
        found = msgspec.json.decode(text, type=_Audit).packages
    except (zlib.error, msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise FormatError("the audit data of a Rust program is damaged.", where=path) from error
    if len(found) > MOST_CRATES:
        raise LimitError(f"a Rust program lists more than {MOST_CRATES} crates.", where=path)
    if sum(len(crate.dependencies) for crate in found) > 10 * MOST_CRATES:
        raise LimitError("the crates of a Rust program name too many dependencies.", where=path)
    return found


FORMAT = PackageFormat(
    id="rust-binary",
    title=Text("Rust executable (cargo auditable)", "Rust 可执行文件（cargo auditable）"),
    read=read,
    executables=True,
    most=512 * MIB,
)
