"""A store in which every field that an attacker can fill holds something that would do harm if it were not escaped."""

from __future__ import annotations

from typing import Any

import msgspec

from periderm.app.application import Application
from periderm.model.alert import Alert
from periderm.model.effect import EffectRecord
from periderm.model.envelope import Heartbeat, ScanResult
from periderm.model.finding import Finding
from periderm.model.gap import CoverageGap
from periderm.model.incident import Incident
from periderm.model.session import AnnouncedSession
from periderm.model.text import Text
from tests import story

# Out of an attribute, out of a text, out of SVG, out of an address, out of a template, out of a line; and bidi.
ATTACK = (
    "\"'><script>document.title='owned'</script><img src=x onerror=document.title='owned'>"
    "</title></svg></style><svg onload=document.title='owned'>{{7*7}}{% x %}javascript:document.title='owned'"
    "\u202e\u2066\x00\x1b[2J\r\n\n &lt;b&gt; \\u003cb\\u003e %3Cscript%3E"
)
KEEP = {
    "id",
    "kind",
    "state",
    "severity",
    "detector",
    "tactic",
    "alert_id",
    "incident_id",
    "asset_id",
    "node_id",
    "image_digest",
}
KEEP |= {"finding_id", "workload_id", "digest", "technique", "maturity", "runtime", "how"}


def poisoned(value: Any) -> Any:
    """The same value with the attack in every text that comes from outside."""
    if isinstance(value, Text):
        return Text(ATTACK, ATTACK)
    if isinstance(value, msgspec.Struct):
        changes = {f: poisoned(getattr(value, f)) for f in value.__struct_fields__ if f not in KEEP}
        return msgspec.structs.replace(value, **changes)
    if isinstance(value, dict):
        return {ATTACK: poisoned(next(iter(value.values()), ""))}
    if isinstance(value, tuple):
        return tuple(poisoned(v) for v in value) or ()
    if type(value) is str:
        return ATTACK
    return value


def tell(app: Application) -> None:
    """Puts the attacked shop, poisoned, into the store; only identities are left as they are, and even one of those of
    each kind is hostile."""
    store, now = app.store, app.clock.now()
    begin = now - 40 * story.SECOND
    told: Incident = poisoned(story.incident(begin, now))
    alerts: list[Alert] = [poisoned(a) for a in story.alerts(begin)]
    findings: list[Finding] = [poisoned(f) for f in story.findings(now)]
    effect: EffectRecord = poisoned(story.effect(begin))
    gaps: list[CoverageGap] = [poisoned(g) for g in story.gaps(now)]
    container = poisoned(story.container(1, now))
    with store.transaction():
        store.put_assets([poisoned(story.node(now)), poisoned(story.image(now)), container])
        store.put_assets([msgspec.structs.replace(container, id=ATTACK[:80])])
        store.put_scan_result(
            ScanResult(
                image_digest=story.DIGEST,
                node_id=story.NODE_ID,
                time=now,
                seconds=1.0,
                findings=tuple(findings),
                inventory=poisoned(story.inventory()),
            )
        )
        store.put_scan_result(
            ScanResult(image_digest="sha256:00", node_id=ATTACK, time=now, seconds=1.0, findings=(), failure=ATTACK)
        )
        store.put_alerts(alerts)
        store.put_effect(effect)
        store.put_incident(told)
        store.put_incident(msgspec.structs.replace(told, id=ATTACK[:80], container_id=ATTACK))
        store.put_gaps(gaps)
        store.put_announcement(
            AnnouncedSession(
                id=ATTACK[:80], author=ATTACK, reason=ATTACK, container=ATTACK, since=now, until=now + story.SECOND
            )
        )
        store.put_heartbeat(Heartbeat(role=ATTACK, node_id=story.NODE_ID, pid=1, time=now, version=ATTACK))
        store.put_heartbeat(Heartbeat(role="agent", node_id=story.NODE_ID, pid=2, time=now, version=ATTACK))
