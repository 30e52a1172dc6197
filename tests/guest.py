"""A second kernel: Debian's 6.1 cloud kernel in QEMU without KVM, with an initrd made of busybox and what a test brings.

The kernel's package is fetched by apt into the build cache, once; where that or QEMU is missing a test is skipped with
the reason. It has no network and no disk.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "guest"
META_PACKAGE = "linux-image-cloud-amd64"
MEMORY = "1024M"
LIMIT_SECONDS = 1500  # without KVM, beside other work; idle it is a minute
END = "periderm-guest-finished"
INIT = f"""#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin:/sbin:/usr/bin:/usr/sbin HOME=/root
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
mount -t securityfs security /sys/kernel/security
mount -t tracefs trace /sys/kernel/tracing
mount -t bpf bpf /sys/fs/bpf
mount -t cgroup2 cgroup /sys/fs/cgroup
mount -t tmpfs run /run
ip link set lo up
sh /script
echo {END} $?
poweroff -f
"""


def missing() -> str:
    """'' or one sentence that says why there is no guest here."""
    for tool, package in (("qemu-system-x86_64", "qemu-system-x86"), ("cpio", "cpio"), ("busybox", "busybox-static")):
        if shutil.which(tool) is None:
            return f"needs {package} for the second kernel"
    if shutil.which("dpkg") is None or shutil.which("apt-get") is None:
        return "needs dpkg and apt-get, which bring the second kernel"
    return ""


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One process at a time fetches or unpacks."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@functools.cache
def kernel_tree() -> Path:
    """The kernel's package, unpacked: `boot/vmlinuz-*` and `lib/modules`. Skips the test where it cannot be had."""
    if reason := missing():
        pytest.skip(reason)
    with _alone():
        found = sorted(CACHE.glob("tree/boot/vmlinuz-*"))
        if not found:
            package = _fetched()
            shutil.rmtree(CACHE / "tree", ignore_errors=True)
            subprocess.run(["dpkg", "-x", str(package), str(CACHE / "tree")], check=True)
    return CACHE / "tree"


def _fetched() -> Path:
    old = sorted(CACHE.glob("linux-image-*.deb"))
    if old:
        return old[-1]
    told = subprocess.run(["apt-cache", "depends", META_PACKAGE], capture_output=True, text=True, check=False).stdout
    name = re.search(r"Depends: (linux-image-6\.1\.\S+)", told)
    if name is None:
        pytest.skip(f"apt knows no {META_PACKAGE} of 6.1")
    done = subprocess.run(["apt-get", "download", name[1]], cwd=CACHE, capture_output=True, text=True, check=False)
    fresh = sorted(CACHE.glob("linux-image-*.deb"))
    if done.returncode != 0 or not fresh:
        pytest.skip(f"{name[1]} cannot be fetched: {done.stderr.strip()[-200:]}")
    return fresh[-1]


def libraries_of(program: Path) -> dict[str, Path]:
    """The shared libraries of a program with the loader, by the path at which it looks for them; {} for a static one."""
    told = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False).stdout
    return {path: Path(path).resolve() for path in re.findall(r"(/\S+) \(0x", told)}


def _place(root: Path, name: str, what: bytes | Path) -> None:
    target = root / (name.lstrip("/") if name.startswith("/") else f"bin/{name}")
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(what, bytes):
        target.write_bytes(what)
        target.chmod(0o755)
    elif what.is_dir():
        shutil.copytree(what, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns("tests", "node_modules", "static"))
    else:
        shutil.copyfile(what, target)
        target.chmod(0o755)


def _initrd(root: Path, target: Path) -> None:
    names = "\0".join(sorted(str(path.relative_to(root)) for path in root.rglob("*")))
    with target.open("wb") as out:
        command = ["cpio", "--quiet", "--null", "-o", "-H", "newc"]
        subprocess.run(command, cwd=root, input=names.encode(), stdout=out, check=True)


def run_guest(tmp_path: Path, programs: Mapping[str, bytes | Path], script: str, cmdline_extra: str = "") -> str:
    """Boots, runs `script` with busybox's sh as root, and returns what came on the console.

    programs: file (or folder) by name; a name without a leading / lies in /bin. Shared libraries are the caller's
    (`libraries_of`). Proc, sysfs, tracefs, bpffs, cgroup2 (/sys/fs/cgroup) and tmpfs on /tmp are mounted, loopback is up.
    cmdline_extra: more for the kernel's line, such as `lsm=landlock,lockdown,bpf`.
    Fails where the guest does not come to the end of the script within some minutes.
    """
    tree = kernel_tree()
    kernel = max(tree.glob("boot/vmlinuz-*"))
    root = tmp_path / "guest-root"
    for name in ("bin", "sbin", "dev", "proc", "sys", "tmp", "run", "etc", "root", "usr/bin", "usr/lib", "lib", "lib64"):
        (root / name).mkdir(parents=True, exist_ok=True)
    _place(root, "/bin/busybox", Path(shutil.which("busybox") or "/bin/busybox"))
    _place(root, "/init", INIT.encode())
    _place(root, "/script", script.encode())
    for name, what in programs.items():
        _place(root, name, what)
    initrd = tmp_path / "guest.cpio"
    _initrd(root, initrd)
    shutil.rmtree(root)
    line = f"console=ttyS0 quiet panic=-1 mitigations=off {cmdline_extra}".strip()
    command = ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-m", MEMORY, "-smp", "1"]
    command += ["-nographic", "-no-reboot", "-nic", "none", "-kernel", str(kernel), "-initrd", str(initrd), "-append", line]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LIMIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        said = (late.stdout or b"").decode("utf-8", "replace")
        pytest.fail(f"the guest did not finish within {LIMIT_SECONDS} s:\n{said[-4000:]}")
    finally:
        initrd.unlink(missing_ok=True)
    said = done.stdout.decode("utf-8", "replace").replace("\r", "")
    if END not in said:
        pytest.fail(f"the guest ended early:\n{said[-4000:]}")
    return said


def modules() -> dict[str, Path]:
    """Path of each kernel module file by its name (`overlay`), to bring as a program and load with insmod."""
    tree = kernel_tree()
    return {path.name.split(".")[0]: path for path in tree.rglob("*.ko*") if os.path.isfile(path)}


UNUSED = {"site-packages", "test", "idlelib", "tkinter", "ensurepip", "lib2to3", "turtledemo", "unittest", "pydoc_data"}


def python(*packages: str) -> dict[str, Path]:
    """What a guest needs to run `python` with these installed packages: run it as
    `PYTHONHOME=/py PYTHONPATH=/site python ...`. Our own package is one that can be named."""
    interpreter = Path(sys.executable).resolve()
    stdlib = Path(sysconfig.get_path("stdlib"))
    found = {"python": interpreter, **libraries_of(interpreter)}
    for path in stdlib.iterdir():
        if path.name not in UNUSED and not path.name.startswith("config-") and path.name != "__pycache__":
            found[f"/py/lib/{stdlib.name}/{path.name}"] = path
    for path in (stdlib / "lib-dynload").glob("*.so"):
        found |= libraries_of(path)
    for name in packages:
        spec = importlib.util.find_spec(name)
        places = list(spec.submodule_search_locations or ()) if spec else []
        if not places:
            continue
        folder = Path(places[0])
        for each in (folder, folder.with_name(f"{name}.libs")):
            if each.is_dir():
                found[f"/site/{each.name}"] = each
                for path in each.rglob("*.so*"):
                    found |= {where: lib for where, lib in libraries_of(path).items() if "site-packages" not in where}
    return found
