"""What a node asks for while it lives: one question that answers at once if something is new, and else when it is."""

from __future__ import annotations

import threading
from weakref import WeakKeyDictionary

from periderm.app.application import Application, require
from periderm.app.serve_fleet import own_node
from periderm.flow.board import Board
from periderm.model.errors import LimitError
from periderm.model.orders import MOST_TAKEN, Known, Orders
from periderm.model.principal import Permission, Principal
from periderm.ports.store import Store

MOST_WORKLOADS = 2_000  # of one node
_boards: WeakKeyDictionary[Store, Board] = WeakKeyDictionary()
_making = threading.Lock()


def board_of(app: Application) -> Board:
    """The one of this process: all of its doors read the same."""
    with _making:
        if app.store not in _boards:
            _boards[app.store] = Board(app.store, app.clock)
        return _boards[app.store]


def orders_since(app: Application, who: Principal, known: Known) -> Orders:
    """What is new for the node that asks, which may be nothing. Raises DeniedError for a node that asks for another's,
    LimitError."""
    require(who, Permission.INGEST)
    node_id = own_node(who, known.node_id)
    if len(known.workloads) > MOST_WORKLOADS or len(known.taken) > MOST_TAKEN:
        raise LimitError(f"More than {MOST_WORKLOADS} workloads or {MOST_TAKEN} orders.", "Ask for fewer.")
    board = board_of(app)
    board.refresh()
    return board.since(node_id, known)


def is_news(app: Application, who: Principal, known: Known) -> bool:
    """Whether an answer would say anything new, from what is in memory."""
    return board_of(app).since(who.node_id or known.node_id, known).news
