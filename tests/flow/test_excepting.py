"""Which alerts exceptions take away before they become news."""

from __future__ import annotations

from periderm.adapters.store_sql.store import SqlStore
from periderm.flow.excepting import Excepting
from periderm.model.exception import Exemption, Scope
from tests.flow.conftest import IMAGE, T0, alert


def test_the_first_that_fits_is_named(store: SqlStore) -> None:
    """By detector, and by the names of the image that it happened in; one that is over takes nothing."""
    told = alert("RUN-005", at=T0)
    assert Excepting(store, T0).of(told) == ""
    over = Exemption(id="exc-0", reason="x", owner="a", expires=T0, scope=Scope(findings=("RUN-005",)))
    holds = Exemption(id="exc-1", reason="x", owner="a", expires=T0 + 1, scope=Scope(findings=("RUN-005",), images=("web",)))
    store.put_exemption(over)
    store.put_exemption(holds)
    store.put_assets([IMAGE])
    assert Excepting(store, T0).of(told) == "exc-1"
    assert Excepting(store, T0 + 1).of(told) == ""
    assert Excepting(store, T0).of(alert("RUN-006", at=T0)) == ""
    assert Excepting(store, T0, ()).of(told) == ""
