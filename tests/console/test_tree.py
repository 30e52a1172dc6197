"""The process tree."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.console.tree import DEEPEST, branches
from periderm.model.alert import ProcessRecord


def process(key: int, parent: int, started: int = 0) -> ProcessRecord:
    """One."""
    return ProcessRecord(key=key, parent=parent, pid=key, exe=f"/bin/p{key}", started=started)


def test_it_reads_like_pstree() -> None:
    """Children below their parent, in order of start, with the branch before the name."""
    told = branches([process(4, 2, 4), process(1, 0), process(3, 1, 3), process(2, 1, 2), process(5, 2, 5)])
    assert [f"{b.lines}{b.process.key}" for b in told] == ["1", "├─2", "│ ├─4", "│ └─5", "└─3"]
    assert [b.depth for b in told] == [0, 1, 2, 2, 1]


keys = st.integers(0, 12)


@given(st.lists(st.tuples(keys, keys), max_size=20, unique_by=lambda p: p[0]))
def test_every_process_stands_once(pairs: list[tuple[int, int]]) -> None:
    """Whatever the parents are: missing, themselves, in a ring."""
    told = branches([process(key, parent) for key, parent in pairs])
    assert sorted(b.process.key for b in told) == sorted(key for key, _ in pairs)


def test_a_chain_of_thousands_stays_narrow() -> None:
    """A hostile chain of forks neither recurses nor fills the page with lines."""
    told = branches([process(i, i - 1, i) for i in range(1, 5000)])
    assert len(told) == 4999
    assert max(len(b.lines) for b in told) <= 2 * DEEPEST + 4
