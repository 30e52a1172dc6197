"""Watched registries in SQL: what the port promises is in tests/ports/test_store_watching.py; here names that look like
patterns, and what is told."""

from __future__ import annotations

from periderm.adapters.store_sql.registries import put_aliases
from periderm.adapters.store_sql.store import SqlStore
from periderm.model.watching import LookState, RegistryTag, WatchedRegistry


def tag(watch: str, repository: str) -> RegistryTag:
    """A tag."""
    return RegistryTag(watch=watch, registry="r.test", repository=repository, tag="v1", digest="sha256:1", last_seen=1)


def test_a_name_is_no_pattern(store: SqlStore) -> None:
    """Signs that mean something in SQL mean nothing in a repository's name."""
    store.put_tags([tag("shop", "we_"), tag("shop", "web"), tag("shop", "%")])
    assert [t.repository for t in store.tags_of("shop", "we_")] == ["we_"]
    assert [t.repository for t in store.tags_of("shop", "%")] == ["%"]


def test_what_changed_is_told_and_what_was_only_seen_again_is_not(store: SqlStore) -> None:
    """Ten thousand tags that are as before must not wake every page."""
    store.put_registry(WatchedRegistry(name="shop", registry="r.test"))
    store.put_look("shop", LookState(looks=1))
    store.put_tags([tag("shop", "web")])
    before = len(store.changes(0))
    assert before == 3
    seen = RegistryTag(watch="shop", registry="r.test", repository="web", tag="v1", digest="sha256:1", last_seen=9)
    store.put_tags([seen])
    assert len(store.changes(0)) == before
    assert store.tags_of("shop") == [seen]


def test_an_image_is_not_its_own_alias(store: SqlStore) -> None:
    """Else it would be counted twice."""
    with store._database.writing() as transaction:
        put_aliases(transaction.connection, "sha256:1", ("sha256:1", "", "sha256:2"))
    assert list(store.digests_of("sha256:1")) == ["sha256:1", "sha256:2"]
