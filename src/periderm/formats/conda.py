"""Packages of conda environments: `conda-meta/*.json`, one for each package. Knows no channel's list of packages.

Source: conda's documentation of the environment folder (PrefixRecord); package-url type definition `conda`.
"""

from __future__ import annotations

import msgspec

from periderm.model.errors import FormatError
from periderm.model.image import Package
from periderm.model.package_format import FileFacts, Owned, PackageFormat
from periderm.model.purl import PackageUrl
from periderm.model.text import Text

_FOLDER = "conda-meta"


class _Record(msgspec.Struct):
    name: str
    version: str
    build: str = ""
    channel: str = ""
    subdir: str = ""
    license: str | None = ""
    url: str | None = ""
    sha256: str | None = ""
    depends: list[str] = []
    files: list[str] = []


def read(data: bytes, path: str) -> FileFacts:
    """The package with the files it owns in its environment. Raises FormatError for damage."""
    try:
        record = msgspec.json.decode(data, type=_Record)
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        raise FormatError("this is no record of a conda package.", where=path) from error
    if not record.name:
        raise FormatError("a conda package has no name.", where=path)
    root = path.rpartition("/")[0].removesuffix(_FOLDER)
    package = Package(
        name=record.name,
        version=record.version,
        type="conda",
        purl=_purl(record),
        architecture=record.subdir,
        licence=record.license or "",
        path=path,
        hashes=(f"sha256:{record.sha256}",) if record.sha256 else (),
        dependencies=tuple(dict.fromkeys(words[0] for one in record.depends if (words := one.split()))),
    )
    owned = tuple(root + file.lstrip("/") for file in record.files if file and ".." not in file.split("/"))
    return FileFacts(packages=(package,), owned=(Owned(f"conda:{record.name}", owned),) if owned else ())


def _purl(record: _Record) -> str:
    """The channel is its own name, or the last part of its address before the platform."""
    parts = record.channel.rstrip("/").split("/")
    channel = parts[-2] if len(parts) > 1 and parts[-1] == record.subdir else parts[-1]
    kind = next((end for end in ("conda", "tar.bz2") if (record.url or "").endswith("." + end)), "")
    told = (("build", record.build), ("channel", channel), ("subdir", record.subdir), ("type", kind))
    return str(PackageUrl(type="conda", name=record.name, version=record.version, qualifiers=told))


def _accept(path: str) -> bool:
    return path.split("/")[-2:-1] == [_FOLDER]


FORMAT = PackageFormat(
    id="conda",
    title=Text("Conda environment", "Conda 环境"),
    read=read,
    suffixes=(".json",),
    accept=_accept,
)
