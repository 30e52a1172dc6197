"""A real container that takes milliseconds: an image of one static program, made here, which writes a byte every 10 ms."""

from __future__ import annotations

import dataclasses
import io
import shutil
import subprocess
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

# No C library: a few system calls by number. The program beats into /out/beat as long as it runs.
SOURCE = r"""
#if defined(__x86_64__)
enum { OPENAT = 257, WRITE = 1, NANOSLEEP = 35 };
static long call(long n, long a, long b, long c, long d)
{
    long r; register long r10 __asm__("r10") = d;
    __asm__ volatile("syscall" : "=a"(r) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return r;
}
#else
enum { OPENAT = 56, WRITE = 64, NANOSLEEP = 101 };
static long call(long n, long a, long b, long c, long d)
{
    register long x8 __asm__("x8") = n; register long x0 __asm__("x0") = a; register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c; register long x3 __asm__("x3") = d;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
}
#endif
void _start(void)
{
    static long pause[2] = { 0, 10000000 };
    long fd = call(OPENAT, -100, (long)"/out/beat", 02101, 0644);
    for (;;) { call(WRITE, fd, (long)".", 1, 0); call(NANOSLEEP, (long)pause, 0, 0, 0); }
}
"""
FLAGS = ["-Os", "-static", "-nostdlib", "-ffreestanding", "-fno-stack-protector", "-fno-pie"]
ROOT = Path("/var/lib/containers/storage")
RUN = Path("/run/containers/storage")


def podman(*arguments: str, data: bytes | None = None) -> str:
    """Runs podman as the product's own machine setting asks (cgroupfs, runc); returns what it says."""
    command = ["podman", "--cgroup-manager=cgroupfs", "--runtime", "runc", *arguments]
    done = subprocess.run(command, input=data, capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def program(folder: Path) -> bytes:
    """The static program."""
    compiler = shutil.which("clang") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("needs clang or gcc")
    (folder / "beat.c").write_text(SOURCE)
    subprocess.run([compiler, *FLAGS, "-o", str(folder / "beat.bin"), str(folder / "beat.c")], check=True, timeout=300)
    return (folder / "beat.bin").read_bytes()


def rootfs(beat: bytes) -> bytes:
    """A tar with the program and the folder it writes to."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for folder in ("out", "proc", "sys", "dev", "etc", "run", "tmp"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            tar.addfile(entry)
        entry = tarfile.TarInfo("beat")
        entry.size, entry.mode = len(beat), 0o755
        tar.addfile(entry, io.BytesIO(beat))
    return buffer.getvalue()


@dataclasses.dataclass(frozen=True)
class TinyImage:
    """An image of podman's."""

    reference: str
    digest: str


@dataclasses.dataclass(frozen=True)
class TinyContainer:
    """A running container; `beat` is the file it writes to, as the host sees it."""

    id: str
    name: str
    image: TinyImage
    beat: Path


def make_image(folder: Path) -> Iterator[TinyImage]:
    """An image of its own name for this test run, removed afterwards."""
    reference = f"localhost/periderm-machine-test:{uuid.uuid4().hex[:12]}"
    change = "--change=LABEL io.periderm.owner=image-team"
    digest = podman("import", "--quiet", change, '--change=CMD ["/beat"]', "-", reference, data=rootfs(program(folder)))
    try:
        yield TinyImage(reference, f"sha256:{digest.removeprefix('sha256:')[-64:]}")
    finally:
        podman("rmi", "--force", reference)


def run(image: TinyImage, out: Path, *options: str) -> Iterator[TinyContainer]:
    """Runs the image; removes the container afterwards."""
    name = f"periderm-machine-test-{uuid.uuid4().hex[:12]}"
    out.mkdir()
    limits = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=64:64")
    identity = podman(
        *(
            "run",
            "--detach",
            "--network=none",
            "--name",
            name,
            *limits,
            "--volume",
            f"{out}:/out",
            *options,
            image.reference,
            "/beat",
        )
    )
    try:
        yield TinyContainer(identity, name, image, out / "beat")
    finally:
        podman("rm", "--force", "--time=0", name)
