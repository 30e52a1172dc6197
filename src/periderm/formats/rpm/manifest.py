"""The list of packages in distroless images of Azure Linux (CBL-Mariner), which have no RPM database. It names no files.

Source: the query that writes it: `rpm -qa --qf "%{NAME}\\t%{VERSION}-%{RELEASE}\\t%{INSTALLTIME}\\t%{BUILDTIME}\\t%{VENDOR}\\t
%{EPOCH}\\t%{SIZE}\\t%{ARCH}\\t%{EPOCHNUM}\\t%{SOURCERPM}\\n"`.
"""

from __future__ import annotations

from periderm.formats.rpm.header import MOST_PACKAGES, Header, package
from periderm.model.errors import FormatError, LimitError
from periderm.model.image import Package
from periderm.model.package_format import FileFacts, PackageFormat
from periderm.model.text import Text

PATH = "var/lib/rpmmanifest/container-manifest-2"
_FIELDS = 10
_NONE = "(none)"


def _package(line: str, path: str) -> Package | None:
    """The package of a line; None for a line that is none."""
    words = [word if word != _NONE else "" for word in line.split("\t")]
    if len(words) < _FIELDS or not words[0]:
        return None
    version, hyphen, release = words[1].rpartition("-")
    epoch = words[8]
    if not hyphen or not version or not (epoch.isascii() and epoch.isdigit() and len(epoch) <= 10):
        return None
    told = Header(
        name=words[0],
        version=version,
        release=release,
        epoch=int(epoch),
        architecture=words[7],
        source=words[9],
        vendor=words[4],
    )
    return package(told, path)


def read(data: bytes, path: str) -> FileFacts:
    """All packages of the list. Lines that are damaged are told, and the others are still read."""
    found: list[Package] = []
    damaged = 0
    for line in data.decode("utf-8", "replace").split("\n"):
        if not line.strip():
            continue
        one = _package(line.rstrip("\r"), path)
        if one is None:
            damaged += 1
            continue
        found.append(one)
        if len(found) > MOST_PACKAGES:
            raise LimitError(f"there are more than {MOST_PACKAGES} packages.", where=path)
    if damaged and not found:
        raise FormatError("none of its lines is a package.", where=path)
    what = Text(f"{path}: {damaged} lines are no packages.", f"{path}：{damaged} 行不是软件包。")
    return FileFacts(packages=tuple(found), missed=(what,) if damaged else ())


FORMAT = PackageFormat(
    id="rpm-manifest",
    title=Text("RPM list of distroless images", "无发行版镜像的 RPM 列表"),
    read=read,
    paths=(PATH,),
)
