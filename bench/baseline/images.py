"""The images of the baseline bench: Debian packages of the last point release, and the same after its security updates.

One image for each workload, `localhost/periderm-baseline-NAME:1` and `:2`; the second is the first with all packages upgraded,
as a rebuild brings it. They stay for the next run (`remove()` takes them away). Runs nothing.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import _lab as lab

FILES = Path(__file__).resolve().parent / "files"
BASE = "localhost/periderm-baseline-base:1"
SOURCES = "/etc/apt/sources.list"
# The security archive lies beside the mirror that debootstrap wrote down.
UPDATES = (
    f"sed -n 's,/debian/\\? bookworm main,/debian-security bookworm-security main,p' {SOURCES} > {SOURCES}.d/security.list"
)
_INSTALL = "RUN apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends"
_CLEAN = "&& rm -rf /var/lib/apt/lists/*"

PARTS: dict[str, str] = {
    "nginx": f"""{_INSTALL} nginx-light libnginx-mod-http-lua {_CLEAN}
COPY nginx.sh /docker-entrypoint.sh
COPY nginx-site.conf /etc/nginx/sites-available/default
COPY api.lua /srv/app/api.lua
RUN mkdir -p /srv/www/assets && cp /etc/login.defs /srv/app/catalogue.txt && echo hello > /srv/www/index.html \\
 && for i in 1 2 3 4 5 6 7 8 9; do seq $i 900 > /srv/www/assets/part-$i.css; done
EXPOSE 80
ENTRYPOINT ["/docker-entrypoint.sh"]
""",
    "redis": f"""{_INSTALL} redis-server {_CLEAN}
COPY redis.sh /docker-entrypoint.sh
COPY redis.conf /etc/redis/app.conf
RUN mkdir -p /data && chown redis /data
VOLUME /data
EXPOSE 6379
HEALTHCHECK CMD redis-cli ping
ENTRYPOINT ["/docker-entrypoint.sh"]
""",
    "postgres": f"""{_INSTALL} postgresql-15 postgresql-client-15 {_CLEAN}
COPY postgres.sh /docker-entrypoint.sh
RUN rm -rf /var/lib/postgresql/15 && mkdir -p /archive /run/postgresql && chown postgres /archive /run/postgresql
USER postgres
EXPOSE 5432
HEALTHCHECK CMD pg_isready -q -U postgres || exit 1
ENTRYPOINT ["/docker-entrypoint.sh"]
""",
    "php": f"""{_INSTALL} nginx-light php-fpm {_CLEAN}
COPY php.sh /docker-entrypoint.sh
COPY php-site.conf /etc/nginx/sites-available/default
COPY index.php upload.php /var/www/html/
RUN mkdir -p /var/www/html/parts /var/www/html/uploads && chown www-data /var/www/html/uploads \\
 && for p in home about cart; do echo "<p>$p</p>" > /var/www/html/parts/$p.php; done
EXPOSE 80
ENTRYPOINT ["/docker-entrypoint.sh"]
""",
    "python": f"""{_INSTALL} python3 {_CLEAN}
COPY app.py /srv/app/app.py
RUN useradd -r -m app && mkdir -p /data && chown app /data
USER app
VOLUME /data
EXPOSE 8080
CMD ["python3", "/srv/app/app.py"]
""",
    "shell": """COPY shell.sh app.conf.in /srv/app/
ENTRYPOINT ["/srv/app/shell.sh"]
""",
    "cron": f"""{_INSTALL} cron logrotate {_CLEAN}
COPY cron.sh backup.sh /srv/app/
CMD ["/srv/app/cron.sh"]
""",
    "sshd": f"""{_INSTALL} openssh-server {_CLEAN}
COPY sshd.sh /srv/app/
RUN useradd -m -s /bin/bash ops && mkdir -p /home/ops/.ssh /root/.ssh && rm -f /etc/ssh/ssh_host_*
COPY key.pub /home/ops/.ssh/authorized_keys
COPY key.pub /root/.ssh/authorized_keys
EXPOSE 22
CMD ["/srv/app/sshd.sh"]
""",
}


def reference(name: str, version: int) -> str:
    """The image of a workload."""
    return f"localhost/periderm-baseline-{name}:{version}"


def missing() -> str:
    """'' if the images can be made here, else why not."""
    tools = [tool for tool in ("debootstrap", "ssh-keygen", "tar", "ip") if shutil.which(tool) is None]
    return lab.missing() or (f"needs {', '.join(tools)}" if tools else "")


def make(key: Path) -> None:
    """All images that are not there yet. `key` is where the SSH key of the clients is kept."""
    if not key.exists():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    if not _exists(BASE):
        _base()
    for name, part in PARTS.items():
        if not _exists(reference(name, 1)):
            _build(reference(name, 1), f"FROM {BASE}\n{part}", key)
        if not _exists(reference(name, 2)):
            _build(reference(name, 2), upgraded(name), key)


def upgraded(name: str) -> str:
    """The second version: all packages as the security archive has them now."""
    user = "\nUSER root" if "\nUSER " in PARTS[name] else ""
    back = next((f"\n{line}" for line in PARTS[name].splitlines() if line.startswith("USER ")), "")
    upgrade = f"RUN {UPDATES} && apt-get update -q && DEBIAN_FRONTEND=noninteractive"
    keep = "apt-get -o Dpkg::Options::=--force-confold -q -y upgrade"
    return f"FROM {reference(name, 1)}{user}\n{upgrade} {keep} {_CLEAN}{back}\n"


def remove() -> None:
    """Takes all of them away."""
    for name in PARTS:
        for version in (2, 1):
            subprocess.run([*lab.PODMAN, "rmi", "-f", reference(name, version)], check=False, capture_output=True)
    subprocess.run([*lab.PODMAN, "rmi", "-f", BASE], check=False, capture_output=True)


def _exists(image: str) -> bool:
    return subprocess.run([*lab.PODMAN, "image", "exists", image], check=False).returncode == 0


def _base() -> None:
    with tempfile.TemporaryDirectory(prefix="periderm-baseline-") as folder:
        root = Path(folder) / "root"
        argv = ["debootstrap", "--variant=minbase", "bookworm", str(root)]
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
        policy = root / "usr/sbin/policy-rc.d"  # packages start no service while the image is built
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        with subprocess.Popen(["tar", "-C", root, "-c", "."], stdout=subprocess.PIPE) as tar:
            subprocess.run([*lab.PODMAN, "import", "-q", "-", BASE], stdin=tar.stdout, check=True, stdout=subprocess.DEVNULL)


def _build(name: str, containerfile: str, key: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="periderm-baseline-") as folder:
        place = Path(folder)
        for file in FILES.iterdir():
            if file.is_file():
                shutil.copy(file, place)
        shutil.copy(key.with_suffix(".pub"), place / "key.pub")
        (place / "Containerfile").write_text(containerfile)
        options = ("--isolation=chroot", "--network=host", "--format=docker", "--ulimit=nofile=20000:20000")
        argv = [*lab.PODMAN, "build", "-q", *options, "-t", name, folder]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise SystemExit(f"baseline: {name} could not be built: {done.stderr[-2000:]}")
        print(f"baseline: made {name}", file=sys.stderr, flush=True)
