"""Maven's project file, pom.xml: what it asks for by exact version, and what it is itself. Resolves no parents.

Properties of the same file are filled in, versions of its own `dependencyManagement` are used; a version that only a
parent or an imported file knows is not told. Ranges are none. Document types and entities are refused.
Source: maven.apache.org, POM reference.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from periderm.formats.languages import reading
from periderm.formats.languages.found import DEVELOPMENT, OPTIONAL, Found
from periderm.formats.languages.java_licences import expression
from periderm.formats.languages.java_manifest import Coordinates
from periderm.model.errors import FormatError, LimitError
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

DEEPEST = 64
MOST_DEPENDENCIES = 20_000
_PROPERTY = re.compile(r"\$\{([^{}]{1,200})\}")
_DECLARATION = re.compile(r"\s*+<\?xml[^>]{0,200}\?>")
_PLACES = {"project/dependencies/dependency": "", "project/dependencyManagement/dependencies/dependency": "managed"}


_LICENCE_FIELD = re.compile(r"<(name|url)>([^<]{0,300})<")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
MOST_LICENCES = 16 << 10  # characters of the list


class _Dependency(NamedTuple):
    group: str
    artifact: str
    version: str
    scope: str
    optional: bool
    managed: bool


class _Project:
    """What is wanted of a pom.xml, collected while a parser calls back: no tree is built."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._names: list[str] = []
        self._text: list[str] = []
        self._now: dict[str, str] = {}
        self.own: dict[str, str] = {}
        self.properties: dict[str, str] = {}
        self.dependencies: list[_Dependency] = []

    def refuse(self, *_: object) -> None:
        """A document type: the door to entities."""
        raise FormatError("it declares a document type, which is not read.", where=self._where)

    def start(self, name: str, _: object) -> None:
        """An element begins."""
        if len(self._names) >= DEEPEST:
            raise LimitError(f"it is nested more than {DEEPEST} deep.", where=self._where)
        self._names.append(name.rpartition(":")[2][:100])
        self._text.clear()
        if self._place() in _PLACES:
            self._now = {}

    def text(self, data: str) -> None:
        """Characters; only short ones matter."""
        if len(self._text) < 64:
            self._text.append(data[:1000])

    def end(self, _: str) -> None:
        """An element ends."""
        place, name = self._place(), self._names.pop()
        value = "".join(self._text).strip()
        self._text.clear()
        above = self._place()
        if above in ("project", "project/parent"):
            self.own.setdefault(place.removeprefix("project/"), value)
        elif above == "project/properties":
            self.properties[name] = value
        elif above in _PLACES:
            self._now[name] = value
        elif place in _PLACES and len(self.dependencies) < MOST_DEPENDENCIES:
            told = self._now
            keys = ("groupId", "artifactId", "version", "scope")
            group, artifact, version, scope = (told.get(key, "") for key in keys)
            managed = _PLACES[place] == "managed"
            self.dependencies.append(_Dependency(group, artifact, version, scope, told.get("optional") == "true", managed))

    def _place(self) -> str:
        return "/".join(self._names)

    def fill(self, value: str) -> str:
        """With the project's own properties; a few steps are enough for honest files."""
        for _ in range(5):
            if "${" not in value:
                break
            value = _PROPERTY.sub(self._property, value)[:1000]
        return value

    def _property(self, match: re.Match[str]) -> str:
        name = match[1]
        if name in self.properties:
            return self.properties[name]
        for beginning in ("project.", "pom."):
            if name.startswith(beginning):
                return self.told(name.removeprefix(beginning).replace("parent.", "parent/"))
        return match[0]

    def told(self, key: str) -> str:
        """What the project says of itself; group and version may be its parent's."""
        return self.own.get(key) or (self.own.get(f"parent/{key}", "") if key in ("groupId", "version") else "")


def _project(text: str, where: str) -> _Project:
    from xml.parsers import expat

    project = _Project(where)
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = project.start
    parser.EndElementHandler = project.end
    parser.CharacterDataHandler = project.text
    parser.StartDoctypeDeclHandler = project.refuse
    parser.EntityDeclHandler = project.refuse
    try:
        begun = _DECLARATION.match(text)
        parser.Parse(text[begun.end() if begun else 0 :].encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise FormatError(f"it is no XML: {error}", where=where) from error
    return project


def coordinates(text: str, where: str) -> Coordinates | None:
    """What a pom.xml is itself; None if it does not say so exactly. Raises FormatError."""
    project = _project(text, where)
    told = Coordinates(*(project.fill(project.told(key)) for key in ("groupId", "artifactId", "version")))
    return told if told.artifact and told.version and "${" not in "".join(told) else None


def licence(text: str) -> str:
    """The SPDX expression of the licences that a pom.xml names; '' if it names none, or one that is not known exactly.

    Looked for in the text and not parsed: of each of an application's hundreds of archives only this is asked."""
    start = text.find("<licenses>")
    if start < 0 or text.rfind("<!--", 0, start) > text.rfind("-->", 0, start):
        return ""
    part = _COMMENT.sub("", text[start : text.find("</licenses>", start) + 1][:MOST_LICENCES])
    told = [dict(_LICENCE_FIELD.findall(one)) for one in part.split("<license>")[1:]]
    return expression([one.get("name", "") for one in told]) or expression([one.get("url", "") for one in told])


def read(data: bytes, path: str) -> FileFacts:
    """The dependencies with an exact version."""
    found = Found(path, "maven")
    project = _project(reading.decoded(data), path)
    managed = {
        (project.fill(d.group), project.fill(d.artifact)): project.fill(d.version) for d in project.dependencies if d.managed
    }
    for one in project.dependencies:
        group, artifact = project.fill(one.group), project.fill(one.artifact)
        version = project.fill(one.version) or managed.get((group, artifact), "")
        if one.managed or not version or version[0] in "[(," or "${" in f"{group}{artifact}{version}":
            continue
        scope = DEVELOPMENT if one.scope == "test" else OPTIONAL if one.optional or one.scope == "provided" else ""
        found.add(artifact, version, namespace=group, between=":", scope=scope)
    return found.facts()


FORMAT = PackageFormat(
    id="maven-pom",
    title=Text("Maven project files", "Maven 项目文件"),
    read=read,
    names=("pom.xml",),
    source_only=True,
    most=16 * MIB,
)
