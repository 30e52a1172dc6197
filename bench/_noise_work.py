"""The workloads of the noise benchmark: one image of Debian packages, and what runs in it. Measures and judges nothing.

No container has a network; loads run in a neighbour that shares the server's loopback, as a client next door would.
"""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import _lab as lab
from _noise_judge import PREFIX

FILES = Path(__file__).resolve().parent / "noise_files"
IMAGE = "localhost/periderm-noise:1"
LABEL = "io.periderm.bench=noise"
BUILT = "localhost/periderm-noise-built:1"
PLACE = "/srv/noise"
PACKAGES = (
    "nginx-light redis-server postgresql php-fpm cron logrotate openssh-server openssh-client git rsync python3-pip "
    "python3-venv python3-setuptools python3-wheel curl procps apache2-utils default-jre-headless"
)
# What the build's step upgrades: from archives that debootstrap left in the image, so without a network.
UPGRADED = ("tzdata", "openssl", "procps", "logrotate", "cron", "nginx-light", "php8.2-fpm", "redis-server", "openssh-server")


@dataclasses.dataclass(frozen=True, slots=True)
class Workload:
    """A container: its command, whose network it shares, and a health check that is run by exec every second."""

    name: str
    command: tuple[str, ...]
    beside: str = ""
    check: tuple[str, ...] = ()


def _script(name: str, *arguments: str) -> tuple[str, ...]:
    return (f"{PLACE}/{name}", *arguments)


WORKLOADS = (
    Workload("nginx", _script("nginx.sh"), check=("curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1/")),
    Workload("nginx-load", _script("web_load.sh"), beside="nginx"),
    Workload("redis", _script("redis.sh"), check=("redis-cli", "ping")),
    Workload("redis-load", _script("redis_load.sh"), beside="redis"),
    Workload("postgres", _script("postgres.sh"), check=("sh", "-c", "pg_isready -q -U postgres || exit 1")),
    Workload("postgres-load", _script("postgres_load.sh"), beside="postgres"),
    Workload("php-fpm", _script("php.sh")),
    Workload("php-fpm-load", _script("web_load.sh", "index.php"), beside="php-fpm"),
    Workload("shell", _script("shell.sh")),
    Workload("cron", _script("cron.sh")),
    Workload("sshd", _script("sshd.sh")),
    Workload("ssh-client", _script("ssh_client.sh"), beside="sshd"),
    Workload("ci", _script("ci.sh")),
    Workload("jvm", ("java", "-XX:+UseSerialGC", "-Xmx128m", "-cp", PLACE, "Main")),
    Workload("jvm-load", _script("web_load.sh"), beside="jvm"),
    Workload("python", ("python3", f"{PLACE}/app.py")),
    Workload("python-load", _script("web_load.sh"), beside="python"),
)
BUILD = f"""FROM {IMAGE}
RUN cd /var/cache/apt/archives && dpkg -i {" ".join(f"{name}_*.deb" for name in UPGRADED)}
RUN apt-get install -y --reinstall --no-download /var/cache/apt/archives/git_*.deb /var/cache/apt/archives/rsync_*.deb
RUN useradd -r -m app && mkdir -p /opt/app && cp {PLACE}/app.py /opt/app/ && chown -R app /opt/app && chmod 755 /opt/app
RUN python3 -m venv --system-site-packages /opt/venv && find / -xdev -name '*.pyc' -newer /etc/hostname -delete
RUN rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb /tmp/* /var/log/*.log
"""


def podman(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """One command; its output is kept, and shown if it failed."""
    done = subprocess.run([*lab.PODMAN, *arguments], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if check and done.returncode:
        raise SystemExit(f"noise: podman {arguments[0]} failed: {done.stderr[-2000:]}{done.stdout[-1000:]}")
    return done


@contextlib.contextmanager
def image() -> Iterator[str]:
    """The image; one that was there before is used and stays."""
    if podman("image", "exists", IMAGE, check=False).returncode == 0:
        yield IMAGE
        return
    with tempfile.TemporaryDirectory(prefix="periderm-noise-") as folder:
        root = Path(folder) / "root"
        argv = ["debootstrap", "--variant=minbase", f"--include={PACKAGES.replace(' ', ',')}", "bookworm", str(root)]
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
        furnish(root)
    try:
        yield IMAGE
    finally:
        podman("rmi", "-f", IMAGE, check=False)


def furnish(root: Path) -> None:
    """Puts the workloads' files into a root folder and imports it as the image."""
    place = root / PLACE.lstrip("/")
    shutil.copytree(FILES, place, dirs_exist_ok=True)
    key = place / "key"
    key.unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    (root / "var/www/html").mkdir(parents=True, exist_ok=True)
    shutil.copy(FILES / "index.php", root / "var/www/html/index.php")
    if shutil.which("javac"):
        subprocess.run(["javac", "--release", "17", "-d", place, FILES / "Main.java"], check=True)
    with subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE) as tar:
        subprocess.run([*lab.PODMAN, "import", "-q", "-", IMAGE], stdin=tar.stdout, check=True, stdout=subprocess.DEVNULL)


def workloads() -> tuple[Workload, ...]:
    """Those that can run here: without a Java compiler there is no JVM's program."""
    return tuple(w for w in WORKLOADS if shutil.which("javac") or not w.name.startswith("jvm"))


def start(workload: Workload) -> None:
    """Starts a container in the background."""
    network = f"container:{PREFIX}{workload.beside}" if workload.beside else "none"
    name = PREFIX + workload.name
    podman("run", "-d", "--rm", "--name", name, f"--network={network}", *lab.LIMITS, IMAGE, *workload.command)


def checking(workload: Workload, stop: threading.Event) -> None:
    """The health check, once a second, as an orchestrator's exec probe."""
    while not stop.wait(1.0):
        podman("exec", PREFIX + workload.name, *workload.check, check=False)


def building(stop: threading.Event, pause: float) -> None:
    """Builds the image again and again, none of its steps out of the cache."""
    with tempfile.TemporaryDirectory(prefix="periderm-noise-") as folder:
        (Path(folder) / "Containerfile").write_text(BUILD)
        while not stop.is_set():
            options = ("--isolation=chroot", "--network=host", "--no-cache", "--ulimit=nofile=20000:20000", f"--label={LABEL}")
            done = podman("build", "-q", *options, "-t", BUILT, folder, check=False)
            if done.returncode:
                print(f"noise: the image build failed: {done.stderr[-600:]}", flush=True)
            stop.wait(pause)


def remove() -> None:
    """Takes all containers of the benchmark away, those first that share another's network."""
    for workload in reversed(WORKLOADS):
        podman("rm", "-f", "--ignore", "-t", "2", PREFIX + workload.name, check=False)


def running(seconds: float) -> dict[str, float]:
    """Runs all workloads for so long, with checks and builds; seconds that each was up, by name. Removes them."""
    stop = threading.Event()
    began: dict[str, float] = {}
    up: dict[str, float] = {}
    some = workloads()
    threads = [threading.Thread(target=checking, args=(w, stop)) for w in some if w.check]
    threads.append(threading.Thread(target=building, args=(stop, 60.0)))
    remove()
    try:
        for workload in some:
            start(workload)
            began[workload.name] = time.monotonic()
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        alive = set(podman("ps", "--format", "{{.Names}}").stdout.split())
        now = time.monotonic()
        up = {name: now - at for name, at in began.items() if PREFIX + name in alive}
        for name in sorted(set(began) - set(up)):
            print(f"noise: {name} did not stay up and is not counted", flush=True)
        up["image-build"] = seconds
    finally:
        stop.set()
        for thread in threads:
            if thread.ident:
                thread.join()
        remove()
        podman("rmi", "-f", BUILT, check=False)
        podman("image", "prune", "-f", f"--filter=label={LABEL}", check=False)  # each build took the name of the one before
    return up


def missing() -> str:
    """'' if the benchmark can run here, else why not."""
    tools = [tool for tool in ("debootstrap", "ssh-keygen", "tar") if shutil.which(tool) is None]
    return lab.missing() or (f"needs {', '.join(tools)}" if tools else "")
