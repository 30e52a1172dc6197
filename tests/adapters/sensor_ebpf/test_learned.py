"""What the kernel is told to be normal, on a map of paper: whose it is, and what goes when room is short."""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt

from periderm.adapters.sensor_ebpf.learned import LEARNED, Learned
from periderm.adapters.sensor_ebpf.libbpf import Map
from periderm.model.errors import SensorError


class PaperMap(dict[int, int]):
    """Keys with how often each happened."""

    def get_all(self) -> tuple[bytes, bytes]:
        """As the kernel gives them."""
        values = np.zeros(len(self), LEARNED)
        values["count"] = list(self.values())
        return np.array(list(self), np.uint64).tobytes(), values.tobytes()

    def put_batch(self, keys: bytes, values: bytes, count: int) -> None:
        """Writes."""
        assert len(keys) == 8 * count
        assert len(values) == LEARNED.itemsize * count
        self.update(dict.fromkeys(np.frombuffer(keys, np.uint64).tolist(), 0))

    def remove_batch(self, keys: bytes, count: int) -> None:
        """Deletes."""
        assert len(keys) == 8 * count
        for key in np.frombuffer(keys, np.uint64).tolist():
            self.pop(key, None)


def learned(paper: PaperMap, most: int = 100) -> Learned:
    """On that map."""
    return Learned(cast(Map, paper), most)


def keys(*numbers: int) -> npt.NDArray[np.uint64]:
    """As the sensor gives them."""
    return np.array(numbers, np.uint64)


def test_what_is_known_is_written_once_and_its_count_stays() -> None:
    """To learn again what is known does not begin to count anew."""
    paper = PaperMap()
    table = learned(paper)
    table.add("a", keys(1, 2))
    paper[1] = 7
    table.add("a", keys(1, 2, 3))
    assert paper == {1: 7, 2: 0, 3: 0}
    assert len(table) == 3


def test_a_workload_is_forgotten_alone() -> None:
    """What two share stays for the other."""
    paper = PaperMap()
    table = learned(paper)
    table.add("a", keys(1, 2))
    table.add("b", keys(2, 3))
    table.forget("a")
    assert set(paper) == {2, 3}
    table.forget("a")
    table.clear()
    assert paper == {}
    assert len(table) == 0


def test_what_an_earlier_agent_loaded_goes() -> None:
    """Nobody knows any more of which workload it was, so nobody could ever take it out."""
    paper = PaperMap({9: 5})
    assert len(learned(paper)) == 0
    assert paper == {}


def test_when_room_is_short_what_happens_least_goes() -> None:
    """The map is never full, and what happened since the last time stays before what only happened once, long ago."""
    paper = PaperMap()
    table = learned(paper, 100)
    for start in range(0, 100, 20):
        table.add("a", np.arange(start, start + 20, dtype=np.uint64))
    for key in range(40, 100):
        paper[key] = 1_000
    table.add("b", keys(*range(200, 210)))
    assert len(paper) == len(table) == 85
    assert set(range(40, 100)) <= set(paper)
    assert set(range(200, 210)) <= set(paper)
    for key in range(200, 210):
        paper[key] = 5  # the only ones that still happen
    table.add("b", np.arange(300, 320, dtype=np.uint64))
    assert len(paper) <= 100
    assert set(range(200, 210)) <= set(paper)


def test_a_flood_of_behaviours_never_fills_the_map() -> None:
    """However many come, in whatever portions."""
    paper = PaperMap()
    table = learned(paper, 100)
    for start in range(0, 5_000, 70):
        table.add(f"w{start % 3}", np.arange(start, start + 70, dtype=np.uint64))
        assert len(paper) == len(table) <= 100


class Short(PaperMap):
    """A kernel that has memory for one entry more."""

    def put_batch(self, keys: bytes, values: bytes, count: int) -> None:
        """Takes the first, and no more."""
        super().put_batch(keys[:8], values[: LEARNED.itemsize], 1)
        raise SensorError("The kernel side took 1 of many entries: Cannot allocate memory.")


def test_a_kernel_without_memory_knows_nothing_and_nothing_breaks() -> None:
    """What was taken in part is taken out: it would be counted, and nobody would know whose it is."""
    paper = Short()
    table = learned(paper)
    table.add("a", keys(1, 2, 3))
    assert paper == {}
    assert len(table) == 0
