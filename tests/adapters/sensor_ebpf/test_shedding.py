"""What the kernel side gives up, on paper and on the real kernel."""

from __future__ import annotations

import itertools
import struct
from pathlib import Path

import pytest

from periderm.adapters.sensor_ebpf import EbpfSensor
from periderm.adapters.sensor_ebpf.attribution import profile_of
from periderm.adapters.sensor_ebpf.shedding import mask_of, own_use, read_counts, write_level
from periderm.model.event import EventKind
from periderm.model.shedding import MOST_SHED, Detail
from tests.adapters.sensor_ebpf import watching
from tests.adapters.sensor_ebpf.watching import NODE, events_of, of_kind


class PaperMap:
    """A map of bytes."""

    def __init__(self, values: dict[bytes, bytes]) -> None:
        self.values = values

    def get(self, key: bytes) -> bytes | None:
        """The value."""
        return self.values.get(key)

    def put(self, key: bytes, value: bytes) -> None:
        """Writes."""
        self.values[key] = value

    def keys(self) -> list[bytes]:
        """All."""
        return list(self.values)


def test_each_level_has_the_bits_of_those_below() -> None:
    """And never one of a kind that must not be lost."""
    masks = [mask_of(level) for level in range(MOST_SHED + 1)]
    assert masks[0] == masks[1] == 0
    assert all(low & high == low for low, high in itertools.pairwise(masks))
    for kind in (EventKind.EXEC, EventKind.CONNECT, EventKind.CREDENTIALS, EventKind.SETUID, EventKind.RENAME, EventKind.OPEN):
        assert not masks[-1] >> kind & 1


def test_the_level_is_written_beside_what_is_there() -> None:
    """Heartbeat, seeds and version stay; repeats wait ten times as long."""
    control = PaperMap({bytes(4): struct.pack("<6Q", 1, 100, 3, 4, 5, 0)})
    write_level(control, 2, 100)  # type: ignore[arg-type]  # paper instead of the kernel
    assert struct.unpack("<6Q", control.values[bytes(4)]) == (1, 1000, 3, 4, 5, mask_of(2))
    write_level(control, 0, 100)  # type: ignore[arg-type]  # likewise
    assert struct.unpack("<6Q", control.values[bytes(4)]) == (1, 100, 3, 4, 5, 0)


def test_counts_are_those_of_a_subject_or_of_the_node() -> None:
    """By profile; what nobody knows is the node's; bits without a name are left."""
    one = struct.pack("<Q", 2)
    counts = PaperMap(
        {
            struct.pack("<II", profile_of(NODE), EventKind.DNS): one,
            struct.pack("<II", 77, EventKind.DNS): one,
            struct.pack("<II", 77, 5): one,
        }
    )
    told = read_counts(counts, [NODE])  # type: ignore[arg-type]  # paper instead of the kernel
    assert [(each.asset_id, each.detail, each.count) for each in told] == [(NODE.id, Detail.DNS, 4)]
    assert read_counts(counts, []) == []  # type: ignore[arg-type]  # likewise


def test_own_use(tmp_path: Path) -> None:
    """CPU grows, memory is some; without the kernel's figures the peak is taken."""
    cpu, memory = own_use()
    assert cpu > 0
    assert memory > 1 << 20
    assert own_use(tmp_path / "none")[1] >= 1 << 20


@pytest.mark.root
def test_details_are_given_up_counted_and_taken_up_again(live: EbpfSensor, tmp_path: Path) -> None:
    """Questions and reads go, programs and writes stay; what went is counted for its subject."""
    (tmp_path / "read").write_text("x")
    live.shed(MOST_SHED)
    events = events_of(live, "dns-sendto", fresh=True) + events_of(live, "openat", str(tmp_path / "read"), fresh=True)
    events += events_of(live, "creat", str(tmp_path / "written"), fresh=True)
    assert of_kind(events, EventKind.DNS) == []
    assert str(tmp_path / "read") not in {event.text for event in events}
    assert str(tmp_path / "written") in {event.text for event in of_kind(events, EventKind.OPEN)}
    assert len(of_kind(events, EventKind.EXEC)) >= 3
    counts = {each.detail: each.count for each in live.shed_counts()}
    assert counts[Detail.DNS] >= 1
    assert counts[Detail.READS] >= 1
    assert live.counters().other["shed"] >= 2
    live.shed(0)
    assert len(of_kind(events_of(live, "dns-sendto", fresh=True), EventKind.DNS)) == 1
    assert live.pressure().cpu_seconds > 0
    assert watching.until(lambda: live.pressure().ring < 0.5)
