"""Views that people keep, and names to complete with."""

from __future__ import annotations

from periderm.adapters.store_sql.store import SqlStore
from periderm.model.asset import Container, Ownership
from periderm.model.handling import Handling, HandlingKind
from periderm.model.principal import Reach
from periderm.model.saved_view import SavedView


def test_views_are_kept_and_gone(store: SqlStore) -> None:
    """One's own and shared ones, by name."""
    one = SavedView(id="v1", name="b", page="assets", author="ada")
    two = SavedView(id="v2", name="A", page="findings", author="bo", shared=True)
    store.put_view(one)
    store.put_view(two)
    assert list(store.views("ada")) == [two, one]
    assert list(store.views("ada", "assets")) == [one]
    assert list(store.views("cy")) == [two]
    assert store.view("v1") == one
    assert store.remove_view("v1")
    assert not store.remove_view("v1")
    assert store.view("v1") is None


def test_names_are_completed_within_a_part(store: SqlStore) -> None:
    """In their order, each once, at most so many."""
    for n, application in enumerate(("shop", "shop", "bank")):
        owned = Ownership(application=application, owner="Ann")
        box = Container(id=f"con-{n}", name=f"Web-{n}", container_id="1", runtime="podman", node_id="n", ownership=owned)
        store.put_assets([box])
    store.put_handling(Handling(id="inc-1", kind=HandlingKind.INCIDENT, assignee="ada", asset_id="con-2"))
    shop = (Reach(application="shop"),)
    assert store.names_like("container", "WEB", 9) == ["web-0", "web-1", "web-2"]
    assert store.names_like("asset", "web", 2) == ["web-0", "web-1"]
    assert store.names_like("container", "web", 9, shop) == ["web-0", "web-1"]
    assert store.names_like("owner", "", 9) == ["ann"]
    assert store.names_like("assignee", "a", 9) == ["ada"]
    assert store.names_like("assignee", "a", 9, shop) == []
    assert store.names_like("cve", "cve", 9) == store.names_like("package", "x", 9, shop) == []
