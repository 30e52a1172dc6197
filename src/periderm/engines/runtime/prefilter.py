"""Decides, for a whole batch at once, which rows any detector could be interested in, and which detectors those are.

Each distinct string is looked at once, by one Hyperscan pass over all that are new, and gets a class: the set of interests
whose patterns it matches. For each kind of row a table says whether a class can matter at all, so a row that matters to
nobody costs a few look-ups in arrays; the others are asked for by their classes, and the answer is remembered. It never
decides that something is wrong: it may offer too many rows, and must never hold one back. There is no limit on interests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import cast

import hyperscan
import numpy as np
import numpy.typing as npt

from periderm.engines.runtime.judging import Detector, Interest
from periderm.engines.runtime.lanes import Lanes
from periderm.engines.runtime.patterns import Kept, compiled
from periderm.engines.runtime.process import Process
from periderm.model.event import OWN_TABLES, EventBatch, EventKind

MOST_REMEMBERED = 65_536
MOST_CLASSES = 32_768
_NOTHING = 0
_COLUMNS = ("text", "raw", "args", "exe")
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.uint32]


class Prefilter:
    """One bit of a Python integer for each interest, in the order of the detectors."""

    _interests: tuple[Interest, ...]
    _detectors: tuple[Detector, ...]
    _databases: list[tuple[int, hyperscan.Database]]

    def __init__(self, detectors: Sequence[Detector], *, base: Prefilter | None = None, kept: Kept | None = None) -> None:
        """`base` is a filter whose detectors come first and whose patterns need not be compiled again."""
        own = [(interest, detector) for detector in detectors for interest in detector.interests]
        first = [] if base is None else list(zip(base._interests, base._detectors, strict=True))
        interests = first + own
        self._detectors = tuple(detector for _, detector in interests)
        self._interests = tuple(interest for interest, _ in interests)
        self._dispatch: dict[int, tuple[Detector, ...]] = {}
        self._answers: dict[tuple[int, ...], int] = {}
        self._tables()
        # Scanned one after the other; each match's number begins at the offset.
        self._databases = [] if base is None else list(base._databases)
        if own or base is None:
            self._databases.append((len(first), compiled([interest for interest, _ in own], kept)))
        self._secrets: set[str] = set()
        self._forget_classes()
        self._memo: Numbers = np.zeros(1024, np.uint32)
        self._current = self._memo
        self._current_lanes: npt.NDArray[np.intp] = np.zeros(0, np.intp)
        self._known = 0
        self._generation: int | None = None

    def _tables(self) -> None:
        self._lanes = Lanes(self._interests)
        total = self._lanes.total
        self._lane_bits = [0] * total
        self._always: Flags = np.zeros(total, np.bool_)
        self._flag_masks: Numbers = np.zeros(total, np.uint32)
        self._arg0_masks: npt.NDArray[np.int64] = np.zeros(total, np.int64)
        self._port_lanes: Flags = np.zeros(total, np.bool_)
        self._ports: Flags = np.zeros(65536, np.bool_)
        self._text = self._args = self._exe = self._secret_bits = self._free = 0
        self.drift_bits = self.shell_bits = 0
        self.drift_kinds: Flags = np.zeros(256, np.bool_)  # besides EXEC: rows to look at for who acts
        self._by_flag: list[tuple[int, int]] = []
        self._by_arg0: list[tuple[int, int]] = []
        self._by_port: dict[int, int] = {}
        self._by_actor: list[tuple[Callable[[Process], bool], int]] = []
        self.actor_bits = 0
        for index, interest in enumerate(self._interests):
            self._enter(interest, 1 << index)

    def _enter(self, interest: Interest, bit: int) -> None:
        free = _unconditional(interest)
        for lane in self._lanes.entered(interest):
            self._lane_bits[lane] |= bit
            self._always[lane] |= free
            self._flag_masks[lane] |= np.uint32(int(interest.flags))
            self._arg0_masks[lane] |= np.int64(interest.arg0)
            self._port_lanes[lane] |= bool(interest.ports)
        if interest.flags:
            self._by_flag.append((int(interest.flags), bit))
        if interest.arg0:
            self._by_arg0.append((interest.arg0, bit))
        for port in interest.ports:
            self._ports[port] = True
            self._by_port[port] = self._by_port.get(port, 0) | bit
        self._text |= bit if interest.text or interest.secrets else 0
        self._args |= bit if interest.args else 0
        self._exe |= bit if interest.exe else 0
        self._secret_bits |= bit if interest.secrets else 0
        if interest.drifted:
            self.drift_bits |= bit
            self.drift_kinds[[int(kind) for kind in interest.kinds if kind is not EventKind.EXEC]] = True
        self.shell_bits |= bit if interest.copied_shell else 0
        if interest.actor is not None:
            self._by_actor.append((interest.actor, bit))
            self.actor_bits |= bit
        self._free |= bit if free else 0

    def detectors(self, bits: int) -> tuple[Detector, ...]:
        """The detectors whose interests these bits are, each once, in order."""
        found = self._dispatch.get(bits)
        if found is None:
            if len(self._dispatch) > MOST_REMEMBERED:
                self._dispatch.clear()
            chosen = [self._detectors[index] for index in _set_bits(bits)]
            found = self._dispatch[bits] = tuple({d.spec.id: d for d in chosen}.values())
        return found

    def silent(self, process: Process) -> int:
        """The bits of interests that have no interest in what this process does."""
        found = 0
        for asks, bit in self._by_actor:
            if not asks(process):
                found |= bit
        return found

    def allowed(self, kind: EventKind, *, contained: bool) -> int:
        """The bits that a row of this kind may have, for what only the process table can tell."""
        found = 0
        for lane in self._lanes.of_kind(kind, contained=contained):
            found |= self._lane_bits[lane]
        return found

    def watch_secrets(self, paths: Iterable[str]) -> None:
        """Paths in which a secret was found; strings known already are looked at again."""
        new = set(paths) - self._secrets
        if new:
            self._secrets |= new
            self._known = 0

    def select(self, batch: EventBatch) -> Flags:
        """For each row whether any interest may hold. Remembers the batch's strings and lanes for `bits`."""
        rows = batch.rows
        memo = self._current = self._recall(batch)
        lanes = self._current_lanes = self._lanes.of(batch)
        hot: Flags = self._always[lanes]
        # A class that matters to no row of this kind is not looked at further; most strings have class 0.
        for name, table in (("text", self._in_text), ("raw", self._in_text), ("args", self._in_args), ("exe", self._in_exe)):
            classes = memo[rows[name]]
            some = np.flatnonzero(classes)
            if some.size:
                hot[some] |= table[lanes[some], classes[some]]
        hot |= (rows["flags"] & self._flag_masks[lanes]) != 0
        hot |= (rows["arg0"] & self._arg0_masks[lanes]) != 0
        hot |= self._ports[rows["port"]] & self._port_lanes[lanes]
        return hot

    def bits(self, batch: EventBatch, chosen: npt.NDArray[np.intp]) -> Iterator[int]:
        """For each chosen row of the batch that `select` was given last, the interests that may hold, as bits."""
        rows = batch.rows[chosen]
        classes = [self._current[rows[name]].tolist() for name in _COLUMNS]
        lanes = self._current_lanes[chosen]
        flags = (rows["flags"] & self._flag_masks[lanes]).tolist()
        arg0 = (rows["arg0"] & self._arg0_masks[lanes]).tolist()
        ports = np.where(self._ports[rows["port"]], rows["port"], 0).tolist()
        answers = self._answers
        for key in zip(lanes.tolist(), *classes, flags, arg0, ports, strict=True):
            answer = answers.get(key)
            if answer is None:
                if len(answers) > MOST_REMEMBERED:
                    answers.clear()
                answer = answers[key] = self._answer(key)
            yield answer

    def _answer(self, key: tuple[int, ...]) -> int:
        """`key`: lane, the classes of text, raw, args and exe, and the bits of flags and arg0 and the port that matter."""
        lane, text, raw, args, exe, flags, arg0, port = key
        classes = self._classes
        found = (classes[text] | classes[raw]) & self._text | classes[args] & self._args | classes[exe] & self._exe | self._free
        for mask, bit in self._by_flag:
            if flags & mask:
                found |= bit
        for mask, bit in self._by_arg0:
            if arg0 & mask:
                found |= bit
        return (found | self._by_port.get(port, 0)) & self._lane_bits[lane]

    def _forget_classes(self) -> None:
        """Class 0 matches nothing."""
        self._classes: list[int] = [0]
        self._class_of: dict[int, int] = {0: 0}
        self._in_text: Flags = np.zeros((self._lanes.total, 64), np.bool_)
        self._in_args: Flags = np.zeros((self._lanes.total, 64), np.bool_)
        self._in_exe: Flags = np.zeros((self._lanes.total, 64), np.bool_)
        self._answers.clear()

    def _class(self, bits: int) -> int:
        """The number of the class that matches these interests."""
        number = self._class_of.get(bits)
        if number is not None:
            return number
        number = self._class_of[bits] = len(self._classes)
        self._classes.append(bits)
        if number >= self._in_text.shape[1]:
            self._in_text, self._in_args, self._in_exe = map(_widened, (self._in_text, self._in_args, self._in_exe))
        for lane, kinds in enumerate(self._lane_bits):
            mattering = kinds & bits
            if mattering:
                self._in_text[lane, number] = bool(mattering & self._text)
                self._in_args[lane, number] = bool(mattering & self._args)
                self._in_exe[lane, number] = bool(mattering & self._exe)
        return number

    def _recall(self, batch: EventBatch) -> Numbers:
        """The class of each string of the batch's table; what was learned holds within one generation."""
        strings, total = batch.strings, len(batch.strings)
        if batch.generation >= OWN_TABLES:
            alone: Numbers = np.zeros(total, np.uint32)
            self._classify(strings, alone)
            return alone
        if batch.generation != self._generation or total < self._known:
            self._generation, self._known = batch.generation, 0
        if len(self._classes) > MOST_CLASSES:
            self._forget_classes()
            self._known = 0
        if total > len(self._memo) or len(self._memo) > max(1 << 16, 4 * total):
            grown: Numbers = np.zeros(max(1024, 2 * total), np.uint32)
            grown[: self._known] = self._memo[: self._known]
            self._memo = grown
        if total > self._known:
            self._classify(strings[self._known : total], self._memo[self._known : total])
            self._known = total
        return self._memo

    def _classify(self, strings: Sequence[str], result: Numbers) -> None:
        """One pass over all strings, joined by line ends. A string that holds a line end can only match too often."""
        result[:] = _NOTHING
        joined = "\n".join(strings)
        if joined.isascii():
            data = joined.encode()
            lengths = np.fromiter(map(len, strings), np.int64, len(strings))
        else:
            encoded = [string.encode("utf-8", "surrogatepass") for string in strings]
            data = b"\n".join(encoded)
            lengths = np.fromiter(map(len, encoded), np.int64, len(encoded))
        patterns: list[int] = []
        ends: list[int] = []

        def collect(pattern: int, _start: int, end: int, _flags: int, offset: object) -> None:
            patterns.append(pattern + cast(int, offset))
            ends.append(end)

        for offset, database in self._databases if data else ():
            database.scan(data, match_event_handler=collect, context=offset)
        matched: dict[int, int] = {}
        if ends:
            starts = np.cumsum(lengths + 1) - (lengths + 1)
            where = np.searchsorted(starts, np.array(ends, np.int64) - 1, side="right") - 1
            # A pattern may match one string at many ends: each pair counts once.
            for pair in np.unique(where << 32 | np.array(patterns, np.int64)).tolist():
                string, pattern = pair >> 32, pair & 0xFFFFFFFF
                matched[string] = matched.get(string, 0) | 1 << pattern
        if self._secrets:
            for index, string in enumerate(strings):
                if string in self._secrets:
                    matched[index] = matched.get(index, 0) | self._secret_bits
        for index, bits in matched.items():
            result[index] = self._class(bits)


def _set_bits(bits: int) -> Iterator[int]:
    """The numbers of the bits that are set, lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _widened(table: Flags) -> Flags:
    """Twice the columns."""
    wide: Flags = np.zeros((table.shape[0], 2 * table.shape[1]), np.bool_)
    wide[:, : table.shape[1]] = table
    return wide


def _unconditional(interest: Interest) -> bool:
    conditions = (interest.text, interest.args, interest.exe, interest.flags, interest.arg0, interest.ports)
    return not any(conditions) and not (interest.drifted or interest.copied_shell or interest.secrets)
