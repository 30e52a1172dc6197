"""What else can be done about an incident than pausing its container or killing a process: each offer with what it will hit.

Every offer is a `Wish` that was dry-run, so what is shown is what an order would say. Orders themselves are made elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from periderm.app.application import Application, require
from periderm.app.incidents import read_incident
from periderm.app.respond_to import Wish, order_response
from periderm.model.effect import EffectRecord, EffectState, IsolateContainer, QuarantineFile
from periderm.model.errors import NotFoundError, UsageError
from periderm.model.incident import Incident
from periderm.model.principal import Permission, Principal
from periderm.model.query import Query

MOST_TREES = 5
MOST_FILES = 10
# The word of a response's kind, as effects and addresses have it, and the word that an order of it has.
WORDS = {
    "kill-tree": "kill-tree",
    "kill-container": "kill-container",
    "isolate-container": "isolate",
    "reconnect-container": "reconnect",
    "quarantine-file": "quarantine",
    "restore-file": "restore",
    "capture-forensics": "capture",
}
UNDO = {"isolate-container": "reconnect-container", "quarantine-file": "restore-file"}


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` is a key of `WORDS`; `record` the dry run: REFUSED with a reason, or DRY_RUN with what it would hit. `undo` is
    the kind that takes it back, '' if nothing does."""

    kind: str
    wish: Wish
    record: EffectRecord
    undo: str = ""

    @property
    def allowed(self) -> bool:
        """Whether it can be ordered now."""
        return self.record.state is EffectState.DRY_RUN


def offers(app: Application, who: Principal, incident_id: str) -> tuple[Offer, ...]:
    """What can be ordered for an incident, the mildest first. Raises NotFoundError for an unknown incident."""
    require(who, Permission.READ)
    incident = read_incident(app, who, incident_id)
    made = (_offer(app, who, kind, wish) for kind, wish in _wishes(app, incident))
    return tuple(offer for offer in made if offer is not None)


def wish_for(app: Application, who: Principal, incident_id: str, kind: str, *, process_key: int = 0, path: str = "") -> Wish:
    """The wish of one offer, to be completed with a reason and a time. Raises NotFoundError, UsageError."""
    require(who, Permission.READ)
    incident = read_incident(app, who, incident_id)
    if kind not in WORDS:
        raise UsageError(f"There is no response {kind[:40]!r}.", "Go back to the incident and choose one.")
    wish = Wish(kind=WORDS[kind], container=_container(incident), node=incident.node_id, incident=incident.id)
    if kind == "kill-tree":
        process = next((p for p in incident.processes if p.key == process_key), None)
        if process is None:
            raise NotFoundError("The incident has no such process.", "Give the `key` of one of its processes.")
        return msgspec.structs.replace(wish, pid=process.pid, started=process.started, process_key=process.key)
    return msgspec.structs.replace(wish, path=path) if kind in ("quarantine-file", "restore-file") else wish


def files_of(incident: Incident) -> tuple[str, ...]:
    """Files that the attack brought: what it ran and the image does not have."""
    found = (p.exe for p in incident.processes if p.drifted and p.exe.startswith("/") and not p.exe.startswith("/memfd:"))
    return tuple(dict.fromkeys(found))[:MOST_FILES]


def _container(incident: Incident) -> str:
    return incident.asset_id if incident.container_id else ""


def _wishes(app: Application, incident: Incident) -> Iterator[tuple[str, Wish]]:
    base = Wish(kind="", container=_container(incident), node=incident.node_id, incident=incident.id)
    replace = msgspec.structs.replace
    held = [r.effect for r in app.store.effects(Query(asset_id=incident.asset_id, state="applied", limit=200)).items]
    cut = any(isinstance(effect, IsolateContainer) for effect in held)
    if incident.container_id:
        yield (
            ("reconnect-container", replace(base, kind="reconnect"))
            if cut
            else (
                "isolate-container",
                replace(base, kind="isolate"),
            )
        )
    taken = {effect.path for effect in held if isinstance(effect, QuarantineFile)}
    for path in files_of(incident):
        if path not in taken:
            yield "quarantine-file", replace(base, kind="quarantine", path=path)
    for path in sorted(taken):
        yield "restore-file", replace(base, kind="restore", path=path)
    yield "capture-forensics", replace(base, kind="capture")
    if incident.container_id:
        yield "kill-container", replace(base, kind="kill-container")
    acting = {step.process_key for step in incident.chain}
    alive = [p for p in incident.processes if not p.killed and not p.ended and p.started and p.pid > 1 and p.key in acting]
    for p in alive[:MOST_TREES]:
        yield "kill-tree", replace(base, kind="kill-tree", pid=p.pid, started=p.started, process_key=p.key)


def _offer(app: Application, who: Principal, kind: str, wish: Wish) -> Offer | None:
    try:
        record = order_response(app, who, wish, dry_run=True)
    except (NotFoundError, UsageError):  # the container is forgotten, or what was held has just been taken back
        return None
    return Offer(kind=kind, wish=wish, record=record, undo=UNDO.get(kind, ""))
