"""What a Java archive says of itself: the main section of MANIFEST.MF, pom.properties, and its own file name.

Source: docs.oracle.com, JAR File Specification; maven.apache.org, archiver.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from periderm.formats.languages.java_licences import expression

_CLASSIFIER = r"(?:[-.](?:sources|javadoc|tests?|shaded|all|exec|boot|plain|fat|uber|jakarta|(?:linux|osx|windows)[\w.-]*))?"
_WORDS = r"jre\d*|jdk\w*|android|snapshot|(?:alpha|beta|rc|cr|preview)[\w.]*|final|ga|release|incubating"
_QUALIFIER = rf"(?:\d[\w.]*|[a-z]{{1,2}}[\d.]*|{_WORDS})"
_FILE = re.compile(rf"(.+?)-(\d[\w.+~]*(?:-{_QUALIFIER})*){_CLASSIFIER}", re.IGNORECASE)
_LOOSE = re.compile(rf"(.+?)-(\d[\w.+~-]*?){_CLASSIFIER}")
_LONGEST = 200  # characters of a name that is taken apart
_VERSION = re.compile(r"\d[\w.+~-]*")


class Coordinates(NamedTuple):
    """A Maven artifact; the group may not be known."""

    group: str
    artifact: str
    version: str


def main_section(text: str) -> dict[str, str]:
    """The attributes up to the first blank line, by lower-case name; a line that begins with a blank goes on."""
    found: dict[str, str] = {}
    last = ""
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line:
            break
        if line[0] == " ":
            if last and len(found[last]) < 8192:
                found[last] += line[1:]
            continue
        key, colon, value = line.partition(":")
        if colon:
            last = key.strip().lower()
            found[last] = value.strip()
    return found


def properties(text: str) -> Coordinates | None:
    """pom.properties, as Maven's archiver writes it; None if it does not name an artifact and a version."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals and not key.lstrip().startswith(("#", "!")):
            found[key.strip()] = value.strip()
    told = Coordinates(found.get("groupId", ""), found.get("artifactId", ""), found.get("version", ""))
    return told if told.artifact and told.version and "${" not in told.version else None


def from_name(file: str) -> tuple[str, str]:
    """(artifact, version) of 'commons-io-2.11.0.jar'; the version is '' if the name has none."""
    stem = file.rpartition("/")[2].rpartition(".")[0]
    match = _FILE.fullmatch(stem) or _LOOSE.fullmatch(stem) if len(stem) <= _LONGEST else None
    return (match[1], match[2]) if match else (stem, "")


def symbolic(manifest: dict[str, str]) -> str:
    """The bundle's name without its directives."""
    return manifest.get("bundle-symbolicname", "").partition(";")[0].strip()


def version_of(manifest: dict[str, str]) -> str:
    """The version that the manifest tells, the most exact first; '' if none is one."""
    for key in ("implementation-version", "bundle-version", "plugin-version", "specification-version"):
        value = manifest.get(key, "").strip().strip('"').partition(" ")[0]
        if _VERSION.fullmatch(value):
            return value
    return ""


def licence_of(manifest: dict[str, str]) -> str:
    """An SPDX expression where Bundle-License means one exactly."""
    told = manifest.get("bundle-license", "")
    return expression([part.partition(";")[0] for part in told.split(",")]) if told else ""


def vendor_of(manifest: dict[str, str]) -> str:
    """Who made it."""
    return manifest.get("implementation-vendor") or manifest.get("bundle-vendor") or ""
