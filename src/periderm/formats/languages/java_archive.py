"""Java archives (jar, war, ear, aar, jpi, hpi …), also one in another: what each is, and what was shaded into it.

An archive is told by the pom.properties or pom.xml that Maven left in it, else by its manifest and its name; so a renamed
one is found. Several pom.properties in one archive are copies of others' classes (shaded): each is told as embedded. What
is inside another archive is told as embedded too, at 'outer.war!/WEB-INF/lib/inner.jar'.
Limits: 8 archives deep, 5,000 archives and 500,000 entries in one file, 192 MiB held at once, 512 MiB inflated in all; what
lies beyond is told as missed. Archives of sources or documents ('-sources.jar', '-javadoc.jar') run nothing and are
passed over. Only the directories and the few members that are needed are read. Classes are not.
"""

from __future__ import annotations

import hashlib

from periderm.formats.languages import java_manifest, maven_pom, zip_directory
from periderm.formats.languages.found import Found
from periderm.formats.languages.java_groups import group_of
from periderm.formats.languages.java_manifest import Coordinates
from periderm.formats.languages.zip_directory import Member
from periderm.model.errors import FormatError
from periderm.model.image import Origin
from periderm.model.package_format import MIB, FileFacts, PackageFormat
from periderm.model.text import Text

SUFFIXES = (".jar", ".war", ".ear", ".aar", ".jpi", ".hpi", ".par", ".sar", ".rar", ".nar", ".kar")
DEEPEST = 8
MOST_ARCHIVES = 5_000
MOST_ENTRIES = 500_000
MOST_HELD = 192 * MIB
MOST_INFLATED = 512 * MIB
_NO_CODE = ("-sources.jar", "-javadoc.jar", "-test-sources.jar")
MOST_MISSED = 20  # messages of one file
_SMALL = 64 << 10
_POM = 4 * MIB
_MANIFEST = "META-INF/MANIFEST.MF"


def read(data: bytes, path: str) -> FileFacts:
    """All artifacts in the archive. Raises FormatError if it is no archive; damage further inside is told as missed."""
    found = Found(path, "maven", Origin.INSTALLED)
    work = _Work(found)
    view = memoryview(data)
    if path.endswith(".rar") and not data.startswith(b"PK"):
        return FileFacts()  # the other kind of .rar
    work.archive(view, path, 1, len(data))
    return found.facts()


class _Work:
    """The budget of one file, and what was found in it."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self._archives = self._entries = self._inflated = self._missed = 0

    def archive(self, data: memoryview, path: str, depth: int, held: int) -> None:
        """One archive and those in it."""
        members = zip_directory.members(data, path)
        self._archives += 1
        self._entries += len(members)
        if self._entries > MOST_ENTRIES:
            raise FormatError(f"the archives have more than {MOST_ENTRIES} entries.", where=path)
        self._identify(data, members, path, depth)
        inner = [m for m in members if m.name.endswith(SUFFIXES) and m.packed and not m.name.endswith(_NO_CODE)]
        if inner and depth >= DEEPEST:
            self._miss(path, f"archives more than {DEEPEST} deep were not read.", f"嵌套超过 {DEEPEST} 层的归档未读取。")
            return
        for member in inner:
            if self._archives >= MOST_ARCHIVES:
                self._miss(
                    path, f"archives beyond {MOST_ARCHIVES} were not read.", f"超过 {MOST_ARCHIVES} 个归档，其余未读取。"
                )
                return
            place = f"{path}!/{_printable(member.name)}"
            try:
                content = self._content(data, member, MOST_HELD - held, place)
                self.archive(content, place, depth + 1, held + (len(content) if member.method else 0))
            except FormatError as error:
                self._failed(place, error)

    def _content(self, data: memoryview, member: Member, most: int, where: str) -> memoryview:
        """A whole member within the budget."""
        most = max(0, min(most, MOST_INFLATED - self._inflated))
        content = zip_directory.content(data, member, most if member.method else len(data), where)
        self._inflated += len(content) if member.method else 0
        return content

    def _text(self, data: memoryview, member: Member, most: int, where: str) -> str:
        """A small member, or the beginning of a larger one; '' if it is damaged."""
        try:
            return bytes(zip_directory.content(data, member, most, where, head=True)).decode("utf-8", "replace")
        except FormatError as error:
            self._failed(where, error)
            return ""

    def _miss(self, path: str, english: str, chinese: str) -> None:
        self._missed += 1
        if self._missed <= MOST_MISSED:
            self._found.missed.append(Text(f"{path[:500]}: {english[:500]}", f"{path[:500]}：{chinese[:500]}"))

    def _failed(self, path: str, error: FormatError) -> None:
        why = error.what.removeprefix(f"{error.where}: ")
        self._miss(path, why, f"未读取：{why}")

    def _identify(self, data: memoryview, members: list[Member], path: str, depth: int) -> None:
        """Tells the archive itself, and the copies in it."""
        told = self._poms(data, members, path)
        described = next((m for m in members if m.name == _MANIFEST), None)
        manifest = java_manifest.main_section(self._text(data, described, _SMALL, path)) if described else {}
        own = _own(told, manifest, path, members)
        if own:
            licence = java_manifest.licence_of(manifest) or self._licence(data, members, own, path)
            origin = Origin.EMBEDDED if depth > 1 else Origin.INSTALLED
            sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
            self._add(own, path, origin, licence, vendor=java_manifest.vendor_of(manifest), sha1=sha1)
        for coordinates in told:
            if coordinates != own:
                self._add(coordinates, path, Origin.EMBEDDED, self._licence(data, members, coordinates, path))

    def _add(
        self, what: Coordinates, path: str, origin: Origin, licence: str = "", *, vendor: str = "", sha1: str = ""
    ) -> None:
        self._found.add(
            what.artifact,
            what.version,
            namespace=what.group,
            between=":",
            path=path,
            origin=origin,
            licence=licence,
            vendor=vendor,
            hashes=(f"sha1:{sha1}",) if sha1 else (),
        )

    def _poms(self, data: memoryview, members: list[Member], path: str) -> list[Coordinates]:
        """What META-INF/maven names; a pom.xml counts where no pom.properties lies beside it."""
        maven = {m.name: m for m in members if m.name.startswith("META-INF/maven/") and m.name.count("/") == 4}
        found: list[Coordinates] = []
        for name, member in maven.items():
            folder, _, file = name.rpartition("/")
            told = None
            if file == "pom.properties":
                told = java_manifest.properties(self._text(data, member, _SMALL, path))
            elif file == "pom.xml" and f"{folder}/pom.properties" not in maven:
                told = self._pom(self._text(data, member, _POM, path), path)
            if told and told not in found:
                found.append(told)
        return found

    def _licence(self, data: memoryview, members: list[Member], what: Coordinates, path: str) -> str:
        """What its own pom.xml says."""
        place = f"META-INF/maven/{what.group}/{what.artifact}/pom.xml"
        member = next((m for m in members if m.name == place), None)
        return maven_pom.licence(self._text(data, member, _POM, path)) if member else ""

    def _pom(self, text: str, path: str) -> Coordinates | None:
        try:
            return maven_pom.coordinates(text, path)
        except FormatError as error:
            self._failed(path, error)
            return None


def accept(path: str) -> bool:
    """All but archives that hold no code."""
    return not path.endswith(_NO_CODE)


def _printable(name: str) -> str:
    return name if name.isprintable() else "".join(c if c.isprintable() else "\ufffd" for c in name)


def _own(told: list[Coordinates], manifest: dict[str, str], path: str, members: list[Member]) -> Coordinates | None:
    """Which artifact the archive itself is; None if nothing says so."""
    file = path.replace("!", "/").rpartition("/")[2]
    artifact, version = java_manifest.from_name(file)
    titles = {artifact, manifest.get("implementation-title", ""), java_manifest.symbolic(manifest)}
    named = [c for c in told if c.artifact in titles or f"{c.group}.{c.artifact}" in titles or _begins(file, c)]
    if named:
        return max(named, key=lambda c: (_begins(file, c), c.artifact == artifact, len(c.artifact)))
    if len(told) == 1 and (version in ("", told[0].version) or not _holds_others(told[0], members)):
        return told[0]  # renamed
    return _described(manifest, artifact, version) or (told[0] if len(told) == 1 else None)


def _holds_others(one: Coordinates, members: list[Member]) -> bool:
    """Whether it has classes outside the group that its only pom names: then that was shaded into something else, and
    the file's name may be right. A renamed archive has none."""
    parts = one.group.split(".")
    home = "/".join(parts[:2]) + "/"  # org.apache.logging.log4j keeps its classes in org/apache/logging/log4j
    return any(m.name.endswith(".class") and "/" in m.name and not m.name.startswith((home, "META-INF/")) for m in members)


def _begins(file: str, what: Coordinates) -> bool:
    """Whether an archive is called as this artifact is: 'log4j-1.2-api-2.17.0.jar'."""
    return file.startswith((f"{what.artifact}-{what.version}", f"{what.artifact}."))


def _described(manifest: dict[str, str], artifact: str, version: str) -> Coordinates | None:
    """By manifest and name, where no pom was left in it."""
    symbolic = java_manifest.symbolic(manifest)
    version = version or java_manifest.version_of(manifest)
    if not version:
        return None
    if artifact == "catalina":  # Tomcat's own name for it
        artifact = "tomcat-catalina"
    title = manifest.get("implementation-title", "")
    if not group_of(artifact, version) and title and " " not in title and group_of(title, version):
        artifact = title  # renamed
    group = group_of(artifact, version)
    vendor = manifest.get("implementation-vendor-id", "")
    if not group and symbolic.endswith(f".{artifact}"):
        group = symbolic.removesuffix(f".{artifact}")
    if not group and "." in vendor and " " not in vendor:
        group = vendor
    return Coordinates(group, artifact, version)


FORMAT = PackageFormat(
    id="java-archive",
    title=Text("Java archives", "Java 归档"),
    read=read,
    suffixes=SUFFIXES,
    accept=accept,
    most=MOST_HELD,
)
