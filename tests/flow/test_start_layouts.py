"""The start of images that are laid out as other distributions do: Alpine's, and those with RPM packages."""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path

from periderm.adapters.image_archive import ImageArchive
from periderm.engines.baseline.birth import born
from periderm.flow.scan import examine
from periderm.model.behaviour import Aspect, Behaviour
from tests.formats.binary.test_needed import elf
from tests.images import config_of, docker_archive, member, tar
from tests.starting import Files, link, script

APK = b"""P:nginx
V:1.26.2-r0
A:x86_64
F:usr/sbin
R:nginx
F:etc/nginx
R:nginx.conf
F:usr/lib/nginx/modules
R:geo.so

P:musl
V:1.2.5-r0
A:x86_64
F:lib
R:ld-musl-x86_64.so.1

"""
SETTINGS = b"user nginx;\nhttp { server { listen 8080; root /usr/share/nginx/html; } }\n"
PASSWD, GROUP = b"root:x:0:0:root:/root:/bin/sh\nnginx:x:101:102::/:/sbin/nologin\n", b"root:x:0:\nnginx:x:102:\n"


def binary(path: str, *needed: str, loader: str) -> tuple[tarfile.TarInfo, bytes]:
    """A program or a library."""
    return member(path, mode=0o755), elf(needed, loader).ljust(4096, b"\0")


def birth(files: Files) -> set[Behaviour]:
    """What such an image promises, started by its entrypoint script."""
    layers = [tar(files)]
    config = config_of(layers, Entrypoint=["/entrypoint.sh"], Cmd=["nginx", "-g", "daemon off;"])
    with tempfile.TemporaryDirectory() as folder:
        archive = docker_archive(Path(folder) / "a.tar", layers, config=config)
        with ImageArchive().open(str(archive), "") as image:
            inventory = examine(image).inventory
    return {entry.behaviour for entry in born(inventory).entries}


def test_alpine() -> None:
    """busybox is the shell and every tool, its loader lies in /lib, and packages are apk's."""
    musl = "/lib/ld-musl-x86_64.so.1"
    found = birth(
        [
            ("etc/alpine-release", b"3.20.3\n"),
            ("etc/os-release", b"ID=alpine\nVERSION_ID=3.20.3\n"),
            ("lib/apk/db/installed", APK),
            ("etc/passwd", PASSWD),
            ("etc/group", GROUP),
            ("etc/nginx/nginx.conf", SETTINGS),
            binary("lib/ld-musl-x86_64.so.1", loader=musl),
            binary("bin/busybox", "libc.musl-x86_64.so.1", loader=musl),
            link("bin/sh", "/bin/busybox"),
            link("bin/mkdir", "/bin/busybox"),
            link("lib/libc.musl-x86_64.so.1", "ld-musl-x86_64.so.1"),
            binary("usr/lib/libpcre2-8.so.0", "libc.musl-x86_64.so.1", loader=musl),
            binary("usr/sbin/nginx", "libpcre2-8.so.0", loader=musl),
            script("entrypoint.sh", b'#!/bin/sh\nmkdir -p /run/app\nexec "$@"\n'),
        ]
    )
    assert {
        Behaviour(Aspect.PROGRAM, "/bin/busybox /entrypoint.sh"),
        Behaviour(Aspect.PARENT, "/usr/sbin/nginx", "/bin/busybox /entrypoint.sh"),
        Behaviour(Aspect.PARENT, "/bin/busybox", "/bin/busybox /entrypoint.sh"),
        Behaviour(Aspect.LISTEN, "/usr/sbin/nginx", "tcp/8080"),
        Behaviour(Aspect.BECOME, "/usr/sbin/nginx", "user 101"),
        Behaviour(Aspect.EXECUTE, "/usr/sbin/nginx", "/usr/lib/libpcre2-8.so.*"),
        Behaviour(Aspect.READ, "/usr/sbin/nginx", "/etc/nginx/**"),
    } <= found


def test_merged_folders_and_lib64() -> None:
    """/bin and /lib64 are links into /usr, libraries lie in /usr/lib64, bash is the shell, and tools are one program each."""
    loader = "/lib64/ld-linux-x86-64.so.2"
    found = birth(
        [
            ("etc/os-release", b'ID="rocky"\nVERSION_ID="9.4"\n'),
            ("etc/passwd", PASSWD),
            ("etc/group", GROUP),
            ("etc/nginx/nginx.conf", SETTINGS),
            (member("usr/bin", type=tarfile.DIRTYPE, mode=0o755), b""),
            (member("usr/lib64", type=tarfile.DIRTYPE, mode=0o755), b""),
            link("bin", "usr/bin"),
            link("lib64", "usr/lib64"),
            binary("usr/lib64/ld-linux-x86-64.so.2", loader=loader),
            binary("usr/lib64/libc.so.6", loader=loader),
            binary("usr/lib64/libpcre2-8.so.0", "libc.so.6", loader=loader),
            binary("usr/bin/bash", "libc.so.6", loader=loader),
            link("usr/bin/sh", "bash"),
            binary("usr/bin/mkdir", "libc.so.6", loader=loader),
            binary("usr/sbin/nginx", "libpcre2-8.so.0", "libc.so.6", loader=loader),
            script("entrypoint.sh", b'#!/bin/sh\nmkdir -p /run/app\nexec "$@"\n'),
        ]
    )
    assert {
        Behaviour(Aspect.PROGRAM, "/usr/bin/bash /entrypoint.sh"),
        Behaviour(Aspect.PARENT, "/usr/bin/mkdir", "/usr/bin/bash /entrypoint.sh"),
        Behaviour(Aspect.PARENT, "/usr/sbin/nginx", "/usr/bin/bash /entrypoint.sh"),
        Behaviour(Aspect.LISTEN, "/usr/sbin/nginx", "tcp/8080"),
        Behaviour(Aspect.BECOME, "/usr/sbin/nginx", "user 101"),
        Behaviour(Aspect.EXECUTE, "/usr/sbin/nginx", "/usr/lib64/libpcre2-8.so.*"),
    } <= found
