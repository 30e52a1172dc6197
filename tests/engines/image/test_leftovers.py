"""Ends of paths of what builds leave behind."""

from __future__ import annotations

from periderm.engines.image.leftovers import CACHES, LEFTOVERS, REPOSITORIES, ROOT_REPOSITORIES


def test_they_are_ends_of_paths() -> None:
    """A repository's file lies below a folder; the root's own has none before it; a cache is a folder."""
    assert all(end.startswith("/") for end in REPOSITORIES)
    assert not any(path.startswith("/") for path in (*ROOT_REPOSITORIES, *CACHES))
    assert set(LEFTOVERS) >= set(REPOSITORIES) | set(CACHES)
