"""The process tree in a terminal: right for honest input, bounded for any."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.cli.tree import MOST, draw
from periderm.model.alert import ProcessRecord


def process(key: int, parent: int, **more: object) -> ProcessRecord:
    """A record with a name made of its key."""
    return ProcessRecord(key=key, parent=parent, pid=key, exe=f"/bin/p{key}", started=key, **more)  # type: ignore[arg-type]


def test_it_reads_like_pstree() -> None:
    """Children below their parent, in the order in which they started."""
    lines = draw([process(3, 1), process(1, 0), process(2, 1), process(4, 2)], "en")
    assert lines == ["/bin/p1 (1)", "├─ /bin/p2 (2)", "│  └─ /bin/p4 (4)", "└─ /bin/p3 (3)"]


def test_what_changed_is_marked() -> None:
    """By a sign and by words, so that nothing is told by colour alone."""
    (line,) = draw([process(1, 0, drifted=True, killed=True, tty=True, how="nsenter")], "en")
    assert line == "✗ /bin/p1 (1)  not in the image · killed in the kernel · terminal · entered by nsenter"
    assert draw([process(1, 0, drifted=True)], "zh") == ["▲ /bin/p1 (1)  镜像中没有"]


def test_a_masquerade_is_shown() -> None:
    """A program that calls itself otherwise is shown by both names."""
    (line,) = draw([process(1, 0, argv=("nginx: worker",))], "en")
    assert line == "/bin/p1 [nginx: worker] (1)"


def test_a_loop_is_drawn_once() -> None:
    """Two records that name each other as parent, and one that names itself."""
    assert draw([process(1, 2), process(2, 1)], "en") == ["/bin/p1 (1)", "└─ /bin/p2 (2)"]
    assert draw([process(1, 1)], "en") == ["/bin/p1 (1)"]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=80))
def test_every_process_once_whatever_the_parents(pairs: list[tuple[int, int]]) -> None:
    """No input loses a process or draws one twice."""
    records = [process(key, parent) for key, parent in pairs]
    lines = draw(records, "en")
    shown = sorted(int(line.rpartition("(")[2].rstrip(")")) for line in lines if not line.startswith("…"))
    known = sorted({key for key, _ in pairs})
    assert shown == known or lines[-1].startswith("…")


def test_a_flood_is_bounded_and_counted() -> None:
    """Wide and deep trees end, and say how much is left out."""
    wide = draw([process(key, 0) for key in range(1, MOST + 101)], "en")
    assert len(wide) == MOST + 1
    assert wide[-1] == "… 100 more processes"
    deep = draw([process(key, key - 1) for key in range(1, 1001)], "en")
    assert len(deep) <= MOST + 1
