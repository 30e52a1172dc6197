"""What image detectors look at and what they say: facts of a whole image, hits, and the small images of examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from periderm.engines.image.secrets import FoundSecret, SecretPattern
from periderm.model.detector import DetectorSpec
from periderm.model.finding import FindingKind
from periderm.model.image import ExecutableFile, FileType, ImageConfig, OsRelease, Package
from periderm.model.severity import Severity
from periderm.model.text import Text


class StrangeEntry(msgspec.Struct, frozen=True):
    """A layer entry that no honest builder writes: `why` is 'escape', 'device' or 'nowhere' (a hard link's target)."""

    path: str
    why: str
    layer: str
    detail: str = ""


class ImageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One image after all its layers. `executables` are those of the final file system. `configured` is false for a
    plain folder, which has no configuration to judge."""

    config: ImageConfig
    executables: tuple[ExecutableFile, ...] = ()
    packages: tuple[Package, ...] = ()
    os: OsRelease = OsRelease()
    secrets: tuple[FoundSecret, ...] = ()
    strange: tuple[StrangeEntry, ...] = ()
    not_examined: tuple[Text, ...] = ()
    configured: bool = True


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One place where a detector fires. `values` fill the `{names}` of its message, a `Text` each language with its own;
    `severity` replaces the
    detector's own; `message` replaces its message."""

    location: str
    evidence: str = ""
    layer: str = ""
    package: str = ""
    values: Mapping[str, str | Text] = {}
    severity: Severity | None = None
    message: Text | None = None


class GivenFile(msgspec.Struct, frozen=True):
    """A file of an example."""

    path: str
    data: bytes = b""
    mode: int = 0o644
    type: FileType = FileType.REGULAR
    link: str = ""
    escapes: bool = False
    device: tuple[int, int] = (0, 0)


class GivenImage(msgspec.Struct, frozen=True, kw_only=True):
    """A small image for an example: layers of files from the lowest up, and a configuration."""

    layers: tuple[tuple[GivenFile, ...], ...] = ()
    config: ImageConfig = ImageConfig()
    packages: tuple[Package, ...] = ()
    owners: tuple[tuple[str, str], ...] = ()
    not_examined: tuple[Text, ...] = ()
    configured: bool = True


def fill(message: Text, values: Mapping[str, str | Text]) -> Text:
    """The message with its places filled, each language with its own words."""
    en = {name: value.en if isinstance(value, Text) else value for name, value in values.items()}
    zh = {name: value.zh if isinstance(value, Text) else value for name, value in values.items()}
    return Text(message.en.format(**en), message.zh.format(**zh))


class Detector(msgspec.Struct, frozen=True):
    """A detector: its identity, its judgement over the facts, and the secret patterns it brings, if any."""

    spec: DetectorSpec[GivenImage]
    judge: Callable[[ImageFacts], Iterator[Hit]]
    kind: FindingKind = FindingKind.CONFIGURATION
    patterns: tuple[SecretPattern, ...] = ()


_GONE = Text(
    " A later layer deletes or replaces the file, but the layer still holds it for everyone who has the image.",
    "后面的镜像层删除或替换了该文件，但拿到镜像的人仍能从原来的层中取出它。",
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
            message = fill(spec.message, {"what": what, "path": path})
            if all(found.gone for found in several):
                message = Text(message.en + _GONE.en, message.zh + _GONE.zh)
            evidence = "; ".join(f"line {f.line}: {f.masked}" for f in several[:5])
            if len(several) > 5:
                evidence += f"; and {len(several) - 5} more"
            worst = max((f.severity for f in several if f.severity is not None), default=None)
            yield Hit(location=path, evidence=evidence, layer=layer, message=message, severity=worst)

    return Detector(spec, judge, FindingKind.SECRET, patterns)
