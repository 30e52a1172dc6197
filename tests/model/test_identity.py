"""The ids of assets."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.model import identity


def test_ids_are_pinned() -> None:
    """An id never changes between versions: stores of before still name the same assets."""
    assert identity.node_id("m1") == "node-149be5a6ab60d4ae15fcdda7"
    assert identity.image_id("sha256:1") == "img-5a392e4a4bdae8aab4e0aff1"


@given(st.text(), st.text(), st.text())
def test_kinds_do_not_meet(one: str, two: str, three: str) -> None:
    """Equal parts give different ids for different kinds of asset."""
    made = [
        identity.node_id(one),
        identity.image_id(one),
        identity.container_id(one, two),
        identity.workload_id(one, two, three),
        identity.process_id(one, 1),
    ]
    assert len({each.partition("-")[0] for each in made}) == len(made)


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_processes_of_one_node_differ_by_key(one: int, other: int) -> None:
    """A reused pid has another key and so another id; another node's equal key too."""
    assert (identity.process_id("n", one) == identity.process_id("n", other)) == (one == other)
    assert identity.process_id("n", one) != identity.process_id("m", one)
