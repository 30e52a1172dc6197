"""Containers of every layout, made from scratch: musl and busybox, an rpm distribution's, without a shell, one file, a pause.

Each has the program of deeds.c as its first program, or as what it pauses with. Makes and removes; asserts nothing.
"""

from __future__ import annotations

import io
import os
import re
import select
import shutil
import subprocess
import tarfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests import rpms

SOURCE = Path(__file__).with_name("deeds.c")
PODMAN = ["podman", "--cgroup-manager=cgroupfs", "--runtime", "runc"]
SHADOW = {"etc/shadow": b"root:*:19000:0:99999:7:::\n"}
DEEDS = ("shell", "shadow", "drift", "memory", "reverse", "keys", "mount")


def build(folder: Path) -> dict[str, bytes]:
    """The program three times: static, linked with glibc, linked with musl ('' where there is no musl-gcc)."""
    made = {}
    for name, command in {
        "static": ["gcc", "-static"],
        "glibc": ["gcc"],
        "musl": ["musl-gcc"],
    }.items():
        if shutil.which(command[0]) is None:
            continue
        target = folder / name
        subprocess.run([*command, "-O1", "-o", target, SOURCE], check=True)
        made[name] = target.read_bytes()
    return made


def needed(program: str) -> dict[str, Path]:
    """The libraries of a program, by the name under which it asks for them; the loader among them."""
    said = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    return {Path(path).name: Path(path) for path in re.findall(r"(/\S+) \(0x", said)}


def rpm_layout(program: bytes, folder: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """Files and links as Fedora has them: /usr merged, lib64, bash as sh, and the database below /usr/lib/sysimage."""
    held = folder / "glibc-program"
    held.write_bytes(program)
    files = {
        "usr/bin/deeds": program,
        "usr/bin/bash": Path("/bin/bash").read_bytes(),
        "etc/os-release": b'ID=fedora\nVERSION_ID=40\nNAME="Fedora Linux"\n',
        "usr/lib/sysimage/rpm/rpmdb.sqlite": rpms.sqlite(
            folder / "rpmdb.sqlite", [rpms.header(name="bash", files=[("/usr/bin/", "bash"), ("/usr/bin/", "sh")])]
        ),
        **SHADOW,
    }
    for name, path in {**needed("/bin/bash"), **needed(str(held))}.items():
        files[f"usr/lib64/{name}"] = path.resolve().read_bytes()
        (folder / "root/usr/lib64").mkdir(parents=True, exist_ok=True)
        (folder / "root/usr/lib64" / name).write_bytes(files[f"usr/lib64/{name}"])
    (folder / "root/etc").mkdir()
    # This machine's loader does not look into lib64 by itself, as Fedora's does; with a cache it does.
    subprocess.run(["/sbin/ldconfig", "-r", folder / "root", "/usr/lib64"], check=True)
    files["etc/ld.so.cache"] = (folder / "root/etc/ld.so.cache").read_bytes()
    links = {"bin": "usr/bin", "sbin": "usr/sbin", "lib": "usr/lib", "lib64": "usr/lib64", "usr/bin/sh": "bash"}
    return files, links


def layouts(folder: Path) -> dict[str, tuple[dict[str, bytes], dict[str, str], list[str], tuple[str, ...]]]:
    """Name to files, links, command and the deeds that can be done there."""
    programs = build(folder)
    static = programs["static"]
    rpm_files, rpm_links = rpm_layout(programs["glibc"], folder)
    made: dict[str, tuple[dict[str, bytes], dict[str, str], list[str], tuple[str, ...]]] = {
        "rpm": (rpm_files, rpm_links, ["/usr/bin/deeds"], DEEDS),
        "distroless": (
            {
                "app/deeds": static,
                "etc/ssl/certs/ca-certificates.crt": b"",
                "etc/passwd": b"root:x:0:0:root:/root:/sbin/nologin\n",
                "etc/os-release": b'PRETTY_NAME="Distroless"\nID="debian"\nVERSION_ID="12"\n',
                **SHADOW,
            },
            {},
            ["/app/deeds"],
            ("shadow", "drift", "memory", "keys", "mount"),
        ),
        "scratch": ({"deeds": static}, {}, ["/deeds"], ("drift", "memory", "keys", "mount")),
        "pause": ({"pause": static}, {}, ["/pause", "pause"], ()),
    }
    loader = Path("/lib/ld-musl-x86_64.so.1")
    if "musl" in programs and loader.exists():
        files = {
            "usr/bin/deeds": programs["musl"],
            "lib/ld-musl-x86_64.so.1": loader.resolve().read_bytes(),
            "bin/busybox": Path(shutil.which("busybox") or "/bin/busybox").read_bytes(),
            "etc/os-release": b"ID=alpine\nVERSION_ID=3.20.0\n",
            **SHADOW,
        }
        made["musl"] = (files, {"bin/sh": "busybox"}, ["/usr/bin/deeds"], DEEDS)
    return made


def archive(files: Mapping[str, bytes], links: Mapping[str, str]) -> bytes:
    """A root file system as a tar."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as tar:
        folders = {str(p) for name in [*files, *links] for p in Path(name).parents if str(p) not in {".", *links}}
        for name in sorted(folders):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(entry)
        for name, target in links.items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            tar.addfile(entry)
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), 0o600 if name.endswith("shadow") else 0o755
            tar.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def podman(*arguments: str, given: bytes = b"") -> str:
    """One command to its end."""
    done = subprocess.run([*PODMAN, *arguments], input=given, capture_output=True, timeout=300, check=True)
    return done.stdout.decode().strip()


@dataclass
class Box:
    """One container, or the plain host (no image), that is told deeds."""

    kind: str
    command: list[str]
    deeds: tuple[str, ...]
    files: Mapping[str, bytes] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    image: str = ""
    digest: str = ""  # of the image, as alerts name it
    container: str = ""
    said: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Makes the image and starts it; waits until the program says that it is ready."""
        command = self.command
        if self.files:
            self.name = f"periderm-everywhere-{self.kind}-{os.getpid()}"
            self.image = f"localhost/{self.name}:1"
            made = podman("import", "--quiet", "-", self.image, given=archive(self.files, self.links))
            self.digest = made if made.startswith("sha256:") else f"sha256:{made}"
            limits = ["--ulimit", "nofile=20000:20000", "--ulimit", "nproc=4096:4096"]
            run = ["run", "--interactive", "--network=none", "--pull=never", *limits, "--name", self.name, self.image]
            command = [*PODMAN, *run, *command]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.kind != "pause":
            assert self._line() == "ready"
        if self.files:
            self.container = self._identity()

    def _identity(self) -> str:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            asked = subprocess.run(
                [*PODMAN, "inspect", "-f", "{{.Id}} {{.State.Running}}", self.name], capture_output=True, text=True, check=False
            )
            identity, _, runs = asked.stdout.strip().partition(" ")
            if runs == "true":
                return identity
            time.sleep(0.1)
        raise AssertionError(f"{self.name} does not run")

    def do(self, deed: str, with_: str = "") -> None:
        """One deed to its end; what it answered is kept."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{deed} {with_}\n".encode())
        self._process.stdin.flush()
        self.said[deed] = self._line()

    def _line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        assert select.select([self._process.stdout], [], [], 120)[0], f"{self.kind} does not answer"
        return self._process.stdout.readline().decode().strip()

    def stop(self) -> None:
        """Removes all of it, whatever state it is in."""
        if self.name:
            subprocess.run([*PODMAN, "rm", "--force", "--time=0", self.name], capture_output=True, check=False)
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        if self.image:
            subprocess.run([*PODMAN, "rmi", "--force", self.image], capture_output=True, check=False)
