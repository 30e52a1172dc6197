"""Judges an image as its layers stream by: the final file system, executables, secrets; then all detectors.

Feed it `begin_layer`, `look`, `digest` and `searched` in the order of the layers, then ask for `facts` and `findings`. It
opens nothing, sees no contents (`search` does, layer by layer), and reads no package database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from periderm.engines.image.facts import Detector, Hit, ImageFacts, StrangeEntry
from periderm.engines.image.gathering import Gathered
from periderm.engines.image.leftovers import LEFTOVERS
from periderm.engines.image.search import MOST_SECRETS, Searched, printable
from periderm.engines.image.secrets import FoundSecret, Matcher, mask, severity_of
from periderm.engines.image.view import Node, View
from periderm.model.errors import LimitError
from periderm.model.file_note import Note, NotedFile, NoteReader
from periderm.model.finding import Finding
from periderm.model.identity import image_id
from periderm.model.ids import stable_id
from periderm.model.image import ExecutableFile, FileType, ImageConfig, LayerEntry, OsRelease, Package
from periderm.model.limits import DEFAULT_LIMITS, ScanLimits
from periderm.model.service import RiskyService
from periderm.model.severity import Severity
from periderm.model.text import Text

_MOST_STRANGE = 1000
_OTHERS_WRITE = 0o002
_EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"  # the SHA-256 of no bytes


# Where packages put what nobody changes; configuration below /etc may have been filled in.
_BROUGHT = ("usr/", "lib/", "lib64/", "bin/", "sbin/", "opt/")


def _source_of(path: str) -> str:
    """The program that a compiled Python file was made from ('' for others): packages own that."""
    folder, _, name = path.rpartition("/__pycache__/")
    return f"{folder}/{name.partition('.')[0]}.py" if folder and name.endswith(".pyc") else ""


class Want:
    """Bits of what the engine wants of an entry's content. Plain numbers: an enum costs as much as parsing a header."""

    NOTHING: Final = 0
    DIGEST: Final = 1  # its sha256
    TEXT: Final = 2  # its bytes, to search for secrets
    PIECES: Final = 4  # the same, but it is so large that it is given piece by piece


def wanted(entry: LayerEntry, limits: ScanLimits) -> int:
    """Bits of `Want` for an entry of a layer, whatever lies below it."""
    if entry.type is not FileType.REGULAR or entry.size == 0:
        return Want.NOTHING
    want = Want.DIGEST if entry.mode & 0o6111 else Want.NOTHING
    return want | (Want.TEXT if entry.size <= limits.secret_whole else Want.PIECES)


class ImageEngine:
    """One image. Not thread-safe. `detectors` run in their order."""

    def __init__(self, detectors: Sequence[Detector], limits: ScanLimits = DEFAULT_LIMITS) -> None:
        self._detectors = tuple(detectors)
        self._limits = limits
        self.patterns = tuple(p for d in detectors for p in d.patterns)
        self.readers: tuple[NoteReader, ...] = tuple(r for d in detectors for r in d.readers)
        self.view = View(limits.depth)
        self._layers: list[str] = []
        self._node: Node | None = None
        self._secrets: list[tuple[FoundSecret, int, str]] = []
        self._strange: list[StrangeEntry] = []
        self._noted: list[tuple[str, Note, LayerEntry, int]] = []
        self.gathered = Gathered(self.view, self._layers, self.miss)
        self._missed: dict[Text, None] = {}
        self._deep = 0
        self._large = 0
        self._unconfirmed = 0
        self._beyond = False
        self.binaries = 0

    def begin_layer(self, digest: str) -> None:
        """The entries that follow are of this layer."""
        self._layers.append(digest)
        self.view.begin_layer()

    def look(self, entry: LayerEntry) -> None:
        """Places an entry. Raises LimitError for too many."""
        if self.view.files >= self._limits.entries:
            raise LimitError(f"the image has more than {self._limits.entries} entries; the rest was not looked at.")
        node, reason = self.view.place(entry)
        self._node = node
        kind = entry.type
        if reason == "deep":
            self._deep += 1
        if reason == "nowhere" or entry.escapes or kind is FileType.CHARACTER or kind is FileType.BLOCK:
            self._note_strange(entry, reason)
        if (entry.mode & _OTHERS_WRITE and kind < FileType.SYMLINK) or entry.capabilities or entry.path.endswith(LEFTOVERS):
            self.gathered.special(entry)
        if entry.size == 0 and node is not None and kind is FileType.REGULAR and node.mode:
            node.sha256 = _EMPTY

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

    def searched(self, found: Searched) -> None:
        """What the search of the layer that was begun last found."""
        for secret, path in found.secrets:
            if len(self._secrets) < MOST_SECRETS:
                self._secrets.append((secret, len(self._layers) - 1, path))
            else:
                self._beyond = True
        self.binaries += found.binaries
        self._large += found.large
        self._unconfirmed += found.unconfirmed
        self._beyond = self._beyond or found.beyond

    def noted(self, reader: str, entry: LayerEntry, notes: Sequence[Note]) -> None:
        """What a reader told of an entry of the layer that was begun last."""
        self._noted.extend((reader, note, entry, len(self._layers) - 1) for note in notes)

    def miss(self, what: Text) -> None:
        """Something was not looked at; said once."""
        self._missed.setdefault(what)

    def _told(self, config: ImageConfig) -> Iterator[FoundSecret]:
        """Secrets in the configuration's own texts."""
        matcher = Matcher(self.patterns, self._limits.confirm)
        texts = [("env", f"env:{v.partition('=')[0]}", v) for v in config.environment]
        texts += [("history", f"history:{i + 1}", h.created_by) for i, h in enumerate(config.history)]
        texts += [("label", f"label:{k}", f"{k}={v}") for k, v in config.labels.items()]
        words = (*config.entrypoint, *config.command, *config.healthcheck)
        texts += [("command", "command", " ".join(words))] if words else []
        for place, location, text in texts:
            for pattern, _, secret in matcher.find(text.encode("utf-8", "surrogateescape"), location):
                yield FoundSecret(
                    pattern=pattern.name,
                    what=pattern.what,
                    place=place,
                    location=location,
                    line=1,
                    masked=mask(secret, pattern.show),
                    severity=severity_of(pattern, secret),
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

    def _present(self, owners: Iterable[tuple[str, str]]) -> Iterator[FoundSecret]:
        """Secrets of files; `gone` where the final file system does not show that file of that layer. What a package brought
        was published with it: that is mild, and no news where the form alone proves little."""
        if not self._secrets:
            return
        loose = {p.name for p in self.patterns if p.loose}
        owned = {path for path, _ in owners}
        for found, layer, path in self._secrets:
            node = self.view.find(path)
            changes: dict[str, object] = {}
            if node is None or node.layer != layer:
                changes["gone"] = True
            if not found.shipped and path.startswith(_BROUGHT) and (path in owned or _source_of(path) in owned):
                if found.pattern in loose:
                    continue
                changes |= {"shipped": True, "severity": Severity.LOW}
            yield msgspec.structs.replace(found, **changes) if changes else found

    def _noted_files(self, owners: Iterable[tuple[str, str]]) -> Iterator[NotedFile]:
        """Notes of files that the final file system shows as that layer brought them."""
        if not self._noted:
            return
        owner = dict(owners)
        for reader, note, entry, layer in self._noted:
            node = self.view.find(entry.path)
            if node is None or node.layer != layer:
                continue
            yield NotedFile(
                reader=reader,
                path=printable(entry.path),
                layer=self._layers[layer],
                note=note,
                mode=entry.mode,
                uid=entry.uid,
                package=owner.get(entry.path, ""),
            )

    def facts(
        self,
        config: ImageConfig,
        os: OsRelease,
        packages: Sequence[Package],
        owners: Sequence[tuple[str, str]],
        *,
        configured: bool = True,
        executables: bool = True,
        services: tuple[RiskyService, ...] = (),
        vouched: Mapping[str, Mapping[str, str]] | None = None,
    ) -> ImageFacts:
        """All that is known after the last layer; `executables` are listed only for whoever wants them."""
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
        if self._beyond:
            self.miss(Text(f"More than {MOST_SECRETS} secrets were found.", f"发现的密钥超过 {MOST_SECRETS} 个。"))
        if self._unconfirmed:
            n = self._unconfirmed
            self.miss(Text(f"{n} possible secrets were too costly to confirm.", f"{n} 个疑似密钥因代价过高未确认。"))
        return ImageFacts(
            config=config,
            executables=self._owned(owners) if executables else (),
            packages=tuple(packages),
            os=os,
            secrets=(*self._present(owners), *self._told(config)),
            strange=tuple(self._strange),
            not_examined=tuple(self._missed),
            configured=configured,
            noted=tuple(self._noted_files(owners)),
            suspects=self.gathered.suspects(owners),
            special=self.gathered.specials(owners),
            sums=self.gathered.sums(),
            vouched=vouched or {},
            names=self.gathered.names,
            managed=bool(owners),
            services=services,
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
        id=stable_id("fnd", spec.id, asset, f"{hit.location}:{hit.key}" if hit.key else hit.location),
        detector=spec.id,
        kind=detector.kind,
        severity=spec.severity if hit.severity is None else hit.severity,
        asset_id=asset,
        title=spec.title,
        message=hit.message or spec.message.fill(**hit.values),
        remediation=spec.remediation,
        location=hit.location,
        line=hit.line,
        evidence=hit.evidence,
        layer=hit.layer,
        package=hit.package,
        techniques=hit.techniques or spec.techniques,
        first_seen=time,
        last_seen=time,
    )
