"""Runs the workloads under load with the real sensor, then the attacks, then the upgraded images; keeps what was seen.

In the folder: `events.prec` (the sensor's events), `marks.json` (when what was done to whom), `samples.msgpack` (what processes
used), `images.msgpack` (inventories). Containers, network namespaces and helpers are removed at the end. Judges nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import _lab as lab
import msgspec
from baseline import images
from baseline.sampling import Sampler

from periderm.model.image import ImageInventory
from periderm.model.settings import Settings

HERE = Path(__file__).resolve().parent
PREFIX = "baseline-"
SPACE = "pbase-"
LOCAL = ("10.88.0.0/16", "203.0.113.0/24", "198.51.100.0/24")
CHECKED = ("redis", "postgres")
CHECK_SECONDS = 15.0
RELOAD_SECONDS = 150.0
START_SECONDS = 240.0
ATTACK_SECONDS = 390.0  # for all attacks on one workload; what was not begun by then is marked


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to a workload: 'up' (a container ran), 'attack' (its id in `name`). Times in Unix nanoseconds."""

    what: str
    workload: str
    name: str
    version: int
    began: int
    ended: int
    wrong: str = ""


class Bench:
    """The containers, their neighbourhoods and loads."""

    def __init__(self, folder: Path, workloads: tuple[str, ...]) -> None:
        self.folder = folder
        self.workloads = workloads
        self.marks: list[Mark] = []
        self._processes: dict[str, list[subprocess.Popen[str]]] = {name: [] for name in workloads}
        self._up: dict[str, tuple[int, int]] = {}
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._check), threading.Thread(target=self._reload)]

    def prepare(self) -> None:
        """Payloads, namespaces, what lies around."""
        flags = ("-O2", "-w", "-o")
        source = HERE / "deeds.c"
        subprocess.run(["gcc", "-static", "-DPROGRAM", *flags, self.folder / "deeds", source], check=True)
        subprocess.run(["gcc", "-shared", "-fPIC", "-nostartfiles", *flags, self.folder / "deeds.so", source], check=True)
        data = (self.folder / "deeds.so").read_bytes()
        text = b"read /etc/hostname"
        (self.folder / "quiet.so").write_bytes(data.replace(b"@@ORDER@@".ljust(len(text), b"\0"), text))
        (self.folder / "resolv.conf").write_text("nameserver 10.88.0.2\noptions timeout:2\n")
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / "no-key"], check=True)
        for name in self.workloads:
            (self.folder / name).mkdir(exist_ok=True)
            subprocess.run(["ip", "netns", "add", SPACE + name], check=True)
            subprocess.run(["ip", "-n", SPACE + name, "link", "set", "lo", "up"], check=True)
            for block in LOCAL:
                subprocess.run(["ip", "-n", SPACE + name, "route", "add", "local", block, "dev", "lo"], check=True)
            world = self._inside(name, "world.py", str(self.folder), output=True)
            if world.stdout is None or world.stdout.readline() != "ready\n":
                raise SystemExit(f"baseline: what lies around {name} did not start")

    def _inside(self, name: str, script: str, *arguments: str, output: bool = False) -> subprocess.Popen[str]:
        argv = ["ip", "netns", "exec", SPACE + name, sys.executable, str(HERE / script), *arguments]
        where = subprocess.PIPE if output else subprocess.DEVNULL
        log = (self.folder / f"{name}-{Path(script).stem}.log").open("w")
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=where, stderr=log, text=True)
        self._processes[name].append(process)
        return process

    def start(self, name: str, version: int) -> None:
        """A new container of the workload, in place of the one before."""
        self.end(name)
        options = [f"--network=ns:/run/netns/{SPACE}{name}", "-v", f"{self.folder}/resolv.conf:/etc/resolv.conf:ro"]
        if name == "shell":
            options += ["-v", f"{self.folder}/{name}:/spool"]
        began = time.time_ns()
        argv = [
            *lab.PODMAN,
            "run",
            "-d",
            "--rm",
            "--name",
            PREFIX + name,
            *options,
            *lab.LIMITS,
            images.reference(name, version),
        ]
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        self._up[name] = (began, version)

    def end(self, name: str) -> None:
        """Removes the container, if there is one."""
        subprocess.run([*lab.PODMAN, "rm", "-f", "--ignore", "-t", "3", PREFIX + name], check=False, capture_output=True)
        if name in self._up:
            began, version = self._up.pop(name)
            self.marks.append(Mark(what="up", workload=name, name="", version=version, began=began, ended=time.time_ns()))

    def load(self, name: str, seed: int) -> None:
        """Clients from now on."""
        self._inside(name, "loads.py", name, str(seed), str(self.folder / "shell" if name == "shell" else self.folder))

    def pid(self, name: str) -> int:
        """The container's first process."""
        argv = [*lab.PODMAN, "inspect", "-f", "{{.State.Pid}}", PREFIX + name]
        done = subprocess.run(argv, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        return int(done.stdout.strip() or 0) if done.returncode == 0 else 0

    def attack(self, name: str) -> None:
        """All attacks on a workload."""
        argv = (name, str(self.folder), str(self.pid(name)), str(ATTACK_SECONDS))
        process = self._inside(name, "attacker.py", *argv, output=True)
        for line in process.stdout or ():
            told = json.loads(line)
            self.marks.append(
                Mark(what="attack", workload=name, name=told["id"], version=self._up[name][1],
                     began=told["began"], ended=told["ended"], wrong=told["wrong"])
            )  # fmt: skip
        process.wait()

    def begin(self) -> None:
        """Health checks and reloads from now on."""
        for thread in self._threads:
            thread.start()

    def _check(self) -> None:
        while not self._stop.wait(CHECK_SECONDS):
            for name in set(CHECKED) & set(self._up):
                argv = [*lab.PODMAN, "healthcheck", "run", PREFIX + name]
                subprocess.run(argv, check=False, capture_output=True, stdin=subprocess.DEVNULL)

    def _reload(self) -> None:
        while not self._stop.wait(RELOAD_SECONDS):
            if "nginx" in self._up and (pid := self.pid("nginx")):
                os.kill(pid, signal.SIGHUP)

    def remove(self) -> None:
        """Everything that was started."""
        self._stop.set()
        for thread in self._threads:
            if thread.ident:
                thread.join()
        for name in self.workloads:
            self.end(name)
            for process in self._processes[name]:
                process.terminate()
                process.wait(20)
            subprocess.run(["ip", "netns", "del", SPACE + name], check=False, capture_output=True)


@contextlib.contextmanager
def agent(folder: Path) -> Iterator[None]:
    """The product's own agent with the real sensor, whose events are kept."""
    path = folder / "events.prec"
    environment = {
        **os.environ,
        "PERIDERM_STATE": str(folder / "state"),
        "PERIDERM_CACHE": str(folder / "cache"),
        "PERIDERM_PINS": f"/sys/fs/bpf/periderm-baseline-{os.getpid()}",
        "PERIDERM_BASELINES": "off",  # a kernel that knows what is normal only counts it: every row is wanted here
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "periderm", "agent", "--quiet", "--record", str(path)],
        env=environment, stderr=(folder / "agent.log").open("wb"), stdout=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + START_SECONDS
    while not (path.exists() and path.stat().st_size > 1000):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"baseline: the agent does not record: {(folder / 'agent.log').read_text()[-2000:]}")
        time.sleep(0.2)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(120)


def inventories(folder: Path, workloads: tuple[str, ...]) -> dict[str, ImageInventory]:
    """What the images hold, as the product's own worker finds it, by reference."""
    from periderm.app.scan_image import scan_reference
    from periderm.wiring.scanning import image_scanner

    scanner = image_scanner(Settings(state=str(folder / "state"), cache=str(folder / "cache")))
    found = {}
    for name in workloads:
        for version in (1, 2):
            reference = images.reference(name, version)
            inventory = scan_reference(scanner, f"podman:{reference}").inventory
            if inventory is not None:
                found[reference] = inventory
    (folder / "images.msgpack").write_bytes(msgspec.msgpack.encode(found))
    return found


def record(
    folder: Path, workloads: tuple[str, ...], minutes: float, upgraded: float, *, attacks: bool = True, seed: int = 0
) -> None:
    """`minutes` of the first image, with a new container at two thirds; the attacks; `upgraded` minutes of the second image."""
    folder.mkdir(parents=True, exist_ok=True)
    images.make(folder.parent / "key")
    for name in ("key", "key.pub"):
        (folder / name).write_bytes((folder.parent / name).read_bytes())
        (folder / name).chmod(0o600)
    bench = Bench(folder, workloads)
    sampler = Sampler()
    with contextlib.ExitStack() as stack:
        stack.callback(lambda: (folder / "marks.json").write_bytes(msgspec.json.format(msgspec.json.encode(bench.marks))))
        stack.callback(lambda: (folder / "samples.msgpack").write_bytes(msgspec.msgpack.encode(sampler.samples)))
        stack.callback(sampler.stop)
        stack.enter_context(agent(folder))
        stack.callback(bench.remove)
        bench.prepare()
        sampler.start()
        for number, name in enumerate(workloads):
            bench.start(name, 1)
            bench.load(name, seed + number)
        bench.begin()
        _rest(minutes * 40, "load")
        for name in workloads:
            bench.start(name, 1)
        _rest(minutes * 20, "load on new containers")
        if attacks:
            threads = [threading.Thread(target=bench.attack, args=(name,)) for name in workloads]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        if upgraded:
            for name in workloads:
                bench.start(name, 2)
            _rest(upgraded * 60, "load on the upgraded images")


def _rest(seconds: float, what: str) -> None:
    print(f"baseline: {what} for {seconds:.0f} s", file=sys.stderr, flush=True)
    time.sleep(seconds)
