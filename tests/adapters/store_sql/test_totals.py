"""Totals of long lists are remembered for some seconds, those of short ones never."""

from __future__ import annotations

from periderm.adapters.store_sql.totals import KEPT_NS, MANY, MOST_KEPT, Totals
from periderm.model.query import Query


def test_a_short_list_is_counted_each_time() -> None:
    """What people and tests see of a usual installation is exact."""
    totals, rows = Totals(), iter((3, MANY - 1, 5))
    assert [totals.total("alert", Query(), 0, lambda: next(rows)) for _ in range(3)] == [3, MANY - 1, 5]


def test_a_long_list_is_counted_now_and_then() -> None:
    """Its pages share the count, whatever their size, order and place; another filter and another family have their own."""
    totals, rows = Totals(), iter((MANY, MANY + 7, 1, 2))

    def ask(now: int, what: str = "alert", **query: object) -> int:
        return totals.total(what, Query(**query), now, lambda: next(rows))  # type: ignore[arg-type]  # fields of a query

    assert ask(0) == ask(1, limit=7, cursor="x", order="severity") == ask(KEPT_NS - 1, skip=5) == MANY
    assert ask(KEPT_NS) == MANY + 7
    assert ask(KEPT_NS, state="new") == 1
    assert ask(KEPT_NS, "incident") == 2
    assert ask(KEPT_NS + 1) == MANY + 7


def test_what_is_remembered_is_bounded() -> None:
    """Whoever asks a thousand questions fills no memory."""
    totals = Totals()
    for number in range(3 * MOST_KEPT):
        totals.total("alert", Query(text=str(number)), 0, lambda: MANY)
    assert len(totals._kept) == MOST_KEPT
