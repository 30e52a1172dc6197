"""Rows of a namespace that nobody told of yet find their container."""

from __future__ import annotations

import msgspec

from periderm.flow.attribute import Attribution
from periderm.model.asset import Container
from tests.flow.conftest import CONTAINER, NODE
from tests.flow.rows import batch
from tests.flow.test_control import Clock
from tests.flow.test_control import Runtime as Records
from tests.flow.test_watch import SERVER

STRANGER = {**SERVER, "subject": 0}


class Late(Records):
    """A runtime that writes its record only after some questions."""

    def __init__(self, patience: int) -> None:
        super().__init__()
        self.patience = patience

    def identify(self, pid: int) -> Container | None:
        self.patience -= 1
        return CONTAINER if self.patience < 0 else None


def test_known_rows_cost_nothing() -> None:
    """A batch in which all is known is handed on as it is."""
    given = batch(SERVER, {**SERVER, "subject": 0, "mntns": NODE.mount_namespace})
    same, found = Attribution(NODE, [Late(0)], Clock()).apply(given)
    assert same is given
    assert found == []


def test_a_new_container_is_found_and_its_rows_are_its_own() -> None:
    """The rows get the container as subject; the given batch is not changed."""
    given = batch(STRANGER, STRANGER, subjects=(NODE,))
    attribution = Attribution(NODE, [Late(0)], Clock())
    patched, found = attribution.apply(given)
    assert found == [CONTAINER]
    assert [patched.event(i).subject for i in range(2)] == [CONTAINER, CONTAINER]
    assert given.event(0).subject == NODE
    again, found = attribution.apply(batch(STRANGER, subjects=(NODE,)))
    assert found == []
    assert again.event(0).subject == CONTAINER


def test_a_late_record_is_found_soon() -> None:
    """A runtime that is a moment late is asked again within a fraction of a second."""
    clock = Clock()
    attribution = Attribution(NODE, [Late(2)], clock)
    waited = 0
    while not attribution.apply(batch(STRANGER, subjects=(NODE,)))[1]:
        clock.steady += 10**6
        waited += 1
    assert waited <= 100  # milliseconds


def test_replace_tells_whether_it_is_news() -> None:
    """The same containers again are no news."""
    attribution = Attribution(NODE, [], Clock())
    assert attribution.replace([CONTAINER])
    assert not attribution.replace([CONTAINER])
    assert attribution.replace([msgspec.structs.replace(CONTAINER, pid=9)])
    assert attribution.subjects()[0] == NODE
