"""The processes of an incident: all that acted and their ancestors, merged by key, with what was killed and drifted.

It draws no tree: `parent` says where a process hangs. A loop or a gap in foreign lineages is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from periderm.correlate.words import plain
from periderm.model.alert import Alert, ProcessRecord
from periderm.model.incident import ChainStep

MAX_PROCESSES = 300
MAX_LINEAGE = 32
MAX_ARGUMENTS = 32


def bounded(process: ProcessRecord) -> ProcessRecord:
    """The same process with short, printable strings."""
    return msgspec.structs.replace(
        process,
        exe=plain(process.exe, 512),
        argv=tuple(plain(argument, 200) for argument in process.argv[:MAX_ARGUMENTS]),
        how=plain(process.how),
        package=plain(process.package),
    )


def lineage(alert: Alert) -> tuple[ProcessRecord, ...]:
    """The acting process and then its ancestors, each key once, at most MAX_LINEAGE and always the last one (the
    subject's first process)."""
    by_key: dict[int, ProcessRecord] = {alert.process.key: alert.process}
    for process in alert.lineage:
        by_key.setdefault(process.key, process)
    processes = tuple(by_key.values())
    return processes if len(processes) <= MAX_LINEAGE else (*processes[: MAX_LINEAGE - 1], processes[-1])


def _joined(newer: ProcessRecord, older: ProcessRecord) -> ProcessRecord:
    """What both say: the newer description, and each fact that was once true."""
    starts = [start for start in (newer.started, older.started) if start]
    return msgspec.structs.replace(
        newer,
        started=min(starts, default=0),
        ended=max(newer.ended, older.ended),
        drifted=newer.drifted or older.drifted,
        killed=newer.killed or older.killed,
        tty=newer.tty or older.tty,
        how=newer.how or older.how,
        package=newer.package or older.package,
        user_id=newer.user_id,
    )


def processes(
    alerts: Mapping[str, Alert], chain: Iterable[ChainStep], earlier: Iterable[ProcessRecord], killed: frozenset[int]
) -> tuple[ProcessRecord, ...]:
    """Processes by start and key: those that acted in the chain, were killed or drifted, and their ancestors.

    Of several descriptions of one key the latest alert's holds, the acting process before an ancestor. If they are too
    many, those of the chain's own steps and their nearest ancestors stay.
    """
    merged: dict[int, ProcessRecord] = {process.key: process for process in earlier}
    steps = {step.alert_id: step for step in chain}
    wanted = {step.process_key: 0 for step in steps.values()}  # key -> how far from a step of the chain
    ordered = [(alert, lineage(alert)) for alert in sorted(alerts.values(), key=lambda alert: (alert.time, alert.id))]
    last: dict[int, ProcessRecord] = {}  # what was said of each at last: said again, it changes nothing
    for acting in (False, True):  # ancestors first, so that an acting process's own description holds
        for alert, line in ordered:
            step = steps.get(alert.id)
            for distance, process in enumerate(line):
                if acting != (distance == 0):
                    continue
                if last.get(process.key) != process:
                    last[process.key] = process
                    known = merged.get(process.key)
                    merged[process.key] = bounded(process) if known is None else _joined(bounded(process), known)
                if step is not None and step.process_key == alert.process.key:
                    wanted[process.key] = min(wanted.get(process.key, distance), distance)
    telling = (key for key, process in merged.items() if process.killed or process.drifted or key in killed)
    for key, distance in list({**dict.fromkeys(telling, MAX_LINEAGE), **wanted}.items()):
        _climb(key, distance, merged, wanted)
    ranked = sorted((key for key in wanted if key in merged), key=lambda key: (wanted[key], merged[key].started, key))
    found = (merged[key] for key in ranked[:MAX_PROCESSES])
    marked = (msgspec.structs.replace(p, killed=True) if p.key in killed and not p.killed else p for p in found)
    return tuple(sorted(marked, key=lambda process: (process.started, process.key)))


def _climb(key: int, distance: int, merged: Mapping[int, ProcessRecord], wanted: dict[int, int]) -> None:
    """Wants a process and its ancestors; ends at a gap, a loop, or where one is wanted as much already."""
    for step in range(MAX_LINEAGE):
        process = merged.get(key)
        if process is None or (step and wanted.get(key, MAX_LINEAGE * 3) <= distance + step):
            return
        wanted[key] = min(wanted.get(key, distance + step), distance + step)
        key = process.parent
