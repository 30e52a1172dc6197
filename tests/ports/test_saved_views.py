"""What every store promises of views that people keep."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.model.saved_view import SavedView
from periderm.ports.store import Store
from tests.ports.plugs import STORES


@pytest.fixture(params=STORES, ids=lambda plug: plug.name)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An open, empty store."""
    opened = request.param.open(tmp_path)
    yield opened
    opened.close()


def test_a_view_takes_the_place_of_its_id(store: Store) -> None:
    """And is there until it is removed."""
    store.put_view(SavedView(id="v", name="a", page="incidents", author="ada"))
    again = SavedView(id="v", name="b", page="incidents", state="q=x", author="ada")
    store.put_view(again)
    assert list(store.views("ada")) == [again]
    assert store.view("v") == again
    assert store.remove_view("v")
    assert not store.remove_view("v")
    assert store.view("v") is None


def test_others_see_what_is_shared(store: Store) -> None:
    """And nothing else of one."""
    store.put_view(SavedView(id="1", name="mine", page="audit", author="ada"))
    store.put_view(SavedView(id="2", name="ours", page="audit", author="ada", shared=True))
    assert [view.id for view in store.views("bo")] == ["2"]
    assert [view.id for view in store.views("ada", "audit")] == ["1", "2"]
    assert list(store.views("ada", "events")) == []


def test_an_empty_store_completes_nothing(store: Store) -> None:
    """Whatever is asked."""
    assert list(store.names_like("asset", "", 10)) == []
    assert list(store.names_like("asset", "%_\\", 10, ())) == []
