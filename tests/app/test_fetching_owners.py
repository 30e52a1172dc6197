"""Fetching tables on a thread of the server."""

from __future__ import annotations

import threading

import msgspec

from periderm.app.application import Application
from periderm.app.fetching_owners import fetching_owners
from periderm.model.owner_table import OwnerSource, OwnerTable
from periderm.ports.owner_documents import OwnerDocument


class _Cmdb:
    """Says that it was asked."""

    def __init__(self) -> None:
        self.asked = threading.Event()

    def fetch(self, source: OwnerSource) -> OwnerDocument | None:
        """`ports.owner_documents.OwnerDocuments`."""
        del source
        self.asked.set()
        return OwnerDocument(b"name,owner\nx,y\n")


def test_what_is_due_is_fetched_while_the_server_runs(empty: Application) -> None:
    """And nothing where nothing can be; what is under way at the end is finished."""
    empty.store.put_owner_table(OwnerTable(id="far", fetch=OwnerSource(address="https://cmdb.test/x.csv")))
    with fetching_owners(empty):
        pass
    cmdb = _Cmdb()
    with fetching_owners(msgspec.structs.replace(empty, owner_documents=cmdb)):
        assert cmdb.asked.wait(180)
    assert len(empty.store.owner_tables()[0].rows) == 1
