"""Merkle paths, against the recursive definition of RFC 6962."""

from __future__ import annotations

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.algorithms.sigstore.merkle import LONGEST_PATH, leaf_hash, node_hash, root_of
from tests.sigstore import Tree


@given(st.integers(1, 70), st.data())
def test_every_leaf_leads_to_the_root(size: int, data: st.DataObject) -> None:
    """In a tree of any size, for any leaf."""
    index = data.draw(st.integers(0, size - 1))
    tree = Tree([b"leaf %d" % number for number in range(size)])
    assert root_of(leaf_hash(tree.leaves[index]), index, size, tree.path(index)) == tree.root()


@settings(max_examples=200)
@given(st.integers(2, 40), st.data())
def test_no_other_path_does(size: int, data: st.DataObject) -> None:
    """Another leaf, another place, a changed, missing or added hash: another root, or none."""
    index = data.draw(st.integers(0, size - 1))
    tree = Tree([b"leaf %d" % number for number in range(size)])
    path, leaf = tree.path(index), leaf_hash(tree.leaves[index])
    changed = [
        (leaf_hash(b"other"), index, size, path),
        (leaf, index, size, path[:-1]),
        (leaf, index, size, [*path, bytes(32)]),
    ]
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        changed.append((leaf, other, size, path))
    if path:
        place, bit = data.draw(st.integers(0, len(path) - 1)), data.draw(st.integers(0, 255))
        flipped = bytearray(path[place])
        flipped[bit // 8] ^= 1 << bit % 8
        changed.append((leaf, index, size, [*path[:place], bytes(flipped), *path[place + 1 :]]))
    assert all(root_of(*each) != tree.root() for each in changed)


def test_what_is_no_path() -> None:
    """Numbers outside the tree, hashes of another length, paths without end: none leads anywhere."""
    leaf = leaf_hash(b"x")
    assert root_of(leaf, 0, 1, []) == leaf
    for index, size in ((-1, 1), (1, 1), (0, 0), (5, -3)):
        assert root_of(leaf, index, size, []) == b""
    assert root_of(leaf, 0, 2, [b"short"]) == b""
    assert root_of(leaf, 0, 1 << 80, [bytes(32)] * (LONGEST_PATH + 1)) == b""


def test_leaves_and_nodes_are_hashed_apart() -> None:
    """A node's bytes as a leaf have another hash: nobody can show the inside of a tree as an entry."""
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert node_hash(left, right) != leaf_hash(left + right)
    assert node_hash(left, right) == hashlib.sha256(b"\x01" + left + right).digest()
