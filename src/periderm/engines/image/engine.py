"""Judges an image as its layers stream by: the final file system, executables, secrets; then all detectors.

Feed it `begin_layer`, `look` and `take` in the order of the layers; `finish` gives the inventory's parts and the
findings. It opens nothing, and reads no package database: whoever feeds it parses those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from periderm.engines.image.facts import Detector, Hit, ImageFacts, StrangeEntry, fill
from periderm.engines.image.secrets import FoundSecret, Matcher, mask
from periderm.engines.image.view import Node, View
from periderm.model.errors import LimitError
from periderm.model.finding import Finding
from periderm.model.identity import image_id
from periderm.model.ids import stable_id
from periderm.model.image import ExecutableFile, FileType, ImageConfig, LayerEntry, OsRelease, Package
from periderm.model.limits import DEFAULT_LIMITS, ScanLimits
from periderm.model.text import Text

_HEAD = 8192  # as grep(1) and git: a NUL in the beginning means binary
_MOST_STRANGE = 1000
_MOST_SECRETS = 10_000


class Want:
    """Bits of what the engine wants of an entry's content. Plain numbers: an enum costs as much as parsing a header."""

    NOTHING: Final = 0
    DIGEST: Final = 1  # its sha256
    TEXT: Final = 2  # its bytes, to search for secrets
    PIECES: Final = 4  # the same, but it is so large that it is given piece by piece


def printable(path: str) -> str:
    """A path as text that every encoder takes: bytes that are not UTF-8 become \\xNN."""
    if path.isascii():
        return path
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


class ImageEngine:
    """One image. Not thread-safe. `detectors` run in their order."""

    def __init__(
        self, detectors: Sequence[Detector], limits: ScanLimits = DEFAULT_LIMITS, matcher: Matcher | None = None
    ) -> None:
        self._detectors = tuple(detectors)
        self._limits = limits
        self._matcher = matcher or Matcher([p for d in detectors for p in d.patterns], limits.confirm)
        self.view = View(limits.depth)
        self._layers: list[str] = []
        self._node: Node | None = None
        self._secrets: list[tuple[FoundSecret, int, str]] = []
        self._strange: list[StrangeEntry] = []
        self._missed: list[Text] = []
        self._deep = 0
        self._large = 0
        self.binaries = 0

    def begin_layer(self, digest: str) -> None:
        """The entries that follow are of this layer."""
        self._layers.append(digest)
        self.view.begin_layer()

    def look(self, entry: LayerEntry) -> int:
        """Places an entry, and says in bits of `Want` what is wanted of its content. Raises LimitError for too many."""
        if self.view.files >= self._limits.entries:
            raise LimitError(f"the image has more than {self._limits.entries} entries; the rest was not looked at.")
        node, reason = self.view.place(entry)
        self._node = node
        kind = entry.type
        if reason == "deep":
            self._deep += 1
        if entry.escapes or reason == "nowhere" or kind in (FileType.CHARACTER, FileType.BLOCK):
            self._note_strange(entry, reason)
        if node is None or kind is not FileType.REGULAR or entry.size == 0:
            if node is not None and kind is FileType.REGULAR and node.mode:
                node.sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # of no bytes
            return Want.NOTHING
        want = Want.DIGEST if entry.mode & 0o6111 else Want.NOTHING
        return want | (Want.TEXT if entry.size <= self._limits.secret_whole else Want.PIECES)

    def _note_strange(self, entry: LayerEntry, reason: str) -> None:
        why = "escape" if entry.escapes else reason or "device"
        if why == "device" and entry.path.startswith("dev/"):
            return  # image builders of old put /dev/null and its like there; runtimes hide them
        if len(self._strange) < _MOST_STRANGE:
            detail = f"{entry.device[0]}:{entry.device[1]}" if why == "device" else entry.link
            self._strange.append(StrangeEntry(printable(entry.path), why, self._layers[-1], printable(detail)))

    def digest(self, sha256: str) -> None:
        """The digest of the entry that was looked at last."""
        if self._node is not None:
            self._node.sha256 = sha256

    def is_text(self, entry: LayerEntry, head: bytes) -> bool:
        """Whether a file that begins so is searched for secrets; what is not is counted."""
        if b"\0" in head[:_HEAD]:
            self.binaries += 1
            return False
        if entry.size > self._limits.secret_file:
            self._large += 1
            return False
        return True

    def text(self, entry: LayerEntry, data: bytes, lines: int = 0) -> None:
        """The content of the entry that was looked at last, or a piece of it behind `lines` line ends."""
        for pattern, offset, secret in self._matcher.find(data, entry.path):
            found = FoundSecret(
                pattern=pattern.name,
                what=pattern.what,
                place="file",
                location=printable(entry.path),
                line=lines + data.count(b"\n", 0, offset) + 1,
                masked=mask(secret, pattern.show),
                layer=self._layers[-1],
                severity=pattern.severity,
            )
            if len(self._secrets) < _MOST_SECRETS:
                self._secrets.append((found, len(self._layers) - 1, entry.path))
            else:
                self.miss(Text(f"More than {_MOST_SECRETS} secrets were found.", f"发现的密钥超过 {_MOST_SECRETS} 个。"))

    def miss(self, what: Text) -> None:
        """Something was not looked at; said once."""
        if what not in self._missed:
            self._missed.append(what)

    def _told(self, config: ImageConfig) -> Iterator[FoundSecret]:
        """Secrets in the configuration's own texts."""
        texts = [("env", f"env:{v.partition('=')[0]}", v) for v in config.environment]
        texts += [("history", f"history:{i + 1}", h.created_by) for i, h in enumerate(config.history)]
        texts += [("label", f"label:{k}", f"{k}={v}") for k, v in config.labels.items()]
        for place, location, text in texts:
            for pattern, _, secret in self._matcher.find(text.encode("utf-8", "surrogateescape"), location):
                yield FoundSecret(
                    pattern=pattern.name,
                    what=pattern.what,
                    place=place,
                    location=location,
                    line=1,
                    masked=mask(secret, pattern.show),
                    severity=pattern.severity,
                )

    def _owned(self, owners: Iterable[tuple[str, str]]) -> tuple[ExecutableFile, ...]:
        """The manifest of executables, each with the package that owns it."""
        nodes = dict(self.view.executables())
        owner: dict[str, str] = {}
        folders: dict[str, str] = {}
        for path, package in owners:
            if path in nodes:
                owner[path] = package
                continue
            # /bin/bash of the list is usr/bin/bash in a merged file system.
            head, _, name = path.rpartition("/")
            real = folders.get(head)
            if real is None:
                real = folders[head] = self.view.canonical(head) if head else ""
            if real != head:
                owner.setdefault(f"{real}/{name}" if real else name, package)
        return tuple(
            ExecutableFile(printable(path), node.size, node.mode, node.sha256, owner.get(path, ""), self._layers[node.layer])
            for path, node in sorted(nodes.items())
        )

    def _present(self) -> Iterator[FoundSecret]:
        """Secrets of files; `gone` where the final file system does not show that file of that layer."""
        for found, layer, path in self._secrets:
            node = self.view.find(path)
            if node is not None and node.layer == layer:
                yield found
            else:
                yield FoundSecret(**{f: getattr(found, f) for f in found.__struct_fields__ if f != "gone"}, gone=True)

    def facts(
        self,
        config: ImageConfig,
        os: OsRelease,
        packages: Sequence[Package],
        owners: Iterable[tuple[str, str]],
        *,
        configured: bool = True,
    ) -> ImageFacts:
        """All that is known after the last layer."""
        if self._deep:
            self.miss(Text(f"{self._deep} entries are nested too deeply.", f"{self._deep} 个条目嵌套过深。"))
        if self._large:
            size = self._limits.secret_file >> 20
            self.miss(
                Text(
                    f"{self._large} text files larger than {size} MiB were not searched for secrets.",
                    f"{self._large} 个大于 {size} MiB 的文本文件未搜索密钥。",
                )
            )
        if self._matcher.unconfirmed:
            n = self._matcher.unconfirmed
            self.miss(Text(f"{n} possible secrets were too costly to confirm.", f"{n} 个疑似密钥因代价过高未确认。"))
        return ImageFacts(
            config=config,
            executables=self._owned(owners),
            packages=tuple(packages),
            os=os,
            secrets=(*self._present(), *self._told(config)),
            strange=tuple(self._strange),
            not_examined=tuple(self._missed),
            configured=configured,
        )

    def findings(self, facts: ImageFacts, digest: str, time: int) -> tuple[Finding, ...]:
        """What all detectors say, each place once, bounded for each detector; what was left out is a finding too."""
        asset = image_id(digest)
        found: dict[str, Finding] = {}
        for detector in self._detectors:
            count = 0
            for hit in detector.judge(facts):
                finding = _finding(detector, hit, asset, time)
                if finding.id in found:
                    continue
                count += 1
                if count > self._limits.findings:
                    break
                found[finding.id] = finding
        return tuple(found.values())


def _finding(detector: Detector, hit: Hit, asset: str, time: int) -> Finding:
    spec = detector.spec
    return Finding(
        id=stable_id("fnd", spec.id, asset, hit.location),
        detector=spec.id,
        kind=detector.kind,
        severity=spec.severity if hit.severity is None else hit.severity,
        asset_id=asset,
        title=spec.title,
        message=hit.message or fill(spec.message, hit.values),
        remediation=spec.remediation,
        location=hit.location,
        evidence=hit.evidence,
        layer=hit.layer,
        package=hit.package,
        techniques=spec.techniques,
        first_seen=time,
        last_seen=time,
    )
