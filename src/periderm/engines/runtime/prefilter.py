"""Decides, for a whole batch at once, which rows any detector could be interested in.

Each distinct string is looked at once, by one Hyperscan pass over all that are new; a row then costs a few array
look-ups. It never decides that something is wrong: it may offer too many rows, and must never hold one back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import hyperscan
import numpy as np
import numpy.typing as npt

from periderm.engines.runtime.judging import Detector, Interest, Where
from periderm.model.asset import Container
from periderm.model.event import EventBatch, EventKind

MOST_INTERESTS = 64
_FLAG_BITS = 14
Bits = npt.NDArray[np.uint64]


class Prefilter:
    """One bit an interest, in the order of the detectors."""

    def __init__(self, detectors: Sequence[Detector]) -> None:
        interests = [(interest, detector) for detector in detectors for interest in detector.interests]
        if len(interests) > MOST_INTERESTS:
            raise ValueError(f"{len(interests)} interests are more than one word has bits")
        self._detectors = tuple(detector for _, detector in interests)
        self._interests = tuple(interest for interest, _ in interests)
        self._dispatch: dict[int, tuple[Detector, ...]] = {}
        self._tables()
        self._database = _compile(self._interests)
        self._secrets: set[str] = set()
        self._memo: Bits = np.zeros(1024, np.uint64)
        self._known = 0
        self._generation: int | None = None

    def _tables(self) -> None:
        self._kinds: Bits = np.zeros(256, np.uint64)
        self._flags: Bits = np.zeros(1 << _FLAG_BITS, np.uint64)
        self._where: Bits = np.zeros(2, np.uint64)
        self._ports: npt.NDArray[np.bool_] = np.zeros(65536, np.bool_)
        self._port_bits = self._always = self._text = self._args = self._exe = self.secret_bits = 0
        self.drift_bits = self.shell_bits = 0
        self._arg0: dict[int, int] = {}
        flag_values = np.arange(1 << _FLAG_BITS)
        for index, interest in enumerate(self._interests):
            bit = 1 << index
            self._kinds[[int(kind) for kind in interest.kinds]] |= np.uint64(bit)
            for contained in (0, 1):
                if interest.where.value & (Where.CONTAINER.value if contained else Where.NODE.value):
                    self._where[contained] |= np.uint64(bit)
            if interest.flags:
                self._flags[(flag_values & int(interest.flags)) != 0] |= np.uint64(bit)
            if interest.ports:
                self._ports[sorted(interest.ports)] = True
                self._port_bits |= bit
            if interest.arg0:
                self._arg0[interest.arg0] = self._arg0.get(interest.arg0, 0) | bit
            self._text |= bit if interest.text or interest.secrets else 0
            self._args |= bit if interest.args else 0
            self._exe |= bit if interest.exe else 0
            self.secret_bits |= bit if interest.secrets else 0
            self.drift_bits |= bit if interest.drifted else 0
            self.shell_bits |= bit if interest.copied_shell else 0
            self._always |= bit if _unconditional(interest) else 0

    def wanted(self, bits: int) -> tuple[Detector, ...]:
        """The detectors whose interests these bits are, each once, in order."""
        found = self._dispatch.get(bits)
        if found is None:
            chosen = [self._detectors[index] for index in range(len(self._interests)) if bits >> index & 1]
            found = self._dispatch[bits] = tuple({d.spec.id: d for d in chosen}.values())
        return found

    def allowed(self, kind: EventKind, *, contained: bool) -> int:
        """The bits that a row of this kind may have, for what only the process table can tell."""
        return int(self._kinds[kind] & self._where[int(contained)])

    def watch_secrets(self, paths: Iterable[str]) -> None:
        """Paths in which a secret was found; strings known already are looked at again."""
        new = set(paths) - self._secrets
        if new:
            self._secrets |= new
            self._known = 0

    def bits(self, batch: EventBatch) -> Bits:
        """For each row the interests that may hold."""
        rows = batch.rows
        memo = self._recall(batch)
        found: Bits = (memo[rows["text"]] | memo[rows["raw"]]) & np.uint64(self._text)
        found |= memo[rows["args"]] & np.uint64(self._args)
        found |= memo[rows["exe"]] & np.uint64(self._exe)
        found |= self._flags[rows["flags"] & np.uint32((1 << _FLAG_BITS) - 1)]
        found |= np.uint64(self._always)
        if self._port_bits:
            found |= self._ports[rows["port"]] * np.uint64(self._port_bits)
        for mask, bits in self._arg0.items():
            found |= ((rows["arg0"] & mask) != 0) * np.uint64(bits)
        contained = np.fromiter((isinstance(s, Container) for s in batch.subjects), np.intp, len(batch.subjects))
        found &= self._kinds[rows["kind"]]
        found &= self._where[contained][rows["subject"]]
        return found

    def _recall(self, batch: EventBatch) -> Bits:
        """What each string of the batch's table may mean; what was learned holds within one generation."""
        strings, total = batch.strings, len(batch.strings)
        if batch.generation != self._generation or total < self._known:
            self._generation, self._known = batch.generation, 0
        if total > len(self._memo) or len(self._memo) > max(1 << 16, 4 * total):
            grown: Bits = np.zeros(max(1024, 2 * total), np.uint64)
            grown[: self._known] = self._memo[: self._known]
            self._memo = grown
        if total > self._known:
            self._memo[self._known : total] = self._classify(strings[self._known : total])
            self._known = total
        return self._memo

    def _classify(self, strings: Sequence[str]) -> Bits:
        """One pass over all strings, joined by line ends. A string that holds a line end can only match too often."""
        result: Bits = np.zeros(len(strings), np.uint64)
        joined = "\n".join(strings)
        if joined.isascii():
            data = joined.encode()
            lengths = np.fromiter(map(len, strings), np.int64, len(strings))
        else:
            encoded = [string.encode("utf-8", "surrogatepass") for string in strings]
            data = b"\n".join(encoded)
            lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
        hits: list[tuple[int, int]] = []

        def collect(pattern: int, _start: int, end: int, _flags: int, _context: object) -> None:
            hits.append((pattern, end))

        if data:
            self._database.scan(data, match_event_handler=collect)
        if hits:
            starts = np.cumsum(lengths + 1) - (lengths + 1)
            pairs = np.array(hits, np.int64)
            where = np.searchsorted(starts, pairs[:, 1] - 1, side="right") - 1
            np.bitwise_or.at(result, where, np.uint64(1) << pairs[:, 0].astype(np.uint64))
        if self._secrets:
            held = [index for index, string in enumerate(strings) if string in self._secrets]
            result[held] |= np.uint64(self.secret_bits)
        return result


def _unconditional(interest: Interest) -> bool:
    conditions = (interest.text, interest.args, interest.exe, interest.flags, interest.arg0, interest.ports)
    return not any(conditions) and not (interest.drifted or interest.copied_shell or interest.secrets)


def _compile(interests: Sequence[Interest]) -> hyperscan.Database:
    expressions: list[bytes] = []
    ids: list[int] = []
    for index, interest in enumerate(interests):
        for pattern in (*interest.text, *interest.args, *interest.exe):
            expressions.append(pattern.encode())
            ids.append(index)
    database = hyperscan.Database()
    database.compile(
        expressions=expressions or [b"\\x00never\\x00"],
        ids=ids or [MOST_INTERESTS - 1],
        elements=max(1, len(expressions)),
        flags=[hyperscan.HS_FLAG_MULTILINE] * max(1, len(expressions)),
    )
    return database
