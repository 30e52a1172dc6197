"""Images and folders that are made to do harm: each a name, the layers, and what the scan must say of them."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable

import zstandard

from tests.images import STATUS, member, tar

Files = list[tuple[str | tarfile.TarInfo, bytes]]
GOOD: Files = [("var/lib/dpkg/status", STATUS), ("etc/passwd", b"root:x:0:0::/root:/bin/sh\n")]
DEEP = 100_000


def laughs(levels: int = 40) -> bytes:
    """YAML in which each line is ten of the one before (billion laughs)."""
    lines = ["a0: &a0 [lol, lol]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines).encode()


def deep_json(depth: int = DEEP) -> bytes:
    """Lists in lists."""
    return b"[" * depth + b"]" * depth


def deep_mapping(depth: int = DEEP) -> bytes:
    """Objects in objects, under a name that readers look for."""
    return b'{"packages":' * depth + b"1" + b"}" * depth


def jars(depth: int) -> bytes:
    """Each archive in the next."""
    data, name = b"the end", "x.class"
    for number in range(depth):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as jar:
            jar.writestr(name, data)
        data, name = out.getvalue(), f"inner{number}.jar"
    return data


def tarballs(depth: int) -> bytes:
    """tar.gz in tar.gz."""
    data = b"the end"
    for number in range(depth):
        data = gzip.compress(tar([(f"inner{number}.tar.gz", data)]))
    return data


def overlapping_zip(copies: int = 20_000) -> bytes:
    """A directory in which every entry is the same bytes: a few kilobytes that inflate to gigabytes (zip bomb without
    recursion)."""
    body = zlib_raw(bytes(1 << 20))
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, 0, len(body), 1 << 20, 1, 0) + b"x" + body
    central = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 8, 0, 0, 0, len(body), 1 << 20, 9 + len(str(n)), 0, 0, 0, 0, 0, 0)
        + f"a{n}.inn.jar".encode()[: 9 + len(str(n))].ljust(9 + len(str(n)), b"x")
        for n in range(copies)
    )
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, copies, copies, len(central), len(local), 0)
    return local + central + end


def zlib_raw(data: bytes) -> bytes:
    """A deflate stream without a wrapper."""
    import zlib

    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(data) + engine.flush()


def lying_zip() -> bytes:
    """Its directory says that it has four thousand million entries, at an offset behind the end."""
    return b"PK\3\4" + bytes(60) + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFF0, 0xFFFFFFF0, 0)


def elf(**fields: int) -> bytes:
    """A program whose header counts are absurd."""
    head = bytearray(b"\x7fELF\x02\x01\x01" + bytes(57))
    struct.pack_into(
        "<HHIQQQIHHHHHH",
        head,
        16,
        2,
        62,
        1,
        0,
        fields.get("ph", 64),
        fields.get("sh", 64),
        0,
        64,
        56,
        fields.get("phn", 0xFFFF),
        64,
        fields.get("shn", 0xFFFF),
        fields.get("str", 0xFFFE),
    )
    return bytes(head) + b"\xff" * 4096


def floods(size: int = 4 << 20) -> dict[str, bytes]:
    """Texts that are the worst case of what is searched for: beginnings without ends, in one line of megabytes."""

    def times(text: bytes) -> bytes:
        return text * (size // len(text))

    return {
        "pem": times(b"-----BEGIN PRIVATE KEY-----"),
        "pem-lines": times(b"-----BEGIN RSA PRIVATE KEY-----\n"),
        "jwt": times(b"eyJhbGciOi"),
        "jwt-dots": times(b"eyJ."),
        "aws": times(b"AKIA"),
        "aws-near": times(b"AKIAIOSFODNN7EXAMPL"),
        "assigned": times(b"password="),
        "assigned-quotes": times(b"password='"),
        "url": times(b"postgres://a:"),
        "url-at": times(b"https://" + b"a" * 50 + b":"),
        "base64": times(b"QUFB"),
        "a": b"a" * size,
        "spaces": b"api_key" + b" " * size,
        "newlines": b"token:" + b"\n" * size,
        "equals": b"=" * size,
        "hex": times(b"deadbeef"),
        "quotes": b'"' * size,
        "brackets": b"{" * size,
        "xox": times(b"xoxb-1234567890-"),
        "ghp": times(b"ghp_" + b"A" * 35 + b" "),
        "basic": times(b"Authorization: Basic "),
        "htpasswd": times(b"a:$apr1$aaaaaaaa$"),
        "php": times(b"<?php eval(base64_decode("),
        "sh": times(b"/dev/tcp/"),
        "cron": times(b"* * * * * root curl "),
        "utf8": times("\u202e\u0130\ufeff".encode()),
        "bad-utf8": b"\xff\xfe\x00" * (size // 3),
        "nul": bytes(size),
    }


# Files that some reader looks for, by their worst contents.
DOCUMENTS: dict[str, tuple[str, ...]] = {
    "json": (
        "package-lock.json",
        "composer.lock",
        "Pipfile.lock",
        "packages.lock.json",
        "project.deps.json",
        "node_modules/x/package.json",
        "conda-meta/x-1-0.json",
        "deno.lock",
        "Package.resolved",
        "renv.lock",
        "root/.docker/config.json",
        "var/lib/dpkg/status",
        "etc/os-release",
    ),
    "yaml": (
        "pnpm-lock.yaml",
        "yarn.lock",
        "pubspec.lock",
        "Podfile.lock",
        "environment.yml",
        "compose.yaml",
        "docker-compose.yml",
        ".github/workflows/x.yml",
        ".gitlab-ci.yml",
        "action.yml",
    ),
    "lines": (
        "requirements.txt",
        "go.mod",
        "go.sum",
        "Cargo.lock",
        "Gemfile.lock",
        "poetry.lock",
        "uv.lock",
        "pyproject.toml",
        "mix.lock",
        "pom.xml",
        "Dockerfile",
        "Containerfile",
        "build.gradle",
        "gradle.lockfile",
        "etc/passwd",
        "etc/shadow",
        "etc/crontab",
        "etc/sudoers",
        "etc/ssh/sshd_config",
        "root/.ssh/authorized_keys",
        "etc/ld.so.preload",
        "etc/redis/redis.conf",
        "var/www/x.php",
        "lib/apk/db/installed",
        "var/lib/rpm/rpmdb.sqlite",
        "var/lib/rpm/Packages",
        "var/lib/rpm/Packages.db",
    ),
}


def documents(kind: str, data: bytes) -> Files:
    """All files of a kind with the same content, each in a folder of its own where the name allows it."""
    return [(name, data) for name in DOCUMENTS[kind]]


def names() -> Files:
    """Names that are made to go elsewhere, to be taken for others, or to break what prints them."""
    long = "/".join(["d" * 200] * 320)  # 64 KiB
    deep = "/".join(["d"] * 5_000)
    found: Files = [
        ("../../etc/cron.d/x", b"x"),
        ("/etc/abs", b"x"),
        ("a/../../../b", b"x"),
        (long + "/package-lock.json", b"{}"),
        (deep + "/requirements.txt", b"x==1\n"),
        ("Etc/Shadow", b"x"),
        ("etc/shadow", b"root:!:1::::::\n"),
        ("caf\u00e9/package.json", b"{}"),
        ("cafe\u0301/package.json", b"{}"),
        ("\u202egnp.exe", b"MZ"),
        ("line\nbreak\x1b[2J", b"x"),
        ("bad\udcff\udc80", b"x"),
        (" ", b"x"),
        (".wh.", b""),
        (".wh..", b""),
        (".wh..wh..opq", b""),
        ("x/.wh..wh.", b""),
        ("nul\0name", b"x"),
    ]
    return found


def links() -> Files:
    """Links that lead out, in circles, or to nothing; hard links to what comes later and to each other."""
    made: Files = []

    def add(name: str, target: str, kind: bytes) -> None:
        made.append((member(name, type=kind, linkname=target), b""))

    add("etc/os-release", "/etc/os-release", tarfile.SYMTYPE)
    add("etc/passwd", "../../../../../../etc/shadow", tarfile.SYMTYPE)
    add("loop/a", "b", tarfile.SYMTYPE)
    add("loop/b", "a", tarfile.SYMTYPE)
    add("self", "self", tarfile.SYMTYPE)
    add("up", "..", tarfile.SYMTYPE)
    add("var/lib/dpkg", "/var/lib/dpkg", tarfile.SYMTYPE)
    made.append(("up/up/up/etc/evil", b"x"))
    add("hard/a", "hard/b", tarfile.LNKTYPE)
    add("hard/b", "hard/a", tarfile.LNKTYPE)
    add("hard/self", "hard/self", tarfile.LNKTYPE)
    add("hard/out", "../../../../etc/shadow", tarfile.LNKTYPE)
    add("hard/dir", "var", tarfile.LNKTYPE)
    for number in range(200):
        add(f"chain/{number}", f"{number + 1}", tarfile.SYMTYPE)
    return made


def devices(count: int) -> Files:
    """Device nodes, pipes and sockets without end."""
    kinds = (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE)
    return [
        (member(f"dev/n{n}", type=kinds[n % 3], devmajor=n % 300, devminor=n % 70_000 % 256, mode=0o6777), b"")
        for n in range(count)
    ]


def twice(count: int) -> Files:
    """The same path again and again, as file, folder and link in turn."""
    found: Files = []
    for number in range(count):
        if number % 3 == 0:
            found.append(("usr/bin/x", b"%d" % number))
        elif number % 3 == 1:
            found.append((member("usr/bin/x", type=tarfile.DIRTYPE), b""))
        else:
            found.append((member("usr/bin/x", type=tarfile.SYMTYPE, linkname="../../etc/x"), b""))
    return found


def gnu_sparse() -> bytes:
    """A sparse file of an exbibyte in a few hundred bytes (PAX 1.0), and one of a million regions."""
    giant = member(
        "giant",
        pax_headers={
            "GNU.sparse.major": "1",
            "GNU.sparse.minor": "0",
            "GNU.sparse.realsize": str(1 << 60),
            "GNU.sparse.name": "var/lib/dpkg/status",
        },
    )
    regions = b"1000000\n" + b"".join(b"%d\n1\n" % (n * 2) for n in range(100_000))
    data = regions + bytes(-len(regions) % 512)
    return tar([(giant, b"1\n0\n0\n".ljust(512, b"\0")), (member("many", pax_headers=dict(giant.pax_headers)), data)])


SQUEEZED: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, 9),
    "zstd": lambda data: zstandard.ZstdCompressor(level=19).compress(data),
    "xz": lzma.compress,
    "bzip2": bz2.compress,
}


def zstd_window() -> bytes:
    """A zstd frame that asks for a window of three tebibytes (RFC 8878, 3.1.1.1.2)."""
    return b"\x28\xb5\x2f\xfd" + b"\x00" + b"\xff" + b"\x01\x00\x00"


def image_config(depth: int = DEEP) -> bytes:
    """An image configuration nested without end."""
    return (
        b'{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"config":{"Labels":'
        + b'{"a":' * depth
        + b"1"
        + b"}" * depth
        + b"}}"
    )


def many_secrets(count: int) -> bytes:
    """A text with a made-up key on every line."""
    return b"".join(b"key_%d = AKIA%s\n" % (n, f"{n:016X}".replace("0", "Q").replace("1", "R").encode()) for n in range(count))


def told(values: object) -> bytes:
    """JSON."""
    return json.dumps(values).encode()
