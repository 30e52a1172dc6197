"""os-release(5): which distribution a root file system is. Never expands variables, as the man page demands."""

from __future__ import annotations

from periderm.model.errors import LimitError
from periderm.model.image import OsRelease
from periderm.model.package_format import FileFacts, PackageFormat
from periderm.model.text import Text

PATHS = ("etc/os-release", "usr/lib/os-release")  # the first that exists counts
LARGEST = 64 << 10


def parse(data: bytes) -> OsRelease:
    """What `OsRelease` names; what is missing stays empty. Raises LimitError above 64 KiB."""
    if len(data) > LARGEST:
        raise LimitError(f"os-release has {len(data)} bytes.")
    found: dict[str, str] = {}
    for line in data.decode("utf-8", "replace").splitlines():
        key, equals, value = line.strip().partition("=")
        if equals and not key.startswith("#"):
            found[key] = _unquote(value.strip())
    return OsRelease(
        id=found.get("ID", ""),
        version=found.get("VERSION_ID", ""),
        pretty_name=found.get("PRETTY_NAME", ""),
        like=tuple(found.get("ID_LIKE", "").split()),
        codename=found.get("VERSION_CODENAME", ""),
        support_end=found.get("SUPPORT_END", ""),
    )


def _unquote(value: str) -> str:
    """Shell quotes and the escapes that the man page allows inside double quotes."""
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
        inner = value[1:-1]
        if value[0] == '"':
            for c in '"$`\\':
                inner = inner.replace("\\" + c, c)
        return inner
    return value


def read(data: bytes, _path: str) -> FileFacts:
    """The distribution that the file names."""
    return FileFacts(os=parse(data))


FORMAT = PackageFormat(
    id="os-release",
    title=Text("Distribution (os-release)", "发行版（os-release）"),
    read=read,
    paths=PATHS,
    most=LARGEST,
)
