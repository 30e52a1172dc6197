"""The server's side of the river: takes what nodes sent, stores it, links it into incidents, keeps gaps. It judges
nothing itself: `correlate` does."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence

import msgspec

from periderm.correlate import coverage
from periderm.correlate.incident import build
from periderm.correlate.owning import Owners
from periderm.flow.believe import Believe
from periderm.flow.placing import Placing
from periderm.flow.queue import take_failure
from periderm.flow.risk import Risks
from periderm.flow.tracing import span
from periderm.model.alert import Alert
from periderm.model.asset import Asset, Container, Image, Node, Process, User, Workload
from periderm.model.baseline import Baseline
from periderm.model.effect import EffectRecord, EffectState, ResumeContainer
from periderm.model.envelope import Envelope, Heartbeat, Record, ScanRequest, ScanResult
from periderm.model.errors import BusError, StoreError
from periderm.model.finding import Finding
from periderm.model.gap import CoverageGap, GapKind
from periderm.model.incident import Incident
from periderm.model.policy import PolicyMode
from periderm.model.query import Query, every
from periderm.model.usage import FilesInUse
from periderm.ports.bus import Bus, Message
from periderm.ports.clock import Clock
from periderm.ports.store import Store

TOPIC = "ingest"
GROUP = "digest"
DEAD = "dead"
BATCH = 100
TRIES = 3
MOST_ALERTS = 1000
TICK_NS = 5 * 10**9
REFRESH_NS = 60 * 10**9  # how often an agent speaks of what has not changed

log = logging.getLogger(__name__)
_decode = msgspec.msgpack.Decoder(Envelope).decode


class Digest:
    """One thread runs it; `beat` is what the server says of itself every few seconds; `engine` names what judges images now
    ('': an image is never scanned again for a new one).

    A message is acknowledged after its transaction ended, so a crash digests it again, and an
    envelope that was taken before is passed over by its (sender, sequence)."""

    def __init__(
        self,
        bus: Bus,
        store: Store,
        clock: Clock,
        beat: Heartbeat | None = None,
        *,
        engine: str = "",
        took: Callable[[int, float], None] = lambda _count, _seconds: None,
    ) -> None:
        self._bus = bus
        self._store = store
        self._clock = clock
        self._beat = beat
        self._engine = engine
        self._took = took
        self._ticked = 0
        self._expired = 0
        self.refused = 0
        self._risks = Risks(store, clock)
        self._owners: Owners | None = None
        self._owners_read = 0
        self._placed: dict[str, str] = {}  # alerts of this batch: into which incident, '' for none
        # The life of one batch, in order. Later stages see what earlier ones stored, in the same transaction.
        self.stages: tuple[Callable[[Sequence[Record]], None], ...] = (
            self._store_assets,
            self._store_scans,
            self._store_alerts,
            self._store_effects,
            self._store_baselines,
            self._store_rest,
            self._correlate,
            self._risks.take,
        )

    def step(self) -> int:
        """Digests what waits, at most one batch in one transaction; returns how many messages were taken."""
        messages = self._bus.read(TOPIC, GROUP, BATCH)
        if messages:
            began = self._clock.monotonic()
            with span("digest", messages=len(messages)):
                self._take_all(messages)
            self._took(len(messages), (self._clock.monotonic() - began) / 1e9)
        return len(messages)

    def _take_all(self, messages: Sequence[Message]) -> None:
        try:
            self._take(messages)
        except Exception:  # noqa: BLE001 -- whatever it is, the others' messages are taken
            # One bad message must not hold up the rest, be it refused or what shows a fault of ours, which somebody may
            # have looked for: a server whose linking has ended sees no attack. It is found by taking them one by one.
            for message in messages:
                self._take_alone(message)
        self._bus.acknowledge(TOPIC, GROUP, messages[-1].offset)

    def _take_alone(self, message: Message) -> None:
        """A message that is refused again and again, by a store that otherwise works, is set aside on disk."""
        for _ in range(TRIES):
            try:
                self._take([message])
            except Exception as error:  # noqa: BLE001 -- it is set aside and logged with its place
                problem = error
            else:
                return
        self._store.heartbeats()  # raises if it is the store itself that is ill: then nothing is set aside
        fault = None if isinstance(problem, StoreError) else problem  # ours, to be read with its place
        log.error(
            "message %d is set aside in the topic %r: %s", message.offset, DEAD, str(problem) or repr(problem), exc_info=fault
        )
        self._bus.publish(DEAD, [message.data])
        self.refused += 1

    def _take(self, messages: Sequence[Message]) -> None:
        self._placed = {}
        with self._store.transaction():
            records: list[Record] = []
            believe = Believe(self._store, self._clock)
            for message in messages:
                try:
                    envelope = _decode(message.data)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    # The door decoded it strictly before it was made durable: this is damage on our own disk.
                    self.refused += 1
                    log.error("message %d cannot be read and is passed over: %s", message.offset, error)
                    continue
                if envelope.sequence <= self._store.seen(envelope.sender):
                    continue
                records.extend(believe.records(envelope))
                self._store.mark_seen(envelope.sender, envelope.sequence)
            for stage in self.stages:
                stage(records)
            believe.tell()

    def _store_assets(self, records: Sequence[Record]) -> None:
        assets = [self._owned(r) for r in records if isinstance(r, Node | Image | Container | Workload | Process | User)]
        if not assets:
            return
        self._store.put_assets(assets)
        now = self._clock.now()
        for asset in assets:
            gap = coverage.ownership_gap(asset, now)
            if gap is not None:
                self._store.put_gaps([gap])
            elif isinstance(asset, Container | Node):
                self._store.close_gap(coverage.gap_id(GapKind.OWNER_UNKNOWN, asset.id))

    def _owned(self, asset: Asset) -> Asset:
        """With what imported tables say of whose it is; they are read again each minute."""
        now = self._clock.monotonic()
        if self._owners is None or now - self._owners_read >= REFRESH_NS:
            self._owners, self._owners_read = Owners(self._store.owner_tables()), now
        return self._owners.owned(asset) if self._owners else asset

    def _store_scans(self, records: Sequence[Record]) -> None:
        for record in records:
            if isinstance(record, ScanRequest):
                if self._store.put_scan_request(record, again=self._outdated(record.image_digest)):
                    image = self._image(record.image_digest)
                    if image is not None:
                        self._store.put_gaps([coverage.unscanned_gap(image, self._clock.now())])
            elif isinstance(record, ScanResult):
                if record.failure and take_failure(self._store, record, self._clock.now()):
                    continue
                self._store.put_scan_result(record)
                image = self._image(record.image_digest)
                if image is None:
                    continue
                self._store.close_gap(coverage.gap_id(GapKind.IMAGE_NOT_SCANNED, image.id))
                gap = coverage.scan_gap(image.id, image.name, record)
                if gap is not None:
                    self._store.put_gaps([gap])
                else:
                    self._store.close_gap(coverage.gap_id(GapKind.NOT_EXAMINED, image.id))
            elif isinstance(record, Finding):
                self._store.put_findings([record])

    def _outdated(self, digest: str) -> bool:
        """Whether an image was scanned by another engine than today's: then what it holds is looked at again."""
        if not self._engine:
            return False
        last = self._store.scan_results(Query(image_digest=digest, limit=1)).items
        return bool(last) and last[0].engine not in ("", self._engine)

    def _image(self, digest: str) -> Image | None:
        page = self._store.assets(Query(kind="image", image_digest=digest, limit=1))
        image = page.items[0] if page.items else None
        return image if isinstance(image, Image) else None

    def _store_alerts(self, records: Sequence[Record]) -> None:
        alerts = [record for record in records if isinstance(record, Alert)]
        if alerts:
            known = self._store.alerts_by_id({alert.id for alert in alerts})
            placed = Placing(self._store, self._clock.now(), known).place(alerts)
            self._store.put_alerts(placed.values())
            self._placed = {alert.id: alert.incident_id for alert in placed.values()}

    def _store_effects(self, records: Sequence[Record]) -> None:
        for record in records:
            if isinstance(record, EffectRecord):
                effect = record.effect
                if effect.alert_id and not effect.incident_id:
                    alert = self._store.alert(effect.alert_id)
                    if alert is not None and alert.incident_id:
                        effect = msgspec.structs.replace(effect, incident_id=alert.incident_id)
                self._store.put_effect(msgspec.structs.replace(record, effect=effect))
                if isinstance(effect, ResumeContainer) and record.state is EffectState.APPLIED:
                    undone = self._store.effect(effect.undoes)
                    if undone is not None:
                        self._store.put_effect(EffectRecord(effect=undone.effect, state=EffectState.UNDONE, time=record.time))

    def _store_baselines(self, records: Sequence[Record]) -> None:
        """What nodes learned. They decide nothing: what a person decided never comes from a node."""
        learned = [msgspec.structs.replace(r, decisions=()) for r in records if isinstance(r, Baseline)]
        for workload in self._store.put_baselines(learned) if learned else ():
            filled = self._store.baseline(workload)
            self._store.put_gaps([coverage.full_baseline_gap(workload, self._clock.now(), baseline=filled)])

    def _store_rest(self, records: Sequence[Record]) -> None:
        """What is left. A policy never comes this way: people set them, through `app.policies`, and a node that was taken over
        must not."""
        for record in records:
            if isinstance(record, CoverageGap):
                self._store.put_gaps([record])
                self._return_to_alerting(record)
            elif isinstance(record, Heartbeat):
                self._store.put_heartbeat(record)
            elif isinstance(record, FilesInUse):
                self._store.put_files_in_use(record)

    def _return_to_alerting(self, gap: CoverageGap) -> None:
        """A policy that hurt on one node only tells on all, until a person sets it again."""
        if gap.kind is not GapKind.ENFORCING_ENDED:
            return
        for policy in self._store.policies():
            enforces = policy.enforce_baseline and policy.mode is PolicyMode.ENFORCE
            if policy.id == gap.detail and enforces and policy.changed < gap.since:
                reason = f"{policy.reason} (returned to alerting: {gap.message.en})"
                ended = msgspec.structs.replace(
                    policy, mode=PolicyMode.ALERT, author="periderm", reason=reason, changed=self._clock.now()
                )
                self._store.put_policy(ended)

    def _correlate(self, records: Sequence[Record]) -> None:
        for identity in self._touched(records):
            self.rebuild(identity)

    def _touched(self, records: Sequence[Record]) -> Iterable[str]:
        """Incidents that these records bear on, each once, in order."""
        touched: dict[str, None] = {}
        for record in records:
            if isinstance(record, Alert):
                if incident_id := self._placed.get(record.id, ""):
                    touched[incident_id] = None
            elif isinstance(record, EffectRecord):
                effect = self._store.effect(record.effect.id)
                if effect is not None and effect.effect.incident_id:
                    touched[effect.effect.incident_id] = None
            elif isinstance(record, ScanResult):
                page = self._store.incidents(Query(image_digest=record.image_digest, limit=MOST_ALERTS))
                touched.update(dict.fromkeys(i.id for i in page.items))
        return touched

    def rebuild(self, identity: str) -> Incident | None:
        """Puts an incident together again from all that is stored of it."""
        previous = self._store.incident(identity)
        page = self._store.alerts(Query(incident_id=identity, limit=MOST_ALERTS))
        alerts = page.items
        if not alerts:
            return previous
        effects = self._store.effects(Query(incident_id=identity, limit=MOST_ALERTS)).items
        digest = next((a.image_digest for a in alerts if a.image_digest), "")
        findings = self._store.findings(Query(image_digest=digest, limit=MOST_ALERTS)).items if digest else ()
        inventory = self._store.inventory(digest) if digest else None
        asset = self._store.asset(alerts[0].asset_id)
        ownership = asset.ownership if asset is not None else None
        host = asset.name if isinstance(asset, Node) else ""
        incident = build(
            identity, alerts, findings, effects, inventory, previous, ownership=ownership, total=page.total, host=host
        )
        if incident != previous:
            self._store.put_incident(incident)
        return incident

    def tick(self) -> None:
        """What happens because time passed: agents that fell silent. Does nothing more often than every five seconds."""
        now = self._clock.monotonic()
        if self._ticked and now - self._ticked < TICK_NS:
            return
        self._ticked = now
        gone = {node.node_id for node in self._store.joined_nodes() if node.revoked}
        opened, closed = coverage.silent_sensors(self._store.heartbeats(), self._clock.now(), gone)
        with self._store.transaction():
            if self._beat is not None:
                figures = {"waiting": float(self._bus.pending(TOPIC, GROUP)), "refused": float(self.refused)}
                self._store.put_heartbeat(msgspec.structs.replace(self._beat, time=self._clock.now(), figures=figures))
            self._store.put_gaps(opened)
            for identity in closed:
                self._store.close_gap(identity)
            if now - self._expired >= REFRESH_NS or not self._expired:
                self._expired = now
                self._expire(self._clock.now())
        self._risks.step()

    def _expire(self, now: int) -> None:
        """A container that its agent, which is alive, has not spoken of for minutes has ended while no agent looked."""
        alive = {b.node_id for b in self._store.heartbeats() if b.role == "agent" and now - b.time < REFRESH_NS}
        ended: list[Container] = []
        ended.extend(
            msgspec.structs.replace(c, running=False, pid=0)
            for c in every(self._store.assets, Query(kind="container", limit=1000))
            if isinstance(c, Container) and c.running and c.node_id in alive and now - c.last_seen > 3 * REFRESH_NS
        )
        if ended:
            self._store.put_assets(ended)

    def run(self, stop: threading.Event) -> None:
        """Digests until `stop` is set and nothing waits. A store that refuses is tried again: nothing was acknowledged."""
        while True:
            try:
                self.tick()
                if self.step() == 0:
                    if stop.is_set():
                        return
                    self._bus.wait(TOPIC, GROUP, 0.5)
            except Exception as error:  # nobody would start this thread again
                fault = None if isinstance(error, StoreError | BusError) else error
                log.error("what waits is kept and tried again: %s", str(error) or repr(error), exc_info=fault)
                if stop.wait(1.0):
                    return
