"""An `EventQuery` as conditions: in SQL with parameters for partitions, in numpy for rows of the log. The same rows pass.

Nothing that a caller writes becomes part of a statement.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from periderm.adapters.history_parquet.names import GROUPS, ROW_BITS, Part, group_of
from periderm.model.asset import Container
from periderm.model.errors import UsageError
from periderm.model.event import EventBatch, Subject
from periderm.model.event_query import EventQuery

MOST_TEXT = 1000
SEARCHED = ("exe", "text", "raw", "args")
END = 2**63 - 1

Mask = npt.NDArray[np.bool_]


class Selection:
    """Raises UsageError for a question that is malformed."""

    def __init__(self, query: EventQuery) -> None:
        if len(query.text) > MOST_TEXT or len(query.container) > MOST_TEXT:
            raise UsageError("What is searched for is too long.", f"Give at most {MOST_TEXT} characters.")
        self.query = query
        self.since = query.since or -END
        self.until = query.until or END
        self.before = place_of(query.before) if query.before else None
        self._text = lowered(query.text).replace("\0", " ")
        self._groups = frozenset(GROUPS[group_of(kind)] for kind in query.kinds) or frozenset(GROUPS)

    @property
    def selective(self) -> bool:
        """Whether only few rows are likely to pass."""
        query = self.query
        return bool(self._text or query.process or query.container or query.subjects)

    def may_hold(self, part: Part) -> bool:
        """Whether a partition can hold a row that passes, by its name."""
        if part.group not in self._groups or not self.may_lie_between(part.first, part.last):
            return False
        return part.high >= self.query.after >> ROW_BITS

    def may_lie_between(self, first: int, last: int) -> bool:
        """Whether rows that pass can have one of these times."""
        return last >= self.since and first < self.until

    @property
    def chooses_subjects(self) -> bool:
        """Whether rows pass by whose they are."""
        return bool(self.query.subjects or self.query.container)

    def wanted_subjects(self, subjects: Iterable[Subject]) -> list[bool] | None:
        """Which subjects pass, None if all do."""
        if not self.chooses_subjects:
            return None
        return [self._wants(subject) for subject in subjects]

    def _wants(self, subject: Subject) -> bool:
        if self.query.subjects and subject.id not in self.query.subjects:
            return False
        if not self.query.container:
            return True
        return isinstance(subject, Container) and fnmatch.fnmatchcase(subject.name, self.query.container)

    # --- partitions ---

    def conditions(self, keys: Sequence[int] | None, since: int, until: int) -> tuple[str, dict[str, object]]:
        """A condition and its parameters; `keys` are the subjects that pass, None for all."""
        query = self.query
        terms = ["time >= $since", "time < $until"]
        values: dict[str, object] = {"since": max(since, -(2**63)), "until": min(until, END)}
        if query.kinds:
            terms.append("list_contains($kinds::UTINYINT[], kind)")
            values["kinds"] = sorted({int(kind) for kind in query.kinds})
        if keys is not None:
            terms.append("list_contains($keys::BIGINT[], subject)")
            values["keys"] = list(keys)
        if query.process:
            terms.append("process = $process::UBIGINT")
            values["process"] = query.process
        if query.after:
            terms.append("number > $after")
            values["after"] = query.after
        if self.before is not None:
            sign = "<" if query.newest else ">"
            terms.append(f"(time {sign} $place_time OR (time = $place_time AND number {sign} $place_number))")
            values["place_time"], values["place_number"] = self.before
        if self._text:
            searched = [f"contains(lower({n}), $text)" for n in SEARCHED[:-1]]
            searched.append("contains(replace(lower(args), chr(0), ' '), $text)")
            terms.append(f"({' OR '.join(searched)})")
            values["text"] = self._text
        return " AND ".join(terms), values

    # --- the log ---

    def mask(self, batch: EventBatch, numbers: npt.NDArray[np.int64]) -> Mask:
        """Which rows pass."""
        query, rows = self.query, batch.rows
        time = rows["time"]
        passed: Mask = (time >= self.since) & (time < self.until)
        if query.kinds:
            passed &= np.isin(rows["kind"], [int(kind) for kind in query.kinds])
        if query.process:
            passed &= rows["process"] == np.uint64(query.process)
        if query.after:
            passed &= numbers > query.after
        if self.before is not None:
            at, number = self.before
            passed &= (
                (time < at) | ((time == at) & (numbers < number))
                if query.newest
                else (time > at) | ((time == at) & (numbers > number))
            )
        if (wanted := self.wanted_subjects(batch.subjects)) is not None:
            passed &= np.asarray(wanted, bool)[rows["subject"]]
        if self._text and passed.any():
            passed &= self._found(batch)
        return passed

    def _found(self, batch: EventBatch) -> Mask:
        small = [lowered(string) for string in batch.strings]
        plain = np.fromiter((self._text in string for string in small), bool, len(small))
        # What is searched for holds no NUL, so that what is found plainly is found between words too.
        joined = plain.copy() if " " in self._text else plain
        if " " in self._text:
            for number in np.unique(batch.rows["args"]).tolist():
                joined[number] = joined[number] or self._text in small[number].replace("\0", " ")
        found: Mask = joined[batch.rows["args"]]
        for column in SEARCHED[:-1]:
            found |= plain[batch.rows[column]]
        return found


def lowered(text: str) -> str:
    """In small letters, each for itself, as DuckDB's `lower` does it: Python makes two letters of İ, and a sigma small by
    what follows it; then a row would be found in the log and not in a partition."""
    return text.lower() if text.isascii() else text.replace("\u0130", "i").replace("\u03a3", "\u03c3").lower()


def place_of(text: str) -> tuple[int, int]:
    """(time, number) of a `Found.place`. Raises UsageError."""
    time, _, number = text.partition(".")
    digits = time.removeprefix("-")
    if len(text) < 44 and digits.isascii() and digits.isdigit() and number.isascii() and number.isdigit():
        place = int(time), int(number)
        if abs(place[0]) <= END and place[1] <= END:
            return place
    raise UsageError("This place in the history is not one that an answer gave.", "Start again without it.")
