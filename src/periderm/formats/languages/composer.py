"""Composer's lock file (composer.lock) and what it installed (vendor/composer/installed.json), forms 1 and 2.

Versions are told as they are written: with their 'v', or a branch ('dev-main'). Composer calls that the version, so does
cyclonedx-php-composer since its version 4, and package URLs have no rule about it; the order of versions knows the 'v'.
Sources: composer's FilesystemRepository, which writes installed.json (form 2 lists what is for development by lower-case
names), and PlatformRepository (names of the platform have no '/'); files that Composer 2.5 wrote; purl-spec, composer.
"""

from __future__ import annotations

from collections.abc import Iterator

from periderm.formats.languages import reading
from periderm.formats.languages.found import DEVELOPMENT, Found
from periderm.model.image import Origin
from periderm.model.package_format import FileFacts, PackageFormat
from periderm.model.text import Text


def accept(path: str) -> bool:
    """installed.json counts only where Composer writes it."""
    return path.endswith("composer.lock") or path.rpartition("/")[0].endswith("/composer") or path.startswith("composer/")


def read(data: bytes, path: str) -> FileFacts:
    """All packages that were locked, or that are installed."""
    lock = path.endswith("composer.lock")
    found = Found(path, "composer", Origin.DECLARED if lock else Origin.INSTALLED)
    told = reading.json_of(data, path)
    if isinstance(told, list):  # installed.json of Composer 1
        _add(found, reading.tables(told), frozenset())
    else:
        development = frozenset(reading.texts(reading.table(told).get("dev-package-names")))
        _add(found, reading.tables(reading.table(told).get("packages")), development)
        _add(found, reading.tables(reading.table(told).get("packages-dev")), None)
    return found.facts()


def _add(found: Found, entries: Iterator[dict[str, object]], development: frozenset[str] | None) -> None:
    """`development` names what is for development only; None if all is."""
    for entry in entries:
        full = reading.text(entry.get("name"))
        vendor, slash, name = full.partition("/")
        version = reading.text(entry.get("version"))
        if entry.get("type") == "metapackage" or not slash:
            continue
        licences = list(reading.texts(entry.get("license")))
        found.add(
            name,
            version,
            namespace=vendor,
            scope=DEVELOPMENT if development is None or full.lower() in development else "",
            licence=licences[0] if len(licences) == 1 else f"({' OR '.join(licences)})" if licences else "",
            dependencies=(n for n in reading.table(entry.get("require")) if "/" in n),
        )


FORMAT = PackageFormat(
    id="composer",
    title=Text("Composer lock files and installed packages", "Composer 锁文件和已安装的软件包"),
    read=read,
    names=("composer.lock", "installed.json"),
    accept=accept,
)
