"""Reads one layer into facts: each entry's content is taken at most once, whatever wants it.

Depends on the layer's bytes, the limits and what is looked for, and on nothing else: see `layer_facts`.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from periderm.engines.image.engine import Want, wanted
from periderm.engines.image.search import Searched, TextSearch, printable
from periderm.engines.image.secrets import SecretPattern
from periderm.engines.image.system_files import is_checked, sums_of
from periderm.flow.layer_facts import LayerFacts, NotedEntry, ReadFile
from periderm.flow.layers import Advance, LayerReader, Room
from periderm.flow.packed import Packed, is_packed
from periderm.flow.wanted import BEGINNINGS, MAGIC, Asking, Wanted
from periderm.model.contents import LARGE as TOO_LARGE
from periderm.model.contents import LayerContents
from periderm.model.errors import FormatError, LimitError
from periderm.model.file_note import MOST_NOTES, NoteReader
from periderm.model.image import FileType, LayerEntry
from periderm.model.limits import ScanLimits
from periderm.model.text import Text
from periderm.ports.image_source import BlobLayer, Entry, Layer
from periderm.ports.scan_cache import ScanCache

if TYPE_CHECKING:
    from periderm.flow.contents import ContentLook

LARGE = 8 << 20
HELD = 64 << 20  # the default of PackageFormat.most: a format that takes more is given a mapped file
_MOST_MISSED = 50
_OVERLAP = 8192  # longer than any secret: one that lies across two pieces is whole in the second
_ARCHIVE = 262  # bytes that tell an archive
_SMALLEST_PROGRAM = 4096  # less than a page holds no program that brings anybody's packages
# What a reader may run into on hostile bytes: told as 'not examined', as a FormatError is.
_DAMAGE = (
    ValueError,
    LookupError,
    ArithmeticError,
    TypeError,
    AttributeError,
    EOFError,
    RecursionError,
    NotImplementedError,
    struct.error,
    zlib.error,
)


class Task(msgspec.Struct, frozen=True):
    """What is looked for in every layer, alike. `search` that secrets are, with `confirm` bytes to confirm them in each
    layer; `digests` that executables are hashed. `room`, for inflated bytes, is shared by all layers. `large` gives
    what is held while a large content is in memory. `look` makes what looks into a layer's files for malware, None if
    nobody asked for that; then the system's programs are summed too. `looks` names all that it depends on."""

    wanted: Wanted
    patterns: Sequence[SecretPattern]
    limits: ScanLimits
    cache: ScanCache
    search: bool
    digests: bool
    confirm: int
    room: Room
    large: Callable[[], contextlib.AbstractContextManager[object]]
    look: Callable[[], ContentLook] | None = None
    looks: str = ""


def read_layer(layer: Layer, task: Task, advance: Advance) -> LayerFacts:
    """The facts of a layer, up to a limit if there is one. Raises FormatError for damage and wrong digests."""
    return _Reading(layer, task, advance).facts()


class _Reading:
    """The state of reading one layer."""

    def __init__(self, layer: Layer, task: Task, advance: Advance) -> None:
        self.layer = layer
        self.task = task
        self.reader = LayerReader(layer, task.limits, advance, task.room)
        self.entries: list[LayerEntry] = []
        self.files: list[ReadFile] = []
        self.noted: list[NotedEntry] = []
        self.digests: dict[int, str] = {}
        self.missed: list[Text] = []
        self.unsaid = 0
        self.taken = 0
        self.sums: dict[int, str] = {}
        self.look = task.look() if task.look is not None else None
        self.search = TextSearch(task.patterns, task.limits, layer.diff_id, task.confirm) if task.search else None
        self.packed = Packed(task.limits)

    def facts(self) -> LayerFacts:
        """Reads it all."""
        limited = False
        try:
            self.read()
        except LimitError as error:
            limited = True
            name = self.layer.diff_id[:19] or "the folder"
            self.missed.append(
                Text(
                    f"The rest of layer {name} was not read and its digest not verified: {error.what}",
                    f"层 {name} 的其余部分未读取，其摘要未校验：{error.what}",
                )
            )
        if not isinstance(self.layer, BlobLayer):
            self.missed.extend(Text(sentence, sentence) for sentence in self.layer.missed())
        self.missed.extend(self.packed.missed())
        if self.unsaid:
            self.missed.append(Text(f"{self.unsaid} more files were not read.", f"另有 {self.unsaid} 个文件未读取。"))
        if self.search is not None:
            self.search.names(entry.path for entry in self.entries)
        searched = self.search.searched() if self.search is not None else Searched()
        contents = self.look.contents() if self.look is not None else LayerContents()
        return LayerFacts(
            self.reader.size,
            self.entries,
            tuple(self.files),
            self.digests,
            searched,
            tuple(self.missed),
            limited or contents.limited or self.packed.limited or not searched.whole,
            tuple(self.noted),
            contents,
            self.sums,
        )

    def read(self) -> None:
        """Every entry; most need nothing but to be listed."""
        entries, by_path, by_content = self.entries, self.task.wanted.by_path, self.task.wanted.by_content
        looks = self.search is not None or self.task.digests or self.look is not None
        regular, most, asked_scripts = FileType.REGULAR, self.task.limits.entries, bool(self.task.wanted.scripts)
        for item in self.reader.entries():
            entry = item.entry
            if len(entries) >= most:
                raise LimitError(f"the image has more than {most} entries; the rest was not looked at.")
            entries.append(entry)
            if entry.type is not regular or not entry.size:
                continue
            formats = by_path(entry.path)
            runs = asked_scripts and entry.mode & 0o111
            if entry.size >= _SMALLEST_PROGRAM or runs:
                head = item.peek(MAGIC)
                if head[:2] in BEGINNINGS and entry.size >= _SMALLEST_PROGRAM:
                    formats += by_content(head, entry.path)
                elif runs and head[:2] == b"#!":
                    formats += self.task.wanted.by_script(entry.path, entry.size, formats)
            if not formats and not looks:
                continue
            want = self.want(entry)
            if formats:
                formats = self.allowed(formats, entry)
            if formats or want:
                self.content(item, entry, want, formats)

    def want(self, entry: LayerEntry) -> int:
        """What the image engine wants of a content."""
        want = wanted(entry, self.task.limits)
        if not self.task.digests:
            want &= ~Want.DIGEST
        # A repository's objects are compressed: nothing can be found in them.
        if (self.search is None and self.look is None) or ".git/objects/" in entry.path:
            want &= ~(Want.TEXT | Want.PIECES)
        return want

    def allowed(self, formats: tuple[Asking, ...], entry: LayerEntry) -> tuple[Asking, ...]:
        """Those that read a file of that size; the others are said to have not looked."""
        limits = self.task.limits
        fitting = tuple(f for f in formats if entry.size <= f.most and entry.size <= limits.database_file)
        if len(fitting) < len(formats):
            self.miss(entry, Text(f"it is too large ({entry.size} bytes)", f"文件过大（{entry.size} 字节）"))
        self.taken += entry.size if fitting else 0
        if self.taken > limits.databases:
            self.miss(entry, Text("too much was read for packages already", "为软件包读取的数据已过多"))
            return ()
        return fitting

    def miss(self, entry: LayerEntry, why: Text) -> None:
        """A file that was not read, or not by everyone who should."""
        if len(self.missed) >= _MOST_MISSED:
            self.unsaid += 1
            return
        path = printable(entry.path)
        self.missed.append(Text(f"{path} was not read: {why.en}", f"未读取 {path}：{why.zh}"))

    def content(self, item: Entry, entry: LayerEntry, want: int, formats: tuple[Asking, ...]) -> None:
        """One entry's content. Damage of the layer itself ends the layer; what is only this file's is said."""
        try:
            if want & (Want.TEXT | Want.PIECES) and is_packed(entry.path, item.peek(_ARCHIVE)):
                self.archive(item, entry, want, formats)
            elif formats and entry.size > self.task.limits.mapped and all(_mappable(f) for f in formats):
                self.mapped(item, entry, want, formats)
            elif formats or want & Want.TEXT:
                with self.task.large() if entry.size > LARGE else contextlib.nullcontext():
                    self.whole(entry, item.read() if entry.size <= LARGE else _joined(item), want, formats)
            else:
                if self.look is not None and want & Want.PIECES:
                    self.look.left(TOO_LARGE)
                for _ in self.pieces(item, entry, want):
                    pass
        except FormatError as error:
            if self.reader.limit is not None or (self.reader.verified and not isinstance(error, LimitError)):
                raise
            self.miss(entry, Text(error.what, error.what))

    def whole(self, entry: LayerEntry, data: bytes, want: int, formats: tuple[Asking, ...]) -> None:
        """A content in memory."""
        if want & Want.DIGEST:
            self.digests[len(self.entries) - 1] = hashlib.sha256(data).hexdigest()
        search = self.search
        if search is not None and want & (Want.TEXT | Want.PIECES) and search.begins(entry, data):
            search.text(entry, data)
        self.offers(data, entry, want, formats)

    def archive(self, item: Entry, entry: LayerEntry, want: int, formats: tuple[Asking, ...]) -> None:
        """An archive: as a file, and then what lies in it."""
        if entry.size > self.task.limits.archive_file:
            self.packed.large(entry.path)
            for _ in self.pieces(item, entry, want):
                pass
            return
        if entry.size > self.task.limits.mapped:
            with self.task.cache.spool(self.pieces(item, entry, want)) as mapped:
                self.offers(mapped, entry, want, formats)
                self.inside(entry, mapped)
            return
        with self.task.large() if entry.size > LARGE else contextlib.nullcontext():
            data = item.read() if entry.size <= LARGE else _joined(item)
            self.whole(entry, data, want, formats)
            self.inside(entry, data)

    def inside(self, entry: LayerEntry, data: bytes) -> None:
        """What lies in an archive."""
        for path, content in self.packed.texts(entry.path, data):
            one = msgspec.structs.replace(entry, path=path, size=len(content))
            if self.search is not None and self.search.begins(one, content):
                self.search.text(one, content, holder=entry.path)
            if self.look is not None:
                self.look.look(len(self.entries) - 1, one, content)

    def mapped(self, item: Entry, entry: LayerEntry, want: int, formats: tuple[Asking, ...]) -> None:
        """A large program or archive: it lies in a nameless file while its formats look into it, and not in memory."""
        with self.task.cache.spool(self.pieces(item, entry, want)) as data:
            self.offers(data, entry, want, formats)

    def offers(self, data: bytes, entry: LayerEntry, want: int, formats: tuple[Asking, ...]) -> None:
        """A content, in memory or mapped, for all that look into it but the search."""
        for one in formats:
            self.offer(one, data, entry)
        self.contents(entry, data, want)

    def contents(self, entry: LayerEntry, data: bytes, want: int) -> None:
        """The look for malware, and the checksum of the system's own."""
        if self.look is None or not want & (Want.TEXT | Want.PIECES):
            return
        number = len(self.entries) - 1
        self.look.look(number, entry, data)
        if is_checked(entry.path):
            self.sums[number] = sums_of(data)

    def pieces(self, item: Entry, entry: LayerEntry, want: int) -> Iterator[bytes]:
        """The content piece by piece, hashed and searched on its way."""
        digest = hashlib.sha256()
        search = self.search if want & (Want.TEXT | Want.PIECES) else None
        kept, lines, first = b"", 0, True
        for chunk in item.chunks():
            if search is not None and first and not search.begins(entry, chunk):
                search = None
            first = False
            if search is not None:
                piece = kept + chunk
                search.text(entry, piece, lines)
                kept = piece[-_OVERLAP:]
                lines += piece.count(b"\n", 0, len(piece) - len(kept))
            if want & Want.DIGEST:
                digest.update(chunk)
            yield chunk
        if want & Want.DIGEST:
            self.digests[len(self.entries) - 1] = digest.hexdigest()

    def offer(self, one: Asking, data: bytes, entry: LayerEntry) -> None:
        """One reader's look at a content."""
        if isinstance(one, NoteReader):
            self.note(one, data, entry)
            return
        try:
            facts = one.read(data, printable(entry.path))
        except FormatError as error:
            self.miss(entry, Text(error.what, error.what))
            return
        except _DAMAGE as error:
            self.miss(entry, Text(f"it is damaged ({type(error).__name__})", f"文件已损坏（{type(error).__name__}）"))
            return
        if facts.missed:
            for what in facts.missed[:_MOST_MISSED]:
                self.miss(entry, what)
            facts = msgspec.structs.replace(facts, missed=())
        if one.source_only and facts.packages:
            from periderm.formats.languages.lines import with_lines  # for lock files alone

            facts = msgspec.structs.replace(facts, packages=with_lines(data, entry.path, facts.packages))
        if facts:
            self.files.append(ReadFile(len(self.entries) - 1, one.id, one.source_only, facts))

    def note(self, one: NoteReader, data: bytes, entry: LayerEntry) -> None:
        """One note reader's look at a content."""
        try:
            notes = tuple(one.read(data, printable(entry.path)))
        except FormatError as error:
            self.miss(entry, Text(error.what, error.what))
            return
        except _DAMAGE as error:
            self.miss(entry, Text(f"it is damaged ({type(error).__name__})", f"文件已损坏（{type(error).__name__}）"))
            return
        if len(notes) > MOST_NOTES:
            left = len(notes) - MOST_NOTES
            self.miss(entry, Text(f"{left} more facts of it were left out", f"其余 {left} 条事实已略去"))
        if notes:
            self.noted.append(NotedEntry(len(self.entries) - 1, one.id, notes[:MOST_NOTES]))


def _mappable(one: Asking) -> bool:
    """Whether a format takes a mapped file for bytes: those that read programs, and those that are made for large files
    (see `PackageFormat.most`), only search, slice and unpack."""
    return one.executables or one.most > HELD


def _joined(item: Entry) -> bytes:
    """The whole content; grown in place, so that a large one is not there twice."""
    out = io.BytesIO()
    for chunk in item.chunks():
        out.write(chunk)
    return out.getvalue()
