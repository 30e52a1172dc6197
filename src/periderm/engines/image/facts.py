"""What image detectors look at and what they say: facts of a whole image, hits, and the small images of examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from periderm.engines.image.secrets import FoundSecret, SecretPattern
from periderm.model.content import ContentMatch
from periderm.model.detector import DetectorSpec, Example
from periderm.model.file_note import NotedFile, NoteReader
from periderm.model.finding import FindingKind
from periderm.model.image import ExecutableFile, FileType, ImageConfig, OsRelease, Package
from periderm.model.service import RiskyService
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text


class StrangeEntry(msgspec.Struct, frozen=True):
    """A layer entry that no honest builder writes: `why` is 'escape', 'device' or 'nowhere' (a hard link's target)."""

    path: str
    why: str
    layer: str
    detail: str = ""


class SuspectFile(msgspec.Struct, frozen=True):
    """A file in which content rules matched. `kind` is 'program', 'script' or 'text', `package` the distribution's package
    that owns it, `gone` that the final file system does not show it."""

    path: str
    layer: str
    kind: str
    matches: tuple[ContentMatch, ...]
    package: str = ""
    gone: bool = False


class SpecialFile(msgspec.Struct, frozen=True):
    """An entry of the final file system that others may write, that has capabilities, or whose name tells of leftovers."""

    path: str
    type: FileType
    mode: int
    uid: int
    size: int
    layer: str
    package: str = ""
    capabilities: int = 0


class Summed(msgspec.Struct, frozen=True):
    """The checksums ('md5:…', 'sha1:…', with a space between) of one of the system's files, and the layer that has it."""

    sums: str
    layer: str


def _no_names(_path: str) -> tuple[str, ...]:
    return ()


class ImageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One image after all its layers. `executables` are those of the final file system. `configured` is false for a
    plain folder, which has no configuration to judge. `sums` are of the system's files by path, `vouched` is
    {path: {SHA-256: package}} of what packages say of their programs, `names` lists a folder of
    the final file system; `managed` tells that a distribution's package manager says which files are its own. `services`
    are those that a user wants to be told of."""

    config: ImageConfig
    executables: tuple[ExecutableFile, ...] = ()
    packages: tuple[Package, ...] = ()
    os: OsRelease = OsRelease()
    secrets: tuple[FoundSecret, ...] = ()
    strange: tuple[StrangeEntry, ...] = ()
    not_examined: tuple[Text, ...] = ()
    configured: bool = True
    noted: tuple[NotedFile, ...] = ()
    suspects: tuple[SuspectFile, ...] = ()
    special: tuple[SpecialFile, ...] = ()
    sums: Mapping[str, Summed] = {}
    vouched: Mapping[str, Mapping[str, str]] = {}
    names: Callable[[str], tuple[str, ...]] = _no_names
    managed: bool = False
    services: tuple[RiskyService, ...] = ()


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a detector fires. `values` fill the `{names}` of its message, a `Text` each language with its own;
    `severity` replaces the detector's own, `message` its message, `techniques` its techniques.
    `line` counts from 1; `key` tells two hits at one place apart."""

    location: str
    evidence: str = ""
    layer: str = ""
    package: str = ""
    values: Mapping[str, str | Text] = {}
    severity: Severity | None = None
    message: Text | None = None
    techniques: tuple[str, ...] = ()
    line: int = 0
    key: str = ""


class GivenFile(msgspec.Struct, frozen=True):
    """A file of an example; `matches` are what content rules said of it."""

    path: str
    data: bytes = b""
    mode: int = 0o644
    type: FileType = FileType.REGULAR
    link: str = ""
    escapes: bool = False
    device: tuple[int, int] = (0, 0)
    uid: int = 0
    capabilities: int = 0
    matches: tuple[ContentMatch, ...] = ()


class GivenImage(msgspec.Struct, frozen=True, kw_only=True):
    """A small image for an example: layers of files from the lowest up, and a configuration."""

    layers: tuple[tuple[GivenFile, ...], ...] = ()
    config: ImageConfig = ImageConfig()
    packages: tuple[Package, ...] = ()
    owners: tuple[tuple[str, str], ...] = ()
    not_examined: tuple[Text, ...] = ()
    configured: bool = True
    services: tuple[RiskyService, ...] = ()


class Detector(msgspec.Struct, frozen=True):
    """A detector: its identity, its judgement over the facts, and the secret patterns and note readers it brings, if any.
    A reader's id begins with the detector's, so that no two are alike; others may look at its notes."""

    spec: DetectorSpec[GivenImage]
    judge: Callable[[ImageFacts], Iterator[Hit]]
    kind: FindingKind = FindingKind.CONFIGURATION
    patterns: tuple[SecretPattern, ...] = ()
    readers: tuple[NoteReader, ...] = ()


_GONE = Text(
    " A later layer deletes or replaces the file, but the layer still holds it for everyone who has the image.",
    "后面的镜像层删除或替换了该文件，但拿到镜像的人仍能从原来的层中取出它。",
)


_SHIPPED = Text(
    " A package brought the file (its program, test, example or manual): what it holds was published with it.",
    "该文件由软件包带来（程序、测试、示例或手册），其内容已随之公开。",
)


def secret_detector(spec: DetectorSpec[GivenImage], patterns: tuple[SecretPattern, ...]) -> Detector:
    """A detector that reports its patterns where they were found in files: one hit for a file."""

    def judge(facts: ImageFacts) -> Iterator[Hit]:
        names = {pattern.name for pattern in patterns}
        by_file: dict[tuple[str, str], list[FoundSecret]] = {}
        for found in facts.secrets:
            if found.pattern in names and found.place == "file":
                by_file.setdefault((found.location, found.layer), []).append(found)
        for (path, layer), several in by_file.items():
            kinds = sorted({found.what for found in several}, key=lambda kind: kind.en)
            what = Text(", ".join(k.en for k in kinds), "、".join(k.zh for k in kinds))
            message = spec.message.fill(what=what, path=path)
            if all(found.gone for found in several):
                message = Text(message.en + _GONE.en, message.zh + _GONE.zh)
            if all(found.shipped for found in several):
                message = Text(message.en + _SHIPPED.en, message.zh + _SHIPPED.zh)
            evidence = "; ".join(f"line {f.line}: {f.masked}" if f.line else f.masked for f in several[:5])
            if len(several) > 5:
                evidence += f"; and {len(several) - 5} more"
            worst = max((f.severity for f in several if f.severity is not None), default=None)
            yield Hit(location=path, evidence=evidence, layer=layer, message=message, severity=worst)

    return Detector(spec, judge, FindingKind.SECRET, patterns)


def service_detector(detector_id: str, title: Text, severity: Severity, patterns: tuple[SecretPattern, ...]) -> Detector:
    """The keys of one family of services: what to do is the same with each. The family's first pattern is its example, in a
    program; its second look-alike a place to be filled in."""
    first, place = patterns[0], "srv/app/settings.py"
    spec: DetectorSpec[GivenImage] = DetectorSpec(
        id=detector_id,
        title=title,
        message=Text("{path} holds: {what}.", "{path} 中含有：{what}。"),
        severity=severity,
        maturity=Maturity.STABLE,
        remediation=Text(
            "Revoke it at the service, look through the service's log for unknown use, and hand a new one over at run time.",
            "在该服务处吊销，检查其日志中是否有陌生的使用，并在运行时提供新的。",
        ),
        techniques=("T1552.001",),
        fires=(Example(GivenImage(layers=((GivenFile(place, first.examples()[0]),),)), "a value in a program"),),
        quiet=(Example(GivenImage(layers=((GivenFile(place, first.alike()[1]),),)), "a place to be filled in"),),
    )
    return secret_detector(spec, patterns)
