"""What it costs to scan a disk image, beside a scan of the same tree in a folder and beside the floor: reading every file of
that folder once.

Usage: `python bench/disk.py [FOLDER [MIB]]`: a folder with a root file system (default: the Debian that `bench/scan` keeps)
and the size of the disks (default 2048). Makes ext4 and, with root, XFS, raw and as compressed qcow2, in a folder that is
removed. Figures are the best of several runs, in turn; memory as `bench/scan/measure.py` tells it. Asserts nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from scan import measure

RUNS = int(os.environ.get("PERIDERM_BENCH_RUNS", "4"))
KEPT = Path("/var/cache/periderm/bench/debian")
MIB = 1 << 20
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def tool(*command: str | Path) -> bool:
    """Runs a tool of the system; False where it is missing or fails."""
    found = shutil.which(str(command[0]), path=PATH)
    if found is None:
        return False
    return subprocess.run([found, *map(str, command[1:])], capture_output=True, check=False).returncode == 0


def xfs(folder: Path, path: Path, size: int) -> bool:
    """A file system that the kernel wrote; needs root."""
    point = path.with_suffix(".mounted")
    point.mkdir()
    with path.open("wb") as file:
        file.truncate(size)
    if not tool("mkfs.xfs", "-q", path) or not tool("mount", "-o", "loop", path, point):
        return False
    copied = tool("cp", "-a", f"{folder}/.", point)
    return tool("umount", point) and copied


def disks(folder: Path, work: Path, size: int) -> dict[str, Path]:
    """The disks that can be made here."""
    made: dict[str, Path] = {}
    if tool("mke2fs", "-q", "-F", "-t", "ext4", "-d", folder, work / "ext4", f"{size >> 10}k"):
        made["ext4, raw"] = work / "ext4"
        if tool("qemu-img", "convert", "-c", "-O", "qcow2", work / "ext4", work / "ext4.qcow2"):
            made["ext4, qcow2"] = work / "ext4.qcow2"
    if xfs(folder, work / "xfs", size):
        made["xfs, raw"] = work / "xfs"
    return made


def floor(folder: Path) -> tuple[float, int]:
    """(seconds, bytes) of reading every regular file once."""
    began, total = time.perf_counter(), 0
    for where, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(where, name)
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb", buffering=0) as file:
                    while piece := file.read(MIB):
                        total += len(piece)
    return time.perf_counter() - began, total


def main() -> None:
    """Prints the table."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else KEPT
    size = (int(sys.argv[2]) if len(sys.argv) > 2 else 2048) * MIB
    if not folder.is_dir():
        raise SystemExit(f"There is no {folder}; give a folder with a root file system, or run bench/scan first.")
    with tempfile.TemporaryDirectory(prefix="periderm-disk-") as name:
        work = Path(name)
        made = disks(folder, work, size)
        targets = [("folder", ("fs", folder)), *((what, ("disk", path)) for what, path in made.items())]
        best: dict[str, measure.Run] = {}
        floors = []
        for _ in range(RUNS):
            seconds, total = floor(folder)
            floors.append(seconds)
            for what, (kind, path) in targets:
                environment = {**os.environ, "PERIDERM_CACHE": str(work / "cache")}
                command = (sys.executable, "-m", "periderm", "scan", kind, path, "--no-cache", "--format", "json")
                run = measure.run(command, environment)
                best[what] = min(best.get(what, run), run, key=lambda one: one.seconds)
    print(f"{folder}: {total / MIB:.0f} MiB of files on disks of {size >> 20} MiB, everything looked for, best of {RUNS}")
    print(f"  {'':14}{'seconds':>9}{'cpu':>8}{'MiB/s':>8}{'peak MiB':>10}{'to floor':>10}")
    print(f"  {'floor':14}{min(floors):9.2f}{'':8}{total / MIB / min(floors):8.0f}{'':10}{'1.0':>10}")
    for what, _ in targets:
        run = best[what]
        rate, ratio = total / MIB / run.seconds, run.seconds / min(floors)
        print(f"  {what:14}{run.seconds:9.2f}{run.cpu:8.2f}{rate:8.0f}{run.peak / MIB:10.0f}{ratio:10.1f}")


if __name__ == "__main__":
    main()
