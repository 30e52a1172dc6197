"""How many alerts ordinary work makes: real containers under the real sensor, judged by all detectors.

Runs the workloads of `_noise_work`, records their events with the agent, then judges the recording again and again until
24 workload-hours are full, each round with new processes and containers at later times. Prints alerts by workload and
severity, per day, and the exact upper 95 % bound. The host's own events are judged too, but told apart: what else runs on
the machine is not ours to call benign.

    python -m bench.noise [--minutes 10] [--hours 24] [--keep FOLDER]     run, record, judge
    python -m bench.noise --judge FOLDER                                  judge again what was kept
"""

from __future__ import annotations

import argparse
import collections
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import _noise_work as work
import msgspec
from _noise_judge import PREFIX, Judged, judge, upper

from periderm.engines.runtime import DETECTORS
from periderm.model.alert import Alert
from periderm.model.image import ImageInventory
from periderm.model.settings import Settings
from periderm.model.severity import Severity

SEVERITIES = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW)
HOST = "(host)"
OTHERS = "(others)"
START_SECONDS = 60.0


class Kept(msgspec.Struct, frozen=True):
    """What is kept beside a recording: seconds that each workload was up, and what the images hold."""

    up: dict[str, float]
    inventories: dict[str, ImageInventory]


def scanned(folder: Path, reference: str) -> ImageInventory | None:
    """What an image holds, as the product's own worker finds it."""
    from periderm.app.scan_image import scan_reference
    from periderm.wiring.scanning import image_scanner

    return scan_reference(
        image_scanner(Settings(state=str(folder / "state"), cache=str(folder / "cache"))), reference
    ).inventory


def record(folder: Path, seconds: float) -> Kept:
    """Runs everything; `folder/events.prec` and `folder/kept.msgpack` are made."""
    environment = {
        **os.environ,
        "PERIDERM_STATE": str(folder / "state"),
        "PERIDERM_CACHE": str(folder / "cache"),
        "PERIDERM_PINS": f"/sys/fs/bpf/periderm-noise-{os.getpid()}",
    }
    path = folder / "events.prec"
    with work.image() as name:
        inventory = scanned(folder, f"podman:{name}")
        agent = subprocess.Popen(
            [sys.executable, "-m", "periderm", "agent", "--quiet", "--record", str(path)],
            env=environment, stderr=(folder / "agent.log").open("wb"), stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(path, agent, folder)
            up = work.running(seconds)
        finally:
            agent.send_signal(signal.SIGTERM)
            agent.wait(120)
    kept = Kept(up, {inventory.digest: inventory} if inventory else {})
    (folder / "kept.msgpack").write_bytes(msgspec.msgpack.encode(kept))
    return kept


def wait_for(path: Path, agent: subprocess.Popen[bytes], folder: Path) -> None:
    """Until the agent records."""
    deadline = time.monotonic() + START_SECONDS
    while not (path.exists() and path.stat().st_size > 1000):
        if agent.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"noise: the agent does not record: {(folder / 'agent.log').read_text()[-2000:]}")
        time.sleep(0.2)


def workload_of(alert: Alert, found: Judged, names: set[str]) -> str:
    """Under which line an alert is counted: its container, the image build, the host, or containers that are not ours."""
    if alert.asset_id not in found.own:
        return OTHERS if alert.container_id else HOST
    name = alert.container_name.removeprefix(PREFIX)
    return name if name in names else "image-build"


def table(found: Judged, kept: Kept, rounds: int) -> None:
    """Alerts by workload and severity, over all rounds, and how many that are a day."""
    names = set(kept.up)
    counts = collections.Counter((workload_of(a, found, names), a.severity) for a in found.alerts.values())
    print(f"noise: {'workload':<14} {'hours':>6} {'critical':>9} {'high':>6} {'medium':>7} {'low':>6} {'alerts a day':>13}")
    for name in sorted(names):
        hours = kept.up[name] / 3600 * rounds
        own = [counts[name, severity] for severity in SEVERITIES]
        print(f"noise: {name:<14} {hours:>6.2f} {own[0]:>9} {own[1]:>6} {own[2]:>7} {own[3]:>6} {sum(own) / hours * 24:>13.1f}")
    for name in (HOST, OTHERS):
        own = [counts[name, severity] for severity in SEVERITIES]
        print(f"noise: {name:<14} {'':>6} {own[0]:>9} {own[1]:>6} {own[2]:>7} {own[3]:>6}   not in the sums below")


def bounds(found: Judged, kept: Kept, rounds: int) -> None:
    """Counts, hours and exact upper bounds, of what was recorded and of all rounds."""
    recorded = sum(kept.up.values()) / 3600
    inside = {i: a for i, a in found.alerts.items() if a.asset_id in found.own}
    for label, least in (("high and above", Severity.HIGH), ("all severities", Severity.LOW)):
        for what, limit, hours in (("recorded", 1, recorded), (f"all {rounds} rounds", rounds, recorded * rounds)):
            count = sum(a.severity >= least and found.rounds[i] < limit for i, a in inside.items())
            bound = upper(count) / hours
            print(
                f"noise: {label}, {what}: {count} alerts in {hours:.2f} workload-hours,"
                f" {count / hours * 24:.2f} a workload-day, upper 95 % bound {bound:.3f} an hour ({bound * 24:.2f} a day)"
            )


def told(found: Judged, kept: Kept) -> None:
    """Each kind of alert of the first round once: what a person would have read."""
    names = set(kept.up)
    first = [a for i, a in found.alerts.items() if found.rounds[i] == 0 and (a.asset_id in found.own or not a.container_id)]
    for alert in sorted(first, key=lambda a: (not a.container_id, -a.severity, a.detector)):
        above = " < ".join(" ".join(p.argv)[:60] or p.exe for p in alert.lineage[:4])
        name = workload_of(alert, found, names)
        print(f"noise:   {alert.severity.name} {alert.detector} {name} x{alert.count}: {alert.message.en} [{above}]")


def main(arguments: list[str]) -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(prog="noise", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--judge", type=Path)
    options = parser.parse_args(arguments)
    if options.judge is None and (reason := work.missing()):
        print(f"noise: skipped, {reason}")
        return
    with tempfile.TemporaryDirectory(prefix="periderm-noise-") as temporary:
        folder = options.judge or options.keep or Path(temporary)
        if options.judge is None:
            folder.mkdir(parents=True, exist_ok=True)
            kept = record(folder, options.minutes * 60)
        else:
            kept = msgspec.msgpack.decode((folder / "kept.msgpack").read_bytes(), type=Kept)
        rounds = max(1, math.ceil(options.hours * 3600 / max(1.0, sum(kept.up.values()))))
        began = time.process_time()
        found = judge(folder / "events.prec", kept.inventories, rounds)
        print(
            f"noise: {len(DETECTORS)} detectors, {len(kept.up)} workloads,"
            f" {sum(kept.up.values()) / 3600:.2f} workload-hours recorded,"
            f" judged {rounds} times, {found.events:,} events in {time.process_time() - began:.0f} s of CPU time"
        )
        table(found, kept, rounds)
        bounds(found, kept, rounds)
        told(found, kept)


if __name__ == "__main__":
    main(sys.argv[1:])
