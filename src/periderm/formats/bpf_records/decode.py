"""Slots of the ring to rows of EVENT_DTYPE: pure numpy, and Python only for strings not met before.

What is malformed is counted and skipped; this file does not read the ring, does not attribute and does not judge.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from periderm.formats.bpf_records.interning import Cache, StringTable
from periderm.formats.bpf_records.layout import (
    ALL_FLAGS,
    DATA_MAX,
    DISCARDED,
    EVENT_BLOCK,
    FORM_ADDRESS,
    FORM_CREDENTIALS,
    FORM_DNS,
    FORM_JOIN,
    FORM_RAW_PATH,
    FORM_RAW_SAME,
    FORM_TEXT_PATH,
    INLINE_BYTES,
    KIND_PART,
    MAX_KIND,
    MAX_ORIGIN,
    MAX_WAITING_PARTS,
    PART_BYTES,
    RECORD_BYTES,
    Resolve,
    Slots,
)
from periderm.formats.bpf_records.text import address_text, clean, credentials_text, joined, path_text, question_name, unix_text
from periderm.model.event import EVENT_DTYPE, EventFlag, Rows


def fresh_rows(count: int) -> Rows:
    """Room for rows."""
    return np.empty(count, dtype=EVENT_DTYPE)


class Chosen:
    """Some of the slots, without copying them."""

    def __init__(self, slots: Slots, places: npt.NDArray[np.int64] | None) -> None:
        self._slots = slots
        self._places = places

    def __len__(self) -> int:
        return len(self._slots) if self._places is None else len(self._places)

    def column(self, name: str) -> npt.NDArray[Any]:
        """One field of all."""
        whole = self._slots[name]
        return np.ascontiguousarray(whole) if self._places is None else whole[self._places]

    def slot(self, index: int) -> np.void:
        """One slot."""
        found: np.void = self._slots[index if self._places is None else self._places[index]]
        return found

    def body(self, index: int) -> bytes:
        """The record in one slot."""
        return bytes(self.slot(index)["body"].tobytes())


class Decoder:
    """Turns slots into rows, with a table of strings that grows until `table.full`, then begins a new generation.

    room: gives memory for so many rows, of any content.
    resolve: gives the path of an executable for (key, pid); asked once for each key of a generation.
    """

    def __init__(
        self,
        resolve: Resolve,
        *,
        room: Callable[[int], Rows] = fresh_rows,
        max_strings: int = 200_000,
        max_bytes: int = 32 << 20,
    ) -> None:
        self._resolve = resolve
        self._room = room
        self._max_strings = max_strings
        self._max_bytes = max_bytes
        self._parts: dict[int, dict[int, bytes]] = {}
        self.malformed = 0
        self.incomplete = 0
        self.generation = 0
        self.table = StringTable()
        self._begin()

    def _begin(self) -> None:
        self._texts = Cache(1 << 16, 3)
        self._exes = Cache(1 << 12, 1)
        self._comms = Cache(1 << 12, 1)

    def next_generation_if_full(self) -> bool:
        """Begins a new table where the old one is too big. Batches made before keep theirs."""
        if len(self.table.strings) < self._max_strings and self.table.size < self._max_bytes:
            return False
        self.generation += 1
        self.table = StringTable()
        self._begin()
        return True

    @property
    def strings(self) -> Sequence[str]:
        """The table of this generation."""
        return self.table.strings

    def decode(self, slots: Slots) -> tuple[Rows, Chosen]:
        """Rows, with `time` still on the boot clock, and the slots that they came from. Subject is 0 everywhere."""
        kinds = slots["kind"]
        good = (slots["header"] == RECORD_BYTES) & (kinds - 1 < MAX_KIND)
        chosen = Chosen(slots, None if good.all() else self._sift(slots, good))
        rows = self._room(len(chosen))
        rows.view(EVENT_BLOCK)[:] = chosen.column("event")
        rows["subject"] = 0
        self._exe_and_comm(rows, chosen)
        self._strings(rows, chosen)
        return rows, chosen

    def _sift(self, slots: Slots, good: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Puts parts aside, counts what is malformed, and gives the places of the rest."""
        header = slots["header"]
        part = (header == RECORD_BYTES) & (slots["kind"] == KIND_PART)
        for index in np.nonzero(part)[0].tolist():
            body = slots["body"][index].tobytes()
            serial = int(slots["serial_of_part"][index])
            if len(self._parts) >= MAX_WAITING_PARTS:
                self._parts.pop(next(iter(self._parts)))
                self.incomplete += 1
            waiting = self._parts.setdefault(serial, {})
            waiting[int(slots["index_of_part"][index]) & 31] = body[:112] + body[128:]
        discarded = (header & DISCARDED) != 0
        self.malformed += int(np.count_nonzero(~(good | part | discarded)))
        return np.nonzero(good)[0]

    def _exe_and_comm(self, rows: Rows, chosen: Chosen) -> None:
        keys = chosen.column("exe")
        (found,), missing = self._exes.get(keys, keys)
        for index in missing:
            key = int(keys[index])
            path = self._resolve(key, int(rows["pid"][index])) if key else ""
            number = self.table.number(path)
            if path or not key:
                self._exes.put(key, key, (number,))
            found[index] = number
        rows["exe"] = found
        first, second = chosen.column("comm0"), chosen.column("comm1")
        (found,), missing = self._comms.get(first, second)
        for index in missing:
            name = chosen.body(index)[136:152].split(b"\0", 1)[0]
            number = self.table.number(name.decode("utf-8", "backslashreplace"))
            self._comms.put(int(first[index]), int(second[index]), (number,))
            found[index] = number
        rows["comm"] = found

    def _strings(self, rows: Rows, chosen: Chosen) -> None:
        keys = chosen.column("strings")
        # the second word keeps the ways of finishing a string apart, and makes forged equal hashes harmless
        shape = chosen.column("form").astype(np.uint64) << np.uint64(48)
        shape |= chosen.column("family").astype(np.uint64) << np.uint64(32)
        shape |= chosen.column("total")
        (text, raw, args), missing = self._texts.get(keys, shape)
        fresh: dict[tuple[int, int], tuple[int, int, int]] = {}
        for index in missing:
            key, form = int(keys[index]), int(shape[index])
            numbers = fresh.get((key, form))
            if numbers is None:
                decoded = self._finish(chosen, index)
                if decoded is None:
                    rows["flags"][index] |= np.uint32(EventFlag.TRUNCATED)
                    text[index] = raw[index] = args[index] = 0
                    continue
                numbers = fresh[key, form] = decoded
                self._texts.put(key, form, numbers)
            text[index], raw[index], args[index] = numbers
        rows["text"], rows["raw"], rows["args"] = text, raw, args
        if self._parts:
            for serial in chosen.column("serial")[chosen.column("parts") > 0].tolist():
                self._parts.pop(serial, None)
        np.maximum(rows["count"], 1, out=rows["count"])
        rows["flags"] &= ALL_FLAGS
        bad = rows["origin"] > MAX_ORIGIN
        if bad.any():
            self.malformed += int(np.count_nonzero(bad))
            rows["origin"][bad] = 0

    def _finish(self, chosen: Chosen, index: int) -> tuple[int, int, int] | None:
        """Numbers of text, raw and args of one record; None where its parts are missing or its lengths lie."""
        slot = chosen.slot(index)
        ends = int(slot["text_len"]), int(slot["raw_len"]), int(slot["args_len"])
        total, parts = int(slot["total"]), int(slot["parts"])
        if sum(ends) != total or total > DATA_MAX or parts != -(-max(total - INLINE_BYTES, 0) // PART_BYTES):
            self.malformed += 1
            return None
        data = slot["body"].tobytes()[160:]
        if parts:
            waiting = self._parts.get(int(slot["serial"]), {})
            if len(waiting) < parts or any(number not in waiting for number in range(parts)):
                self.incomplete += 1
                return None
            data += b"".join(waiting[number] for number in range(parts))
        return self._three(data, ends, int(slot["form"]), int(slot["family"]))

    def _three(self, data: bytes, ends: tuple[int, int, int], form: int, family: int) -> tuple[int, int, int]:
        text_end, raw_end = ends[0], ends[0] + ends[1]
        number = self.table.number
        if form & FORM_DNS:
            return number(question_name(data[:text_end])), number(address_text(data[text_end:raw_end])), 0
        if form & FORM_CREDENTIALS:
            return number(credentials_text(data[:text_end])), number(credentials_text(data[text_end:raw_end])), 0
        if form & FORM_ADDRESS:
            return number(address_text(data[:text_end])), 0, 0
        if family == 1:  # AF_UNIX
            return number(unix_text(data[:text_end])), 0, 0
        text = (path_text if form & FORM_TEXT_PATH else clean)(data[:text_end])
        raw = (path_text if form & FORM_RAW_PATH else clean)(data[text_end:raw_end])
        if form & FORM_JOIN:
            text = joined(text, raw)
        args = data[raw_end : raw_end + ends[2]].rstrip(b"\0").decode("utf-8", "backslashreplace")
        text_number = number(text)
        return text_number, text_number if form & FORM_RAW_SAME else number(raw), number(args)
