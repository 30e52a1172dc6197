"""The matrix of techniques, and who sees what."""

from __future__ import annotations

from periderm.app.coverage import coverage
from periderm.model import attack

UNTAGGED = ("T1036.010", "T1059.013", "T1110.004", "T1204.003", "T1490", "T1496.002", "T1525", "T1612")


def test_each_technique_is_seen_or_said_to_be_blind() -> None:
    """No technique of the matrix is passed over in silence."""
    silent = [covered.id for covered in coverage() if not covered.seen and not covered.blind.en]
    assert silent == []


def test_the_eight_that_nobody_tags() -> None:
    """What no public rule corpus names is named here, or is told as a blind spot."""
    covered = {c.id: c for c in coverage()}
    assert [i for i in UNTAGGED if not covered[i].seen and not covered[i].blind.en] == []


def test_a_parent_counts_what_its_children_see() -> None:
    """A detector of a sub-technique stands under the technique too, once."""
    covered = {c.id: c for c in coverage()}
    above, below = (tuple(s.id for s in covered[i].seen) for i in ("T1496", "T1496.001"))
    assert below
    assert set(below) <= set(above)
    assert len(set(above)) == len(above)


def test_blind_spots_are_of_the_matrix() -> None:
    """Each said in both languages, of a technique that there is."""
    assert set(attack.BLIND_SPOTS) <= set(attack.CONTAINERS)
    assert all(text.en and text.zh for text in attack.BLIND_SPOTS.values())
    assert len(set(attack.CONTAINERS)) == len(attack.CONTAINERS) == 48
