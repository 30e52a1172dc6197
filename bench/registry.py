"""What it costs to scan the 244 MiB image out of a registry on loopback, beside fetching it with skopeo and scanning the
archive. Needs Debian's docker-registry and skopeo; prints, asserts nothing.

Each row is a fresh process. 'peak' is the greatest sum of private memory of all its processes, the registry's own left out.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from scan import images, measure

ROUNDS = 3
USUAL = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "periderm-bench"
CACHE = Path(os.environ.get("PERIDERM_BENCH_CACHE") or USUAL)
MIB = 1 << 20


@contextlib.contextmanager
def registry(folder: Path) -> Iterator[str]:
    """docker-registry over a folder; gives its host."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{probe.getsockname()[1]}"
    settings = {
        "version": "0.1",
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        "http": {"addr": host},
    }
    (folder / "config.yml").write_text(json.dumps(settings))
    process = subprocess.Popen(["docker-registry", "serve", str(folder / "config.yml")], stderr=subprocess.DEVNULL)
    try:
        for _ in range(400):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", int(host.rpartition(":")[2])), 1):
                break
            time.sleep(0.025)
        yield host
    finally:
        process.terminate()
        process.wait()


def row(name: str, runs: Sequence[measure.Run], more: Sequence[measure.Run] = ()) -> None:
    """The best of the runs, each with the one beside it in `more` added."""
    beside = more or [measure.Run(0, 0, 0, b"")] * len(runs)
    seconds = min(a.seconds + b.seconds for a, b in zip(runs, beside, strict=True))
    cpu = min(a.cpu + b.cpu for a, b in zip(runs, beside, strict=True))
    peak = min(max(a.peak, b.peak) for a, b in zip(runs, beside, strict=True)) / MIB
    print(f"{name:<58} {seconds:6.2f} s  {cpu:6.2f} s CPU  {peak:6.0f} MiB")


def main() -> None:
    """All rows."""
    archive = images.image(CACHE, "six")
    with tempfile.TemporaryDirectory(prefix="periderm-bench-") as name:
        folder = Path(name)
        policy = folder / "policy.json"
        policy.write_text('{"default": [{"type": "insecureAcceptAnything"}]}')
        skopeo = ["skopeo", "--policy", str(policy), "copy", "-q", "--src-tls-verify=false", "--dest-tls-verify=false"]
        with registry(folder) as host:
            target = f"{host}/bench/six:1"
            measure.run([*skopeo, f"docker-archive:{archive}", f"docker://{target}"])
            measure_all(folder, skopeo, target)


def measure_all(folder: Path, skopeo: Sequence[str], target: str) -> None:
    """Scans with nothing kept, with everything kept, and the way around."""
    periderm = [sys.executable, "-m", "periderm", "scan"]
    cold, warm, facts, fetched, scanned, blobs = [], [], [], [], [], []
    for number in range(ROUNDS):
        state = {**os.environ, "PERIDERM_STATE": str(folder / "state"), "PERIDERM_CACHE": str(folder / f"cache{number}")}
        cold.append(measure.run([*periderm, "registry", target], state))
        warm.append(measure.run([*periderm, "registry", target], state))
        shutil.rmtree(folder / f"cache{number}/scan/result")
        facts.append(measure.run([*periderm, "registry", target], state))
        blobs.append(measure.run([*periderm, "registry", target, "--no-cache"], state))
        state["PERIDERM_CACHE"] = str(folder / f"other{number}")
        saved = folder / f"saved{number}.tar"
        fetched.append(measure.run([*skopeo, f"docker://{target}", f"docker-archive:{saved}:six:1"]))
        scanned.append(measure.run([*periderm, "image", str(saved)], state))
        saved.unlink()
    row("periderm scan registry, nothing kept", cold)
    row("  again: the result of that manifest is kept", warm)
    row("  another image of layers that were read before", facts)
    row("  --no-cache: the blobs are kept, all is read again", blobs)
    row("skopeo copy to an archive", fetched)
    row("  and periderm scan image of that archive", scanned)
    row("  both", fetched, scanned)


if __name__ == "__main__":
    main()
