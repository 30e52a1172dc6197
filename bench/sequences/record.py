"""Records the traces: a Debian root of its own, in namespaces of its own, whose services and daily tasks run under strace.

Needs root, debootstrap, strace, javac, unshare and Debian's mirror for the first time; takes half an hour, 2.5 GB. The network
namespace holds nothing but its loopback, so that no attack reaches anything else.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

FILES = Path(__file__).parent / "files"
ROUND_SECONDS = 900
NORMAL_ROUNDS, ATTACK_ROUNDS = 2, 2
HOSTS = ("", "-other", "-third")  # no other one runs what the first one ran
_ENTER = """
set -e
mount -t proc proc {root}/proc; mount --bind /dev {root}/dev; mount -t devpts devpts {root}/dev/pts
mount -t tmpfs tmpfs {root}/run
exec chroot {root} sh /files/round.sh {tasks} {out}
"""


def record(folder: Path, hosts: Sequence[str] = HOSTS) -> Path:
    """All rounds of these hosts; returns the root with what strace wrote, a folder a host."""
    root = folder / "root"
    if not (root / "opt" / "agent.py").exists():
        _set_up(root)
    shutil.copytree(FILES, root / "files", dirs_exist_ok=True)
    for host in hosts:
        shutil.rmtree(root / f"traces{host}", ignore_errors=True)
        for kind, tasks, rounds in (("normal", "normal", NORMAL_ROUNDS), ("attack", "attacks", ATTACK_ROUNDS)):
            for number in range(1, rounds + 1):
                print(f"{kind}{host}, round {number} of {rounds}", flush=True)
                _round(root, f"/files/{tasks}{host}.sh", f"/traces{host}/{kind}{number}")
    return root


def _set_up(root: Path) -> None:
    if not (root / "usr").exists():
        _run("debootstrap", "--variant=minbase", "bookworm", str(root))
    shutil.copytree(FILES, root / "files", dirs_exist_ok=True)
    shutil.copy("/etc/resolv.conf", root / "etc" / "resolv.conf")
    (root / "opt" / "jobs").mkdir(exist_ok=True)
    sources = [str(path) for path in FILES.glob("*.java")]
    _run("javac", "--release", "17", "-nowarn", "-d", str(root / "opt" / "jobs"), *sources)
    # What installing needs of the kernel's file systems goes with the namespace.
    script = f"mount -t proc proc {root}/proc && exec chroot {root} sh /files/setup.sh"
    _run("unshare", "-m", "-p", "-f", "sh", "-c", script)


def _round(root: Path, tasks: str, out: str) -> None:
    script = _ENTER.format(root=root, tasks=tasks, out=out)
    command = ["unshare", "-n", "-m", "-i", "-u", "-p", "-f", "--kill-child", "sh", "-c", script]
    try:
        # The end of a round ends its processes, the first one among them, so its status says nothing.
        subprocess.run(command, timeout=ROUND_SECONDS, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        print("cut off: what was recorded until now counts")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
