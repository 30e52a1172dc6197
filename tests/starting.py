"""A small image whose start is known to the last file: a script that becomes a web server, its settings, libraries
and accounts."""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from periderm.adapters.image_archive import ImageArchive
from periderm.flow.scan import examine
from periderm.model.image import ImageInventory
from periderm.model.start_facts import FactKind, StartFacts
from tests.formats.binary.test_needed import elf
from tests.images import OS_RELEASE, config_of, docker_archive, member, tar

STATUS = b"""Package: nginx
Status: install ok installed
Architecture: amd64
Source: nginx
Version: 1.22.1-9
Depends: nginx-common, libc6

Package: nginx-common
Status: install ok installed
Architecture: all
Source: nginx
Version: 1.22.1-9

Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc
Version: 2.36-9
"""
ENTRYPOINT = b"""#!/bin/sh
set -e
mkdir -p /run/app
sed -i s/a/b/ /etc/nginx/nginx.conf
exec "$@"
"""
SETTINGS = b"""user www-data;
pid /run/nginx.pid;
http { server { listen 80; root /srv/www; location /api { proxy_pass http://api.internal:9000; } } }
"""
LOADER, LIBRARIES = "/lib64/ld-linux-x86-64.so.2", "usr/lib/x86_64-linux-gnu"
Files = Sequence[tuple[str | tarfile.TarInfo, bytes]]


def program(path: str, *libraries: str) -> tuple[tarfile.TarInfo, bytes]:
    """An executable that needs libraries; as large as a file must be to be looked at as a program."""
    return member(path, mode=0o755), elf(libraries, LOADER).ljust(4096, b"\0")


def library(name: str, *libraries: str) -> tuple[tarfile.TarInfo, bytes]:
    """A library in the system's folder."""
    return member(f"{LIBRARIES}/{name}", mode=0o644), elf(libraries or ("libc.so.6",)).ljust(4096, b"\0")


def link(path: str, to: str) -> tuple[tarfile.TarInfo, bytes]:
    """A symbolic link."""
    return member(path, type=tarfile.SYMTYPE, linkname=to), b""


def script(path: str, text: bytes) -> tuple[tarfile.TarInfo, bytes]:
    """An executable script."""
    return member(path, mode=0o755), text


BASE: Files = (
    (member("usr/bin", type=tarfile.DIRTYPE, mode=0o755), b""),
    link("bin", "usr/bin"),
    link("lib64", "usr/lib64"),
    (member("usr/lib64/ld-linux-x86-64.so.2", mode=0o755), elf(("x",)).ljust(4096, b"\0")),
    program("usr/bin/dash", "libc.so.6"),
    link("usr/bin/sh", "dash"),
    program("usr/bin/mkdir", "libc.so.6"),
    program("usr/bin/sed", "libc.so.6"),
    program("usr/bin/curl", "libssl.so.3"),
    program("usr/sbin/nginx", "libssl.so.3", "libc.so.6"),
    library("libc.so.6", "ld-linux-x86-64.so.2"),
    library("libssl.so.3", "libcrypto.so.3"),
    library("libcrypto.so.3"),
    library("libgeo.so.1"),
    (member("usr/lib/nginx/modules/geo.so", mode=0o644), elf(("libgeo.so.1",)).ljust(4096, b"\0")),
    ("var/lib/dpkg/status", STATUS),
    ("var/lib/dpkg/info/nginx.list", b"/usr/sbin/nginx\n/usr/lib/nginx/modules/geo.so\n/usr/share/doc/nginx/copyright\n"),
    ("var/lib/dpkg/info/nginx-common.list", b"/etc/nginx/nginx.conf\n/usr/share/nginx/html/index.html\n"),
    ("usr/lib/os-release", OS_RELEASE),
    ("etc/passwd", b"root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/sh\n"),
    ("etc/group", b"root:x:0:\nwww-data:x:33:\n"),
    ("etc/nginx/nginx.conf", SETTINGS),
    script("entrypoint.sh", ENTRYPOINT),
)
NGINX, SHELL = "/usr/sbin/nginx", "/usr/bin/dash /entrypoint.sh"


def inventory(more: Files = (), **settings: Any) -> ImageInventory:
    """The image with more files in a second layer, scanned as any other; by default it starts the web server."""
    settings.setdefault("Entrypoint", ["/entrypoint.sh"])
    settings.setdefault("Cmd", ["nginx", "-g", "daemon off;"])
    layers = [tar(BASE), *([tar(more)] if more else [])]
    with tempfile.TemporaryDirectory() as folder:
        archive = docker_archive(Path(folder) / "a.tar", layers, config=config_of(layers, **settings))
        with ImageArchive().open(str(archive), "") as image:
            return examine(image).inventory


def facts(more: Files = (), **settings: Any) -> StartFacts:
    """The facts of it."""
    found = inventory(more, **settings).start_facts
    assert found is not None
    return found


def values(found: StartFacts, kind: FactKind, of: str) -> set[str]:
    """What is told of a program."""
    return {fact.value for fact in found.facts if fact.kind is kind and fact.program == of}
