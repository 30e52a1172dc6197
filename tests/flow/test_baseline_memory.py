"""The memory of baselines is read back as it was written, whatever the bytes are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.flow.baseline_memory import Keeper, Memory, from_bytes, to_bytes
from periderm.model.baseline import Baseline


@given(st.text(), st.binary(max_size=200), st.lists(st.text(min_size=1), max_size=5, unique=True))
def test_it_comes_back(boot_id: str, state: bytes, workloads: list[str]) -> None:
    """Every boot id, every snapshot, every set of workloads."""
    memory = Memory(boot_id=boot_id, state=state, baselines=tuple(Baseline(workload_id=name) for name in workloads))
    assert from_bytes(to_bytes(memory)) == memory


@given(st.binary(max_size=300))
def test_no_bytes_are_too_strange(data: bytes) -> None:
    """It is a memory or none, and never an error."""
    found = from_bytes(data)
    assert found is None or isinstance(found, Memory)


def test_only_the_newest_memory_is_written() -> None:
    """Whoever writes seldom writes the last one; nothing is written twice."""
    written: list[bytes] = []
    keeper = Keeper(written.append)
    keeper.write_waiting()
    for number in range(3):
        keeper.give(Memory(boot_id=str(number), state=b""))
    keeper.write_waiting()
    keeper.write_waiting()
    assert written == [to_bytes(Memory(boot_id="2", state=b""))]
