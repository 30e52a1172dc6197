"""Build files on their way through a scan: read by their format, judged by the engine, carried as notes, told as findings.

The parts that parse and judge are loaded when a scan meets the first such file. What a hit says of files beside its own
(`.dockerignore`) is asked of the scanned tree at the end.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from periderm.engines.config import VERSION
from periderm.model.errors import FormatError
from periderm.model.file_note import MOST_NOTES, Note, NotedFile, NoteReader
from periderm.model.finding import Finding, FindingKind
from periderm.model.ids import stable_id
from periderm.model.severity import Severity
from periderm.model.text import Text

if TYPE_CHECKING:
    from periderm.engines.config.engine import Judged
    from periderm.engines.config.facts import Detector, Facts, GivenFile
    from periderm.model.build_file import FileKind

READER = f"CFG-files/{VERSION}"
PARTS = f"CFG-parts/{VERSION}"
_MOST_PART = 1 << 20  # bytes of a file that a Compose file takes in
_SERVICES = re.compile(rb"^[\"']?services[\"']?[ ]{0,20}:", re.MULTILINE)
_LINE = re.compile(r"line (\d{1,9}):")  # as secret detectors begin their evidence
_WRITTEN = frozenset({"CWE-798", "CWE-259"})


def facts_of(data: bytes, path: str, as_kind: FileKind | None = None) -> Facts | None:
    """One build file as facts, of the kind that its path tells if none is given; None for what is empty or none of them.
    Raises FormatError."""
    from periderm.engines.config.gathering import container_facts, tree_facts
    from periderm.engines.config.kinds import kind_of
    from periderm.model.build_file import FileKind, Mapping

    kind = as_kind or kind_of(path)
    if kind is None:
        return None
    text = data.decode("utf-8", "replace")
    if kind is FileKind.CONTAINER:
        from periderm.formats.containerfile.reading import read

        return container_facts(path, text, read(data, where=path))
    from periderm.formats import placed_yaml

    documents = [d for d in placed_yaml.read(data, where=path) if isinstance(d, Mapping)]
    if not documents:
        return None
    # GitLab's `spec:` header is a document of its own in front; the others have one.
    return tree_facts(path, kind, text, documents[-1] if kind is FileKind.GITLAB else documents[0])


def read_build_file(data: bytes, path: str) -> Sequence[Note]:
    """The notes of one build file: one for each hit, its detector as `what`. Raises FormatError."""
    facts = facts_of(data, path)
    return () if facts is None else _notes(facts)


def read_part(data: bytes, path: str) -> Sequence[Note]:
    """The notes of a file that no name tells, for the case that a Compose file takes it in; damage is a note too."""
    if not _SERVICES.search(data):
        return ()
    from periderm.model.build_file import FileKind

    if len(data) > _MOST_PART:
        return (Note(_DAMAGED, values={"en": f"it is larger than {_MOST_PART} bytes.", "zh": f"大于 {_MOST_PART} 字节。"}),)
    try:
        facts = facts_of(data, path, FileKind.COMPOSE)
        return () if facts is None else _notes(facts)
    except FormatError as error:
        return (Note(_DAMAGED, values={"en": str(error)[:300], "zh": str(error)[:300]}),)


def _notes(facts: Facts) -> Sequence[Note]:
    from periderm.engines.config.catalogue import DETECTORS
    from periderm.engines.config.engine import judge
    from periderm.model.build_file import FileKind

    answer = judge(facts, DETECTORS)
    notes = [_note(one) for one in answer.judged]
    if facts.kind is FileKind.COMPOSE:
        from periderm.engines.config.services import references

        taken = references(facts.tree)
        notes = [Note(_TAKES_IN, values={"paths": "\n".join(taken)}), *notes] if taken else notes
    if answer.left_out or len(notes) > MOST_NOTES:
        left = answer.left_out + max(0, len(notes) - MOST_NOTES)
        notes = [*notes[: MOST_NOTES - 1], Note(_LEFT_OUT, values={"count": str(left)})]
    return notes


def _is_build_file(path: str) -> bool:
    from periderm.engines.config.kinds import kind_of

    return kind_of(path) is not None


def _may_be_part(path: str) -> bool:
    from periderm.engines.config.kinds import may_be_part

    return may_be_part(path)


_LEFT_OUT = "left-out"
_TAKES_IN = "takes-in"
_DAMAGED = "damaged"
READERS = (
    NoteReader(
        id=READER,
        read=read_build_file,
        names=("Dockerfile", "Containerfile", "dockerfile", "containerfile"),
        suffixes=(".yml", ".yaml", ".Dockerfile", ".dockerfile", ".Containerfile", ".containerfile"),
        prefixes=("Dockerfile", "Containerfile", "dockerfile", "containerfile"),
        accept=_is_build_file,
        source_only=True,
    ),
    NoteReader(
        id=PARTS,
        read=read_part,
        suffixes=(".yml", ".yaml"),
        accept=_may_be_part,
        source_only=True,
        most=64 * _MOST_PART,  # that a large one was not read is told only if it is part of anything
    ),
)


def _note(one: Judged) -> Note:
    values = {
        "severity": str(int(one.severity)),
        "en": one.message.en,
        "zh": one.message.zh,
        "change": one.change.en,
        "change_zh": one.change.zh,
        "ignored": one.ignored,
        "unless": "\n".join(one.unless),
        "beside": "\n".join(one.beside),
    }
    return Note(one.detector, one.line, one.evidence, {name: value for name, value in values.items() if value})


def findings(
    noted: Sequence[NotedFile], asset: str, time: int, exists: Callable[[str], bool]
) -> tuple[tuple[Finding, ...], tuple[Text, ...]]:
    """(the findings of the notes that build files gave, what was left out). `exists` tells whether the tree has a path."""
    taken_in = _taken_in(noted)
    ours = [one for one in noted if one.reader == READER or (one.reader == PARTS and one.path in taken_in)]
    if not ours:
        return (), ()
    from periderm.engines.config.catalogue import DETECTORS

    known = {detector.spec.id: detector for detector in DETECTORS}
    found: list[Finding] = []
    missed: list[Text] = []
    seen: dict[tuple[str, str, str], int] = {}
    for one in ours:
        note = one.note
        if note.what == _LEFT_OUT:
            count = note.values.get("count", "0")
            missed.append(Text(f"{one.path}: {count} more findings were left out.", f"{one.path}：另有 {count} 个弱点已略去。"))
            continue
        if note.what == _DAMAGED:
            why = Text(note.values.get("en", ""), note.values.get("zh", ""))
            missed.append(Text(f"{one.path} was not read: {why.en}", f"未读取 {one.path}：{why.zh}"))
            continue
        detector = known.get(note.what)
        if detector is None or not _holds(one, exists):
            continue
        # By what stands there and not by its number: lines above may come and go.
        key = (note.what, one.path, note.evidence)
        seen[key] = seen.get(key, 0) + 1
        found.append(_finding(one, detector, asset, time, "\0".join((*key[1:], str(seen[key])))))
    return tuple(found), tuple(missed)


def _taken_in(noted: Sequence[NotedFile]) -> frozenset[str]:
    """The files that Compose files include or extend, and what those do in turn: each once, so that a circle ends."""
    takes: dict[str, list[str]] = {}
    todo: list[str] = []
    for one in noted:
        if one.note.what == _TAKES_IN and one.reader in (READER, PARTS):
            takes[one.path] = list(_paths(posixpath.dirname(one.path), one.note.values.get("paths", "")))
            todo += [one.path] if one.reader == READER else []
    found: set[str] = set()
    while todo:
        more = [path for path in takes.get(todo.pop(), ()) if path not in found]
        found.update(more)
        todo += more
    return frozenset(found)


def apart(told: Sequence[Finding], found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings of build files without the secrets that the search for secrets found on the same line: it knows their kind."""
    secrets = {
        (one.location, int(match[1]))
        for one in found
        if one.kind is FindingKind.SECRET
        for match in _LINE.finditer(one.evidence)
    }
    return tuple(one for one in told if (one.location, one.line) not in secrets or not _WRITTEN & frozenset(one.weaknesses))


def _holds(one: NotedFile, exists: Callable[[str], bool]) -> bool:
    folder = posixpath.dirname(one.path)
    unless, beside = (list(_paths(folder, one.note.values.get(name, ""))) for name in ("unless", "beside"))
    return not any(exists(path) for path in unless) and (not beside or any(exists(path) for path in beside))


def _paths(folder: str, told: str) -> Iterator[str]:
    """Paths beside a file, relative to the root; '/' in front means the root itself."""
    for name in told.split("\n") if told else ():
        path = posixpath.normpath(name[1:] if name.startswith("/") else posixpath.join(folder, name))
        if not path.startswith(".."):
            yield path


def _finding(one: NotedFile, detector: Detector, asset: str, time: int, place: str) -> Finding:
    spec, note = detector.spec, one.note
    values = note.values
    return Finding(
        id=stable_id("fnd", spec.id, asset, place),
        detector=spec.id,
        kind=FindingKind.CONFIGURATION,
        severity=Severity(int(values.get("severity", int(spec.severity)))),
        asset_id=asset,
        title=spec.title,
        message=Text(values.get("en", ""), values.get("zh", "")),
        remediation=Text(values.get("change", ""), values.get("change_zh", "")),
        location=one.path,
        evidence=note.evidence,
        layer=one.layer,
        techniques=spec.techniques,
        first_seen=time,
        last_seen=time,
        line=note.line,
        weaknesses=spec.weaknesses,
        ignored=values.get("ignored", ""),
    )


def run_example(detector: Detector, given: GivenFile) -> Sequence[Judged]:
    """What one detector, alone, says of a file's text: through its reader, as in a scan."""
    from periderm.engines.config.engine import judge

    facts = facts_of(given.text.encode(), given.path)
    if facts is None:
        raise FormatError("the example is no build file.", where=given.path)
    return judge(facts, (detector,)).judged


def __getattr__(name: str) -> object:
    """The catalogue, loaded late (PEP 562)."""
    if name != "DETECTORS":
        raise AttributeError(name)
    from periderm.engines.config.catalogue import DETECTORS

    return DETECTORS
