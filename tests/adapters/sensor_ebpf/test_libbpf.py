"""The library and its maps, on the live sensor's own maps."""

from __future__ import annotations

import struct

import pytest

from periderm.adapters.sensor_ebpf import EbpfSensor, libbpf
from periderm.adapters.sensor_ebpf.libbpf import Libbpf, Map
from periderm.model.errors import SensorError
from tests.adapters.sensor_ebpf.watching import pin_dir


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence and the package."""
    monkeypatch.setattr(libbpf, "LIBRARY", "libbpf-that-is-not-here.so.9")
    with pytest.raises(SensorError, match="libbpf1"):
        Libbpf()


@pytest.mark.root
def test_maps_hold_what_is_put(live: EbpfSensor) -> None:
    """One entry, many in a batch, none after clearing; a full map is an error."""
    library = Libbpf()
    ignored = Map(library, library.get_pinned(f"{pin_dir('test_libbpf')}/map_ignored"), 8, 4)
    assert ignored.entries() == 256
    ignored.put(struct.pack("<Q", 5), struct.pack("<I", 6))
    assert ignored.get(struct.pack("<Q", 5)) == struct.pack("<I", 6)
    assert ignored.get(struct.pack("<Q", 7)) is None
    ignored.clear()
    assert ignored.get(struct.pack("<Q", 5)) is None
    ignored.put_batch(struct.pack("<256Q", *range(256)), struct.pack("<256I", *range(256)), 256)
    assert ignored.get(struct.pack("<Q", 63)) == struct.pack("<I", 63)
    with pytest.raises(SensorError, match="refuses"):
        ignored.put(struct.pack("<Q", 999), struct.pack("<I", 0))
    ignored.clear()
    ignored.close()


@pytest.mark.root
def test_what_is_not_pinned_is_an_error() -> None:
    """With its path."""
    with pytest.raises(SensorError, match="/sys/fs/bpf/nothing-here"):
        Libbpf().get_pinned("/sys/fs/bpf/nothing-here")


@pytest.mark.root
def test_a_whole_map_is_read_and_parts_of_it_go_in_one_call(live: EbpfSensor) -> None:
    """However many there are; what is not there does not keep the rest."""
    library = Libbpf()
    ignored = Map(library, library.get_pinned(f"{pin_dir('test_libbpf')}/map_ignored"), 8, 4)
    ignored.clear()
    assert ignored.get_all() == (b"", b"")
    ignored.put_batch(struct.pack("<256Q", *range(256)), struct.pack("<256I", *range(256)), 256)
    keys, values = ignored.get_all()
    pairs = dict(zip(struct.unpack("<256Q", keys), struct.unpack("<256I", values), strict=True))
    assert pairs == {number: number for number in range(256)}
    ignored.remove_batch(struct.pack("<5Q", 3, 999, 4, 1000, 5), 5)
    assert len(ignored.get_all()[0]) == 253 * 8
    assert ignored.get(struct.pack("<Q", 5)) is None
    ignored.clear()
    ignored.close()
