"""Files in use, merged."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.model.usage import FilesInUse, merge

USES = st.builds(
    FilesInUse,
    image_digest=st.just("sha256:a"),
    node_id=st.sampled_from(["n1", "n2"]),
    paths=st.lists(st.text(max_size=3), max_size=5).map(lambda paths: tuple(sorted(set(paths)))),
    since=st.integers(0, 9),
    time=st.integers(0, 9),
    listening=st.none() | st.sets(st.sampled_from(["0.0.0.0:80", "[::]:22", "127.0.0.1:1"])).map(lambda p: tuple(sorted(p))),
)


@given(USES, USES, USES)
def test_merging_is_a_law(a: FilesInUse, b: FilesInUse, c: FilesInUse) -> None:
    """In any order and however often: reports of many nodes may arrive twice and late."""
    assert merge(a, b) == merge(b, a)
    assert merge(merge(a, b), c) == merge(a, merge(b, c))
    assert merge(a, a) == a
