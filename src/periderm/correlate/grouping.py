"""Which alerts are one attack: the same container, the same line of processes, or the same behaviour on a replica.

It keeps nothing: flow asks it about an alert and the incidents that are open. Time comes from the alerts alone.
"""

from __future__ import annotations

import posixpath

from periderm.correlate.tree import lineage
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.ids import stable_id
from periderm.model.incident import Incident, IncidentState
from periderm.model.severity import Maturity, Severity

WINDOW_NS = 30 * 60 * 10**9
OPEN = frozenset({IncidentState.NEW, IncidentState.ACKNOWLEDGED})

# Parents that many unrelated sessions of a host share: to descend from one of them links nothing.
SHARED_PARENTS = frozenset(
    (
        "systemd",
        "init",
        "sshd",
        "cron",
        "crond",
        "atd",
        "login",
        "agetty",
        "getty",
        "dockerd",
        "containerd",
        "containerd-shim",
        "containerd-shim-runc-v2",
        "conmon",
        "podman",
        "crio",
        "kubelet",
        "supervisord",
        "runsvdir",
        "tini",
        "dumb-init",
        "catatonit",
        "tmux",
        "screen",
        "su",
        "sudo",
    )
)


def opens(alert: Alert) -> bool:
    """Whether this alert alone is reason enough for an incident: not experimental, and at least of low severity."""
    return alert.maturity is not Maturity.EXPERIMENTAL and alert.severity >= Severity.LOW


def incident_id_for(alert: Alert) -> str:
    """The id of the incident that this alert opens: the same on every replay."""
    return stable_id("inc", alert.node_id, alert.asset_id, alert.id)


def belongs(alert: Alert, incident: Incident) -> bool:
    """Whether the alert is part of this incident.

    An alert that is already in the chain always is, whatever the incident's state and the clock: it came again.
    Otherwise the incident must be open, and then either a process that acted in it is the alert's own or an ancestor
    of it (whatever the clock says: processes do not jump), or the alert lies within WINDOW_NS of it and has the same
    container, on the host a common line of processes, or is the same behaviour in a replica of the same workload.
    """
    if alert.incident_id == incident.id or any(step.alert_id == alert.id for step in incident.chain):
        return True
    if incident.state not in OPEN:
        return False
    line = lineage(alert)
    if alert.node_id == incident.node_id and _descends(line, incident):
        return True
    if not _near(alert, incident):
        return False
    if alert.asset_id == incident.asset_id and alert.container_id == incident.container_id:
        return bool(alert.container_id) or _same_line(line, incident)
    return _replica(alert, line, incident)


def _near(alert: Alert, incident: Incident) -> bool:
    """Within the window, before or after: alerts may come out of order."""
    last = max(alert.time, alert.last_time)
    return alert.time <= incident.last_time + WINDOW_NS and last >= incident.first_time - WINDOW_NS


def _identity(process: ProcessRecord) -> tuple[int, int, int]:
    """Keys are unique on one node only; with pid and start two nodes' processes do not meet by chance."""
    return process.key, process.pid, process.started


def _descends(line: tuple[ProcessRecord, ...], incident: Incident) -> bool:
    """Whether the line passes through a process that acted."""
    acted = {step.process_key for step in incident.chain} - {0}
    known = {process.key: _identity(process) for process in incident.processes if process.key in acted}
    return any(process.key in known and known[process.key] == _identity(process) for process in line)


def _same_line(line: tuple[ProcessRecord, ...], incident: Incident) -> bool:
    """Whether both have an ancestor that is not the parent of all sessions."""
    known = {_identity(process) for process in incident.processes if not is_shared(process)}
    return any(_identity(process) in known for process in line if not is_shared(process))


def is_shared(process: ProcessRecord) -> bool:
    """Whether it is the parent of sessions that have nothing to do with each other."""
    return process.key == 0 or process.pid <= 2 or posixpath.basename(process.exe) in SHARED_PARENTS


def _replica(alert: Alert, line: tuple[ProcessRecord, ...], incident: Incident) -> bool:
    """A replica of the same workload joins when it shows a behaviour that the incident has, or goes on from one."""
    if not alert.workload_id or alert.workload_id != incident.workload_id:
        return False
    if any(step.detector == alert.detector for step in incident.chain):
        return True
    return _same_line(line, incident)
