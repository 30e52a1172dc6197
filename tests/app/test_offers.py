"""What can be done about an incident."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.offers import WORDS, files_of, offers, wish_for
from periderm.app.respond_to import order_response
from periderm.model.effect import EffectState
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.principal import LOCAL_ADMIN
from periderm.model.query import Query
from tests.story import CONTAINER_ID, INCIDENT_ID


def kinds(app: Application) -> list[str]:
    """The kinds that are offered."""
    return [o.kind for o in offers(app, LOCAL_ADMIN, INCIDENT_ID)]


def test_each_offer_says_what_it_would_hit_and_does_nothing(told: Application) -> None:
    """All of them dry runs, with the container's name or the file's path."""
    before = told.store.effects(Query()).total
    found = offers(told, LOCAL_ADMIN, INCIDENT_ID)
    assert {o.kind for o in found} == {
        "isolate-container",
        "quarantine-file",
        "capture-forensics",
        "kill-container",
        "kill-tree",
    }
    assert all(o.allowed and o.record.effect.blast_radius.zh for o in found)
    assert {o.undo for o in found if o.kind == "isolate-container"} == {"reconnect-container"}
    assert [o.wish.path for o in found if o.kind == "quarantine-file"] == ["/tmp/kworkerds"]
    assert told.store.effects(Query()).total == before


def test_what_holds_is_offered_to_be_taken_back(told: Application) -> None:
    """An isolated container is not isolated again; a file in the vault is put back."""
    for kind, path in (("isolate-container", ""), ("quarantine-file", "/tmp/kworkerds")):
        wish = wish_for(told, LOCAL_ADMIN, INCIDENT_ID, kind, path=path)
        record = order_response(told, LOCAL_ADMIN, msgspec.structs.replace(wish, reason="attacked"))
        assert (record.effect.incident_id, record.effect.asset_id) == (INCIDENT_ID, CONTAINER_ID)
        told.store.put_effect(msgspec.structs.replace(record, state=EffectState.APPLIED, time=record.time + 1))
    assert {"reconnect-container", "restore-file"} <= set(kinds(told))
    assert not {"isolate-container", "quarantine-file"} & set(kinds(told))


def test_a_wish_names_the_process_of_the_incident(told: Application) -> None:
    """By its key; its start guards against another process with the same number."""
    wish = wish_for(told, LOCAL_ADMIN, INCIDENT_ID, "kill-tree", process_key=3)
    assert (wish.pid, wish.process_key, wish.kind) == (4378, 3, WORDS["kill-tree"])
    assert wish.started > 0
    with pytest.raises(NotFoundError):
        wish_for(told, LOCAL_ADMIN, INCIDENT_ID, "kill-tree", process_key=99)
    with pytest.raises(UsageError):
        wish_for(told, LOCAL_ADMIN, INCIDENT_ID, "rm")
    with pytest.raises(NotFoundError):
        offers(told, LOCAL_ADMIN, "inc-none")


def test_only_what_the_attack_brought_is_a_file_to_take(told: Application) -> None:
    """No program of the image, nothing that is only in memory."""
    incident = told.store.incident(INCIDENT_ID)
    assert incident is not None
    assert files_of(incident) == ("/tmp/kworkerds",)
    memory = tuple(msgspec.structs.replace(p, exe="/memfd:x", drifted=True) for p in incident.processes)
    assert files_of(msgspec.structs.replace(incident, processes=memory)) == ()
