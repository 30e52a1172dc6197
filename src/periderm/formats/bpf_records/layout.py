"""Where the fields of a slot lie: the same numbers as bpf/record.h, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from periderm.model.errors import FormatError
from periderm.model.event import EventFlag, EventKind

SLOT_BYTES = 256
RECORD_BYTES = 248
INLINE_BYTES = 88
PART_BYTES = 232
DATA_MAX = 4095
KIND_PART = 255
BUSY = 1 << 31
DISCARDED = 1 << 30

FORM_RAW_SAME = 1
FORM_JOIN = 2
FORM_ADDRESS = 4
FORM_TEXT_PATH = 16
FORM_RAW_PATH = 32
FORM_CREDENTIALS = 64
FORM_DNS = 128

MAX_WAITING_PARTS = 4096

Slots = npt.NDArray[np.void]
Resolve = Callable[[int, int], str]

FIELDS = {
    "header": ("<u4", 0),
    "event": ("V128", 8),
    "serial_of_part": ("<u4", 8 + 112),
    "index_of_part": ("<u2", 8 + 116),
    "pid": ("<u4", 8 + 56),
    "flags": ("<u4", 8 + 80),
    "count": ("<u4", 8 + 88),
    "serial": ("<u4", 8 + 92),
    "exe": ("<u8", 8 + 96),
    "strings": ("<u8", 8 + 104),
    "total": ("<u4", 8 + 112),
    "family": ("<u2", 8 + 118),
    "kind": ("u1", 8 + 120),
    "origin": ("u1", 8 + 121),
    "text_len": ("<u2", 8 + 122),
    "raw_len": ("<u2", 8 + 124),
    "args_len": ("<u2", 8 + 126),
    "behaviour": ("<u8", 8 + 128),
    "comm0": ("<u8", 8 + 136),
    "comm1": ("<u8", 8 + 144),
    "parts": ("u1", 8 + 152),
    "form": ("u1", 8 + 153),
    "profile": ("<u4", 8 + 156),
    "data": ("V88", 8 + 160),
    "body": ("V248", 8),
}
SLOT_DTYPE: np.dtype[np.void] = np.dtype(
    {
        "names": list(FIELDS),
        "formats": [kind for kind, _ in FIELDS.values()],
        "offsets": [offset for _, offset in FIELDS.values()],
        "itemsize": SLOT_BYTES,
    }
)
EVENT_BLOCK: np.dtype[np.void] = np.dtype("V128")
MAX_KIND = max(EventKind)
MAX_ORIGIN = 4
ALL_FLAGS = int(sum(EventFlag))


def slots_of(data: bytes | bytearray | memoryview) -> Slots:
    """The bytes as slots, without copying. Raises FormatError where they are not whole slots."""
    if len(data) % SLOT_BYTES:
        raise FormatError(f"The ring's bytes end within a record ({len(data)} bytes).", "Give whole slots of 256 bytes.")
    return np.frombuffer(data, dtype=SLOT_DTYPE)
