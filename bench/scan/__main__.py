"""What it costs to scan images, from exec to exit, beside the floor: reading, inflating and hashing every layer once.

Usage: `python bench/scan [NAME…]` with names of `images.IMAGES` (default: all), or a path of an archive of `docker save`.
Prints; asserts nothing. The images are made here once and kept in PERIDERM_BENCH_CACHE (default: the user's cache); Debian
needs root, debootstrap and its mirror. The floor is `floor.c`, built with isal and OpenSSL where there are headers.
Figures are the best of several runs, scan and floor in turn, so that a noisy machine disturbs both alike. Memory is the
greatest sum of RssAnon and RssShmem over all processes of a run, looked at every few milliseconds.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scan import images, measure

RUNS = int(os.environ.get("PERIDERM_BENCH_RUNS", "4"))
PACKAGES = ("--scanners", "packages,vulnerabilities")
# Each alone, beside the packages that every scan reads; then all of it, which is what a scan does by default.
APART = (
    ("secrets", ("--scanners", "secrets")),
    ("malware", ("--scanners", "malware")),
    ("configuration", ("--scanners", "configuration")),
    ("everything", ()),
)


class Row(NamedTuple):
    """One line of figures."""

    what: str
    run: measure.Run
    floor: float


def cache() -> Path:
    """Where the made images are kept."""
    told = os.environ.get("PERIDERM_BENCH_CACHE")
    return Path(told) if told else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "periderm-bench"


def build_floor(folder: Path) -> Path | None:
    """The floor's program, None (and why) where it cannot be built."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        print("no floor: there is no C compiler")
        return None
    program = folder / "floor"
    source = Path(__file__).parent / "floor.c"
    done = subprocess.run(
        [compiler, "-O2", "-pthread", source, "-lisal", "-lcrypto", "-o", program], capture_output=True, text=True, check=False
    )
    if done.returncode:
        print("no floor: it needs the headers of isal and OpenSSL (Debian: libisal-dev libssl-dev)")
        return None
    return program


def scan(archive: Path, kept: Path, more: Sequence[str] = PACKAGES) -> tuple[measure.Run, dict[str, list[object]]]:
    """One `periderm scan`, and its report."""
    environment = {**os.environ, "PERIDERM_CACHE": str(kept), "PERIDERM_STATE": str(kept / "state")}
    command = [sys.executable, "-m", "periderm", "scan", "image", str(archive), "--format", "json", "--quiet", *more]
    run = measure.run(command, environment)
    report: dict[str, list[object]] = json.loads(run.output)
    return run, report


def forget(file: Path) -> None:
    """Drops a file from the page cache."""
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
        os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def figures(archive: Path, floor: Path | None, folder: Path) -> None:
    """All runs of one archive."""
    places = images.places(archive)
    command = [str(floor), str(archive), *places] if floor else []
    warm = folder / "warm"
    best: dict[str, measure.Run] = {}
    report: dict[str, list[object]] = {}

    def note(what: str, run: measure.Run) -> None:
        if what not in best or run.seconds < best[what].seconds:
            best[what] = run._replace(peak=max(run.peak, best[what].peak if what in best else 0))

    for number in range(RUNS):
        if number == 0:
            forget(archive)
            if command:
                note("floor, cold file", measure.run(command))
            forget(archive)
        shutil.rmtree(warm, ignore_errors=True)
        run, report = scan(archive, warm)
        note("packages, cold file" if number == 0 else "packages", run)
        if command:
            note("floor", measure.run(command))
        note("packages, unchanged file", scan(archive, warm)[0])
        shutil.rmtree(warm / "scan" / "result", ignore_errors=True)
        note("packages, kept layers", scan(archive, warm)[0])
    whole = report
    for what, more in APART:
        for number in range(RUNS):
            # What is kept of layers goes; what a first start makes (compiled patterns) stays, as in a pipeline's runner.
            for kept in ("result", "layer"):
                shutil.rmtree(warm / "scan" / kept, ignore_errors=True)
            run, whole = scan(archive, warm, more)
            if number:
                note(what, run)
                if command:
                    note("floor", measure.run(command))
    note("everything, unchanged file", scan(archive, warm, ())[0])
    shutil.rmtree(warm, ignore_errors=True)
    note("everything, first start", scan(archive, warm, ())[0])
    told = report["inventory"]["packages"]  # type: ignore[call-overload] # JSON of our own
    print(f"\n{archive.name}: {archive.stat().st_size >> 20} MiB, {len(places) // 3} layers, {len(told)} packages, ", end="")
    print(f"{len(report['findings'])} findings ({len(whole['findings'])} with all scanners)")
    for what, run in best.items():
        low = best.get("floor, cold file" if "cold" in what else "floor")
        ratio = f"   {run.seconds / low.seconds:5.2f} times the floor" if low and not what.startswith("floor") else ""
        print(f"  {what:<26}{run.seconds:7.3f} s {run.cpu:7.3f} s CPU {run.peak >> 20:5} MiB{ratio}")


def main(arguments: Sequence[str]) -> int:
    """All images, or those that are named."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="periderm-bench-") as name:
        folder = Path(name)
        floor = build_floor(folder)
        for wanted in arguments or tuple(images.IMAGES):
            if wanted not in images.IMAGES:
                figures(Path(wanted), floor, folder)
                continue
            if not (cache() / f"debian-{images.SUITE}.tar").exists() and (os.geteuid() or not shutil.which("debootstrap")):
                print("making the images needs root and debootstrap, once")
                return 0
            for oci in (False, True):
                figures(images.image(cache(), wanted, oci=oci), floor, folder)
    print(f"\n{time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
