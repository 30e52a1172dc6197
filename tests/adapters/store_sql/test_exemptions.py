"""Exceptions in their table."""

from __future__ import annotations

from periderm.adapters.store_sql.store import SqlStore
from periderm.model.exception import Exemption, Scope

SCOPE = Scope(
    findings=("CVE-2099-1", "IMG-021"),
    images=("shop/*",),
    digests=("sha256:1",),
    packages=("pkg:npm/lodash",),
    paths=("srv/**",),
)
ONE = Exemption(
    id="exc-1", reason="理由", owner="ada", expires=2**62, scope=SCOPE, created=5, created_by="user:ada", source="store"
)


def test_an_exception_comes_back_whole(store: SqlStore) -> None:
    """With all that it is for."""
    store.put_exemption(ONE)
    store.put_exemption(ONE)
    assert store.exemptions() == [ONE]
    store.remove_exemption("exc-1")
    assert store.exemptions() == []
