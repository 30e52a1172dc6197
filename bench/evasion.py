"""Runs the self-test with a product of its own and prints, for each behaviour, which ways of doing it were caught or missed.

The record is bench/evasion.json, from which docs/reference/evasion.md is made; `--record` writes this run's. It holds
outcomes and detectors only: nothing of the machine but its kernel's version. Needs root and podman.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

RECORD = Path(__file__).resolve().parent / "evasion.json"
SECONDS = 1200


def run() -> dict[str, Any]:
    """One whole run of the self-test, as its JSON tells it."""
    folder = tempfile.mkdtemp(prefix="periderm-evasion-")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {
        **os.environ,
        "PERIDERM_STATE": f"{folder}/state",
        "PERIDERM_CACHE": f"{folder}/cache",
        "PERIDERM_PORT": str(port),
        "PERIDERM_PINS": f"/sys/fs/bpf/periderm-evasion-{os.getpid()}",
    }
    command = [sys.executable, "-m", "periderm", "selftest", "--json", "--quiet"]
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=SECONDS, check=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr.strip()[-2000:])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def record_of(found: dict[str, Any]) -> dict[str, Any]:
    """What is kept of a run."""
    results = {
        each["exercise"]: {
            "outcome": each["outcome"],
            "seen_by": sorted(each.get("seen_by", [])),
            **({"reason": each["reason"][0]} if each["outcome"] != "seen" else {}),
        }
        for each in found["results"]
    }
    return {"kernel": ".".join(os.uname().release.split(".")[:2]), "results": results}


def lines(found: dict[str, Any], before: dict[str, Any]) -> list[str]:
    """One line for each exercise that was not seen, or that was seen or not before; and the sum by variant."""
    told, sums = [], dict[str, list[int]]()
    for each in found["results"]:
        old = before.get("results", {}).get(each["exercise"], {}).get("outcome", "new")
        if each["outcome"] != "not-run":
            of = sums.setdefault(each["variant"], [0, 0])
            of[0] += each["outcome"] == "seen"
            of[1] += 1
        if each["outcome"] != "seen" or old not in ("seen", "new"):
            told.append(f"evasion: {each['exercise']:<16} {each['outcome']}, was {old}: {each['reason'][0]}")
    return [*told, *(f"evasion: {variant:<12} {seen} of {done} seen" for variant, (seen, done) in sorted(sums.items()))]


def main() -> None:
    """Runs, prints, and keeps the record if that is wished."""
    if os.geteuid() != 0 or shutil.which("podman") is None:
        print("evasion: skipped, needs root and podman")
        return
    given = [Path(a) for a in sys.argv[1:] if not a.startswith("-")]  # the JSON of a run that was done before
    found = json.loads(given[0].read_text()) if given else run()
    before = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    print("\n".join(lines(found, before)))
    if "--record" in sys.argv[1:]:
        RECORD.write_text(json.dumps(record_of(found), indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
