"""Prints how many of 1,000 starts of a forbidden program got through, by guise and mechanism, and what they wrote.

On this machine: the kill at exec and fanotify, in a container. BPF LSM: in the second kernel, if QEMU is here.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from periderm.adapters.container_files import inodes_of  # noqa: E402 -- after the path above
from periderm.adapters.gate_fanotify.gate import FanotifyGate  # noqa: E402 -- after the path above
from periderm.adapters.gate_fanotify.watchdog import Watchdog  # noqa: E402 -- after the path above
from periderm.adapters.machine_linux import LinuxMachine  # noqa: E402 -- after the path above
from periderm.adapters.sensor_ebpf.sensor import EbpfSensor  # noqa: E402 -- after the path above
from periderm.flow.guarding import guard_policy  # noqa: E402 -- after the path above
from periderm.flow.programming import kernel_policy  # noqa: E402 -- after the path above
from periderm.model.policy import Policy, PolicyMode  # noqa: E402 -- after the path above
from tests import busy  # noqa: E402 -- after the path above

GUISES = {
    "direct": "execve of the listed program",
    "threads": "the same from 16 threads",
    "rename": "a copy, renamed",
    "hard-link": "a hard link",
    "symlink": "a symbolic link",
    "copy": "a copy under another name",
    "script-of-bad": "a dropped script, #! the program",
    "script": "a dropped script, #! /bin/sh",
    "execveat": "execveat of a descriptor",
    "memfd": "a copy in memory (memfd)",
    "storm": "a storm of forks",
    "restart": "direct, after an agent restart",
    "sh-script": "sh SCRIPT (a script of the image)",
    "ld.so": "ld.so PROGRAM",
}
SPARE = 16  # the threads' share is rounded up
POLICY = Policy(
    id="pol-bench",
    name="bench",
    mode=PolicyMode.ENFORCE,
    kill_drift=True,
    kill_memory=True,
    kill_executables=("/bad", "/bad-dynamic"),
    refuse_open=("/srv/job", "/bad-dynamic"),
    fanotify=True,
    lsm=True,
    refuse_modules=False,
)
Count = Callable[[str], int]


def programs(folder: Path) -> dict[str, bytes]:
    """The driver, the forbidden program (static and dynamic), the loader and its library, by path in the image."""
    compiler = shutil.which("gcc") or shutil.which("clang") or "cc"

    def built(source: str, name: str, *flags: str) -> bytes:
        command = [compiler, "-O2", "-w", *flags, "-o", str(folder / name), str(ROOT / "bench" / source)]
        subprocess.run(command, check=True)
        return (folder / name).read_bytes()

    found = {
        "driver": built("enforcement.c", "driver", "-static", "-pthread"),
        "bad": built("forbidden.c", "bad", "-static"),
        "bad-dynamic": built("forbidden.c", "bad-dynamic"),
        "srv/job": b"printf x >> /out/marks\n",
    }
    told = subprocess.run(["ldd", str(folder / "bad-dynamic")], capture_output=True, text=True, check=True).stdout
    for path in re.findall(r"(/\S+) \(0x", told):
        found[path.lstrip("/")] = Path(path).resolve().read_bytes()
    return found


@contextlib.contextmanager
def beside(step: Callable[[], None]) -> Iterator[None]:
    """Repeats the step on a thread of its own while the block runs."""
    stop = threading.Event()

    def repeat() -> None:
        while not stop.is_set():
            step()

    thread = threading.Thread(target=repeat)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextlib.contextmanager
def killing(container: busy.Busy) -> Iterator[None]:
    """The sensor with the policy, its thread beating; a restart between two uses."""
    found = container.container
    node = LinuxMachine(fallback=Path(tempfile.gettempdir())).node()
    sensor = EbpfSensor(pin_dir=f"/sys/fs/bpf/periderm-enforcement-{os.getpid()}")
    sensor.start()

    def beat() -> None:
        sensor.heartbeat()
        sensor.read(0.05)

    sensor.set_subjects([node, found])
    sensor.set_policy(found, kernel_policy(POLICY, inodes_of(found, POLICY.kill_executables)))
    sensor.heartbeat()
    try:
        with beside(beat):
            yield
    finally:
        sensor.stop()


@contextlib.contextmanager
def refusing(container: busy.Busy) -> Iterator[None]:
    """The fanotify gate with its watchdog."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        try:
            ours.close()
            Watchdog(theirs).serve()
        finally:
            os._exit(0)
    theirs.close()
    gate = FanotifyGate(ours)
    gate.program([guard_policy(container.container, POLICY, inodes_of)])
    ready = busy.until(lambda: container.do("sh", "-c", "/bad || true", check=False) == "" and bool(gate.news().refusals))
    if not ready:
        raise SystemExit("enforcement: fanotify did not begin")

    def listen() -> None:
        for problem in gate.news().problems:
            print(f"enforcement: {problem}")
        time.sleep(0.2)

    try:
        with beside(listen):
            yield
    finally:
        gate.close()
        os.waitpid(pid, 0)


def counting(container: busy.Busy, total: int, again: Callable[[], contextlib.AbstractContextManager[None]]) -> dict[str, int]:
    """Bytes in /out/marks after each guise; 'restart' runs under a fresh mechanism."""
    found: dict[str, int] = {}
    marks = Path(f"/proc/{container.container.pid}/root/out/marks")

    def one(guise: str, name: str) -> None:
        marks.unlink(missing_ok=True)
        container.do("/driver", guise, str(total), check=False)
        found[name] = marks.stat().st_size if marks.exists() else 0

    with again():
        for guise in GUISES:
            if guise != "restart":
                one(guise, guise)
    with again():
        one("direct", "restart")
    return found


def in_guest(total: int, built: Mapping[str, bytes]) -> dict[str, tuple[int, int]]:
    """(without, with BPF LSM) by guise in the second kernel; {} where there is none."""
    from tests.guest import libraries_of, missing, modules, python, run_guest
    from tools.build_bpf import GUARD_TARGET, build

    places = (Path(f"{folder}/x86_64-linux-gnu/libbpf.so.1") for folder in ("/usr/lib", "/lib"))
    library = next((path for path in places if path.exists()), None)
    if missing() or library is None:
        return {}
    build(GUARD_TARGET)
    brought: dict[str, bytes | Path] = {f"/image/{path}": data for path, data in built.items()}
    brought |= {"/image/bin/busybox": Path(busy.BUSYBOX), "/guest.py": (ROOT / "bench/_enforcement_guest.py").read_bytes()}
    brought |= {"/lib/overlay.ko": modules()["overlay"], str(library): library, **libraries_of(library)}
    brought |= python("msgspec", "numpy", "periderm")
    words = " ".join(guise for guise in GUISES)
    script = f"insmod /lib/overlay.ko\nPYTHONHOME=/py PYTHONPATH=/site python /guest.py {total} {words}\n"
    with tempfile.TemporaryDirectory() as folder:
        said = run_guest(Path(folder), brought, script, "lsm=landlock,lockdown,bpf")
    return {m[1]: (int(m[2]), int(m[3])) for m in re.finditer(r"RESULT (\S+) (\d+) (\d+)", said)}


def main(total: int = 1000, guest_total: int = 100) -> None:
    """Prints the matrix; the guest is emulated and slow, so it gets fewer starts (0: none)."""
    if os.geteuid() != 0 or shutil.which("podman") is None:
        print("enforcement: skipped, needs root and podman")
        return
    with tempfile.TemporaryDirectory() as folder:
        built = programs(Path(folder))
    columns: dict[str, dict[str, int]] = {}
    for image in busy.make_image(built):
        for name, mechanism in (("nothing", None), ("kill at exec", killing), ("fanotify", refusing)):
            for container in busy.run(image):
                again = (lambda c=container, m=mechanism: m(c)) if mechanism else contextlib.nullcontext
                columns[name] = counting(container, total, again)
    show(f"of {total} starts (16 threads: {-(-total // SPARE) * SPARE})", columns)
    if guest_total:
        guest = in_guest(guest_total, built)
        both = {"nothing": {g: p[0] for g, p in guest.items()}, "BPF LSM": {g: p[1] for g, p in guest.items()}}
        show(f"in the second kernel, of {guest_total} starts (16 threads: {-(-guest_total // SPARE) * SPARE})", both)


def show(of: str, columns: Mapping[str, Mapping[str, int]]) -> None:
    """One table."""
    print(f"enforcement: {of} got through, each of which wrote one byte:", flush=True)
    print(f"| {'guise':34} | " + " | ".join(f"{name:>15}" for name in columns) + " |")
    print(f"| {'-' * 34} | " + " | ".join("-" * 14 + ":" for _ in columns) + " |")
    for guise, text in GUISES.items():
        print(f"| {text:34} | " + " | ".join(f"{column.get(guise, '-')!s:>15}" for column in columns.values()) + " |")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:3]))
