"""The part of bench/enforcement.py that runs in the second kernel: the driver in a mount namespace, without and with LSM."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

from periderm.adapters.sensor_ebpf.guard import LsmGuard
from periderm.ports.guard import GuardPolicy

UPPER, WORK, TOP = Path("/tmp/upper"), Path("/tmp/work"), Path("/m")  # noqa: S108 -- a machine of our own
BOX = "/bin/busybox"


def do(*words: str) -> None:
    """Runs a command that must work."""
    subprocess.run(words, check=True)


def main(total: int, guises: list[str]) -> None:
    """Prints RESULT guise without with."""
    for folder in (UPPER, WORK, TOP):
        folder.mkdir(exist_ok=True)
    do(BOX, "cp", "-a", "/image", "/tmp/image")  # noqa: S108 -- layers share a file system, as those of containers do
    for name in ("out", "srv", "tmp"):
        (Path("/tmp/image") / name).mkdir(exist_ok=True)  # noqa: S108 -- the guest's own
    os.symlink("busybox", "/tmp/image/bin/sh")  # noqa: S108 -- the guest's own
    do(BOX, "mount", "-t", "overlay", "overlay", "-o", f"lowerdir=/tmp/image,upperdir={UPPER},workdir={WORK}", str(TOP))
    command = [BOX, "unshare", "-m", BOX, "chroot", str(TOP), "/bin/sh"]
    shell = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    marks = TOP / "out/marks"

    def one(guise: str) -> int:
        marks.unlink(missing_ok=True)
        if shell.stdin is None or shell.stdout is None:
            raise SystemExit("no shell")
        shell.stdin.write(f"/driver {guise} {total}; echo done\n")
        shell.stdin.flush()
        while shell.stdout.readline().strip() != "done":
            pass
        return marks.stat().st_size if marks.exists() else 0

    def inodes(*paths: str) -> tuple[tuple[int, int], ...]:
        return tuple(((TOP / path).stat().st_dev, (TOP / path).stat().st_ino) for path in paths)

    def begin() -> LsmGuard:
        guard = LsmGuard()
        space = os.stat(f"/proc/{shell.pid}/ns/mnt").st_ino
        policy = GuardPolicy(
            subject_id="c",
            pid=shell.pid,
            mount_namespace=space,
            enforce=True,
            drift=True,
            memory=True,
            exec_inodes=inodes("bad", "bad-dynamic"),
            open_inodes=inodes("srv/job", "bad-dynamic"),
        )
        guard.program([policy])
        guard.heartbeat()
        return guard

    kinds = [guise for guise in guises if guise != "restart"]
    without = {guise: one(guise) for guise in kinds} | {"restart": 0}
    without["restart"] = without["direct"]
    stop = threading.Event()
    guards = [begin()]

    def beat() -> None:
        while not stop.wait(0.5):
            guards[-1].heartbeat()
            guards[-1].news()

    thread = threading.Thread(target=beat)
    thread.start()
    found = {guise: one(guise) for guise in kinds}
    old = guards[-1]
    guards.append(begin())
    old.close()
    found["restart"] = one("direct")
    stop.set()
    thread.join()
    for guise in guises:
        print(f"RESULT {guise} {without[guise]} {found[guise]}", flush=True)
    shell.kill()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
