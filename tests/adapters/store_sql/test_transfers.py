"""Verdicts, where results came from, and transfers in their tables."""

from __future__ import annotations

import msgspec

from periderm.adapters.store_sql.store import SqlStore
from periderm.model.transfer import Carried, Transfer
from tests.building import VERDICT

CARRIED = Carried(image_digest="sha256:a", source="dev", signer="k", scanned=1, exported=2, imported=3)
TRANSFER = Transfer(id="import 1", direction="import", source="dev", signer="k", exported=5, time=6, by="me", images=1)


def test_the_newest_verdict_of_each_network(store: SqlStore) -> None:
    """An older one does not replace it; another network's stands beside it."""
    newer = msgspec.structs.replace(VERDICT, passed=False, time=VERDICT.time + 1)
    other = msgspec.structs.replace(VERDICT, source="dev", signer="k", time=VERDICT.time - 1)
    for verdict in (VERDICT, newer, VERDICT, other):
        store.put_verdict(verdict)
    assert store.verdicts(VERDICT.image_digest) == [newer, other]
    assert store.verdicts("sha256:none") == []


def test_where_a_result_came_from(store: SqlStore) -> None:
    """Until it is taken away."""
    assert store.carried("sha256:a") is None
    store.put_carried(CARRIED)
    assert store.carried("sha256:a") == CARRIED
    store.remove_carried("sha256:a")
    assert store.carried("sha256:a") is None


def test_the_record_of_transfers(store: SqlStore) -> None:
    """Newest first, the first word about one stays; the last export counts imports of that signer and network only."""
    later = msgspec.structs.replace(TRANSFER, id="import 2", time=9, exported=8)
    export = msgspec.structs.replace(TRANSFER, id="export 3", direction="export", exported=99, time=1)
    for transfer in (TRANSFER, later, export, msgspec.structs.replace(TRANSFER, by="somebody else")):
        store.put_transfer(transfer)
    assert store.transfers() == [later, TRANSFER, export]
    assert store.transfers(1) == [later]
    assert store.last_export("k", "dev") == 8
    assert store.last_export("k", "prod") == 0
    assert store.last_export("other", "dev") == 0
