"""One question of a node."""

from __future__ import annotations

import pytest

from periderm.app.application import Application
from periderm.app.orders import MOST_WORKLOADS, board_of, is_news, orders_since
from periderm.app.respond import order
from periderm.model.errors import DeniedError, LimitError
from periderm.model.orders import Known
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from periderm.server.callers import SERVICE
from tests.story import INCIDENT_ID, NODE_ID


def test_an_order_reaches_its_node_and_no_other(told: Application) -> None:
    """By what the certificate says; a machine asks only for itself."""
    record = order(told, LOCAL_ADMIN, INCIDENT_ID, "pause-container")
    found = orders_since(told, SERVICE, Known(node_id=NODE_ID))
    assert found.effects == (record.effect,)
    assert is_news(told, SERVICE, Known(node_id=NODE_ID))
    other = Principal("node:x", frozenset({Permission.INGEST}), "nod-other")
    assert orders_since(told, other, Known()).effects == ()
    with pytest.raises(DeniedError):
        orders_since(told, other, Known(node_id=NODE_ID))


def test_all_doors_read_one_board(told: Application) -> None:
    """So that the store is asked once for all machines."""
    assert board_of(told) is board_of(told)


def test_too_much_in_one_question_is_refused(told: Application) -> None:
    """A machine has only so many workloads."""
    with pytest.raises(LimitError):
        orders_since(told, SERVICE, Known(workloads=("w",) * (MOST_WORKLOADS + 1)))
