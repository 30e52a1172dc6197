"""The numbers of the layout are those of bpf/record.h."""

from __future__ import annotations

import re
from pathlib import Path

from periderm.formats.bpf_records import layout
from periderm.model.event import EVENT_DTYPE, EventFlag, EventKind

HEADER = (Path(__file__).resolve().parents[3] / "bpf/record.h").read_text()


def test_a_slot_is_the_ring_header_and_a_record() -> None:
    """256 bytes, of which 128 are a row."""
    assert layout.SLOT_DTYPE.itemsize == layout.SLOT_BYTES == layout.RECORD_BYTES + 8
    assert EVENT_DTYPE.itemsize == 128


def test_numbers_are_those_of_the_kernel_side() -> None:
    """Sizes and limits are written twice; here they are compared."""
    defined = dict(re.findall(r"#define (\w+) (\d+)", HEADER))
    assert int(defined["INLINE_BYTES"]) == layout.INLINE_BYTES
    assert int(defined["PART_BYTES"]) == layout.PART_BYTES
    assert int(defined["DATA_MAX"]) - 1 == layout.DATA_MAX


def test_kinds_are_those_of_the_model() -> None:
    """The C enum counts as EventKind does."""
    listed = re.search(r"enum kind \{(.*?)\};", HEADER, re.DOTALL)
    assert listed
    number, numbers = 0, {}
    for name, given in re.findall(r"\bK_(\w+)(?: = (\d+))?", listed[1]):
        number = int(given) if given else number + 1
        numbers[name] = number
    del numbers["PART"]
    user_space = {EventKind.NONE, EventKind.HOST_STATE, EventKind.CONTENT, EventKind.CONTAINER, EventKind.CPU_USE}
    assert numbers == {kind.name: kind.value for kind in EventKind if kind not in user_space}


def test_flags_are_those_of_the_model() -> None:
    """Every flag of the kernel side has the same number in the model."""
    for name, number in re.findall(r"F_(\w+) = (\d+)", HEADER):
        assert EventFlag[name] == int(number)
