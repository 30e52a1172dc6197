"""Incidents in their table."""

from __future__ import annotations

import threading

from periderm.adapters.store_sql.store import SqlStore
from periderm.model.errors import StoreError
from periderm.model.incident import ChainStep
from periderm.model.query import Query
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests.ports.plugs import incident


def test_an_incident_is_found_by_its_steps(store: SqlStore) -> None:
    """What was acted on is part of the text."""
    step = ChainStep(
        alert_id="a",
        detector="RUN-007",
        tactic="TA0006",
        technique="T1003.008",
        time=1,
        title=Text("Read a credential file", "读取凭据文件"),
        message=Text("cat read /etc/shadow", "cat 读取 /etc/shadow"),
        severity=Severity.HIGH,
        process_key=1,
        object="/etc/shadow",
    )
    store.put_incident(incident(1, chain=(step,)))
    store.put_incident(incident(2))
    for words in ("/ETC/shadow", "凭据"):
        assert [item.id for item in store.incidents(Query(text=words)).items] == ["inc-0001"]


def test_of_two_changes_of_one_revision_the_second_is_noticed(store: SqlStore) -> None:
    """Two people, each with revision 1 before them: one makes revision 2, whoever then puts revision 1 again is told."""
    store.put_incident(incident(revision=1))
    refused: list[StoreError] = []

    def change(revision: int) -> None:
        try:
            store.put_incident(incident(revision=revision))
        except StoreError as error:
            refused.append(error)

    threads = [threading.Thread(target=change, args=(revision,)) for revision in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = store.incident("inc-0001")
    assert found is not None
    assert found.revision == 8
    assert all(error.next_step for error in refused)


def test_the_worst_first(store: SqlStore) -> None:
    """By severity, then the newest."""
    for number, severity in enumerate((Severity.LOW, Severity.CRITICAL, Severity.LOW, Severity.HIGH)):
        store.put_incident(incident(number, severity=severity, last_time=number))
    assert [item.id[-1] for item in store.incidents(Query(order="severity")).items] == ["1", "3", "2", "0"]
