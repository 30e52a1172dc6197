"""`ports.sample_parts.SampleSource`: a small Debian with a web server, made-up secrets, and a compiled marker program.

The secrets are derived from a key, so that nothing in our sources looks like one and every build is alike.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import signal
import subprocess
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from periderm.model.errors import ContainerRuntimeError
from periderm.model.text import Text
from periderm.ports.sample_parts import Progress, SampleParts

SOURCES = Path(__file__).parent / "sample_files"
_SUITE = "bookworm"
_INCLUDE = ("lighttpd", "lsb-base", "perl-base")
# lighttpd's first choice for its init script is systemd, which a container has no use for.
_EXCLUDE = [
    "systemd-sysv",
    "systemd",
    "libsystemd-shared",
    "dmsetup",
    "libdevmapper1.02.1",
    "libargon2-1",
    "libcryptsetup12",
    "libfdisk1",
    "libkmod2",
    "libip4tc2",
    "libapparmor1",
    "libjson-c5",
    "tzdata",
    "e2fsprogs",
    "logsave",
]
_TRIM = [
    "var/cache/apt",
    "var/lib/apt/lists",
    "usr/share/doc",
    "usr/share/locale",
    "usr/share/man",
    "usr/share/info",
    "usr/share/i18n",
    "var/log/apt",
    "var/log/bootstrap.log",
    "var/log/dpkg.log",
]
_PACKAGES = 103  # about; only for the progress bar
_DEADLINE = 900.0
_FLAGS = [
    "-Os",
    "-static",
    "-nostdlib",
    "-ffreestanding",
    "-fno-asynchronous-unwind-tables",
    "-fno-stack-protector",
    "-fno-pie",
    "-Wl,--build-id=none,-n,-s,-z,noseparate-code",
]


def debian_architecture(machine: str) -> str:
    """What Debian calls a machine of uname(2). Raises ContainerRuntimeError for one that the sample is not made for."""
    names = {"x86_64": "amd64", "aarch64": "arm64"}
    if machine not in names:
        raise ContainerRuntimeError(f"The sample is made for x86-64 and arm64, and this is {machine}.")
    return names[machine]


def derive(purpose: str, alphabet: str, length: int) -> str:
    """Made-up text for a purpose, always the same. A secret by its looks only: whoever reads this can derive it."""
    data = hashlib.shake_256(f"periderm sample {purpose}".encode()).digest(length)
    return "".join(alphabet[byte % len(alphabet)] for byte in data)


def secrets_file() -> str:
    """The `.env` that was left in the image."""
    upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    mixed = base64.b64encode(bytes(range(256))).decode().rstrip("=")[:64]
    plain = mixed.replace("+", "x").replace("/", "y")
    return (
        f"AWS_ACCESS_KEY_ID=AKIA{derive('key id', upper, 16)}\n"
        f"AWS_SECRET_ACCESS_KEY={derive('key', mixed, 40)}\n"
        f"DATABASE_URL=postgres://shop:{derive('password', plain, 20)}@db.internal:5432/shop\n"
    )


class DebianSample:
    """Makes the sample's parts below `cache`."""

    def __init__(self, cache: Path, sources: Path = SOURCES) -> None:
        self._cache = cache
        self._sources = sources

    def available(self) -> str:
        """What the base and the dropped program are made with."""
        missing = [p for p in ("debootstrap", "unshare") if not shutil.which(p)]
        if not self._made().is_file() and not _compiler():
            missing.append("clang")
        if not missing:
            return ""
        return f"The sample's image cannot be made without {' and '.join(missing)}: install the package of that name."

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """A lock on the folder above the cache: no file is left, and a killed holder lets go."""
        parent = self._cache.parent
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def key(self) -> SampleParts:
        """Digests of everything that the parts are made of."""
        base = hashlib.sha256(repr((_SUITE, _INCLUDE, _EXCLUDE, _TRIM, platform.machine())).encode()).hexdigest()[:16]
        digest = hashlib.sha256(repr((base, _FLAGS, secrets_file(), self._token())).encode())
        for path in sorted(self._sources.rglob("*")):
            if path.is_file():
                digest.update(repr(path.relative_to(self._sources).as_posix()).encode() + path.read_bytes())
        return SampleParts(base_key=base, key=digest.hexdigest()[:16])

    def make(self, progress: Progress, *, base: bool) -> SampleParts:
        """The base's tree (if asked for) and the build context."""
        self._cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys = self.key()
        root = self._base(progress) if base else None
        context = self._cache / "context"
        shutil.rmtree(context, ignore_errors=True)
        shutil.copytree(self._sources, context, ignore=shutil.ignore_patterns("__pycache__", "*.c"))
        (context / ".env").write_text(secrets_file())
        return SampleParts(
            base_key=keys.base_key,
            key=keys.key,
            base=str(root) if root else "",
            context=str(context),
            token=self._token(),
            dropped=self._compile(),
        )

    def discard_base(self) -> None:
        """Removes the tree; downloaded packages stay in the cache."""
        shutil.rmtree(self._cache / "base", ignore_errors=True)

    def clean(self) -> tuple[str, ...]:
        """Removes the cache of the sample."""
        if not self._cache.is_dir():
            return ()
        shutil.rmtree(self._cache)
        return (str(self._cache),)

    def _token(self) -> str:
        return "tok_live_" + derive("token", "abcdefghijklmnopqrstuvwxyz0123456789", 32)

    def _base(self, progress: Progress) -> Path:
        """Runs debootstrap in a mount namespace of its own, so that what it mounts ends with it, however it ends."""
        for program, package in (("debootstrap", "debootstrap"), ("unshare", "util-linux")):
            if not shutil.which(program):
                raise ContainerRuntimeError(
                    f"{program} is missing, with which the sample's image is made.", f"Install the package {package}."
                )
        root, packages = self._cache / "base", self._cache / "packages"
        shutil.rmtree(root, ignore_errors=True)
        packages.mkdir(exist_ok=True)
        steps = _Steps(progress)
        run_tool(
            [
                *("unshare", "--mount", "debootstrap", f"--arch={debian_architecture(platform.machine())}"),
                *("--variant=minbase", f"--include={','.join(_INCLUDE)}", f"--exclude={','.join(_EXCLUDE)}"),
                *(f"--cache-dir={packages}", _SUITE, str(root), *self._mirror()),
            ],
            steps.line,
        )
        for path in _TRIM:
            target = root / path
            if target.is_dir():
                shutil.rmtree(target)
                target.mkdir()
            else:
                target.unlink(missing_ok=True)
        shutil.copy2(root / "usr/bin/find", self._cache / "find-as-root")
        return root

    def _mirror(self) -> tuple[str, ...]:
        """The mirror that this machine's own apt uses for the suite; debootstrap's default where apt tells none."""
        apt = shutil.which("apt-get")
        if not apt:
            return ()
        asked = subprocess.run(
            [apt, "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"],
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        for line in asked.stdout.splitlines():
            fields = line.split(" ")
            if len(fields) == 3 and fields[1:] == [_SUITE, "main"]:
                return (fields[0],)
        return ()

    def _made(self) -> Path:
        """Where a wheel may bring the program ready made."""
        return self._sources / f"dropped-{platform.machine()}"

    def _compile(self) -> bytes:
        """The program that the attack drops: the one beside the sources if there is one for this machine, else built."""
        made = self._made()
        if made.is_file():
            return made.read_bytes()
        compiler = _compiler()
        if compiler is None:
            raise ContainerRuntimeError(
                "No C compiler was found, with which the sample's dropped program is made.", "Install the package clang or gcc."
            )
        with tempfile.TemporaryDirectory(dir=self._cache) as folder:
            target = Path(folder) / "dropped"
            run_tool([compiler, *_FLAGS, "-o", str(target), str(self._sources / "dropped.c")], lambda _: None)
            return target.read_bytes()


def _compiler() -> str | None:
    return shutil.which("clang") or shutil.which("gcc") or shutil.which("cc")


class _Steps:
    """Turns debootstrap's lines into progress."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._lines = 0

    def line(self, line: str) -> None:
        """`I: Unpacking dpkg...`: each package is retrieved, validated, extracted (some), unpacked and configured."""
        words = {"Retrieving": "取得", "Validating": "校验", "Extracting": "展开", "Unpacking": "解包", "Configuring": "配置"}
        text = line.removeprefix("I: ").rstrip(".")
        verb, _, what = text.partition(" ")
        if verb in words:
            self._lines += 1
            share = min(0.99, self._lines / (_PACKAGES * 4.5))
            self._progress(Text(f"base: {text}", f"基础系统：{words[verb]} {what}"), share)


def run_tool(command: Sequence[str], each_line: Callable[[str], None]) -> None:
    """Runs a tool in a process group of its own, hands on its lines, and ends it (with all its children) if we are
    interrupted. Raises ContainerRuntimeError with its last lines if it fails."""
    # unsafe-io: dpkg need not wait for the disk after each file of a tree that is thrown away if anything happens.
    environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive", "DPKG_FORCE": "unsafe-io"}
    last: deque[str] = deque(maxlen=4)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment, process_group=0
    ) as process:
        done = False
        try:
            for line in process.stdout or ():
                last.append(line.strip())
                each_line(line.strip())
            process.wait(_DEADLINE)
            done = True
        finally:
            if not done:
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        raise ContainerRuntimeError(f"{Path(command[0]).name} failed: {' / '.join(last)[-400:]}", "See what it says above.")
