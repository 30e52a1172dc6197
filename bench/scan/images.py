"""The bench's own images: made here, the same bytes each time; Debian comes from debootstrap once and is kept.

Contents are generated and not real software, but their shapes are: as many files, sizes, metadata and kinds of content
as such images have. Not for judging accuracy: that is what `tests/truth` is for.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import shutil
import struct
import subprocess
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

SUITE = "bookworm"
MIB = 1 << 20
File = tuple[str, int, bytes]  # path, mode, content
REVISION = 5  # grows when what is made here changes


class Stuff:
    """Endless content that compresses about as texts and programs do."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 -- the same image each time
        words = [bytes(self.chance.choices(b"abcdefghijklmnopqrstuvwxyz_", k=self.chance.randint(2, 9))) for _ in range(4000)]
        ends = (b" ", b" ", b" = ", b"(", b")\n", b"\n    ", b".")
        parts = (self.chance.choice(words) + self.chance.choice(ends) for _ in range(400_000))
        self._text = b"".join(parts)
        common = self.chance.choices(range(256), k=40)
        self._code = b"".join(
            self.chance.randbytes(24) + bytes(self.chance.choices(common, k=40)) + bytes(16) for _ in range(30_000)
        )

    def text(self, size: int) -> bytes:
        """Source-like text."""
        return self._cut(self._text, size)

    def code(self, size: int) -> bytes:
        """Machine-code-like bytes."""
        return self._cut(self._code, size)

    def _cut(self, pool: bytes, size: int) -> bytes:
        parts = []
        while size > 0:
            start = self.chance.randrange(len(pool) // 2)
            parts.append(pool[start : start + size])
            size -= len(parts[-1])
        return b"".join(parts)


def elf(body: bytes, sections: Iterable[tuple[str, bytes]] = ()) -> bytes:
    """A 64-bit ELF file with `.text` and the given sections (System V gABI, chapter 4)."""
    named = [(".text", body), *sections]
    names = b"\0" + b"".join(name.encode() + b"\0" for name, _ in named) + b".shstrtab\0"
    blobs, headers, at = [], [bytes(64)], 64 + 56
    for name, data in named:
        at += -at % 16
        where = names.index(name.encode() + b"\0")
        headers.append(struct.pack("<IIQQQQIIQQ", where, 1, 3, 0x400000 + at, at, len(data), 0, 0, 16, 0))
        blobs.append((at, data))
        at += len(data)
    headers.append(struct.pack("<IIQQQQIIQQ", names.index(b".shstrtab"), 3, 0, 0, at, len(names), 0, 0, 1, 0))
    blobs.append((at, names))
    at += len(names) + -(at + len(names)) % 8
    head = b"\x7fELF\x02\x01\x01" + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x400000, 64, at, 0, 64, 56, 1, 64, len(headers), len(headers) - 1)
    head += struct.pack("<IIQQQQQQ", 1, 6, 0, 0x400000, 0x400000, at, at, 4096)  # one segment, to be written too
    out = bytearray(head)
    for start, data in blobs:
        out += bytes(start - len(out)) + data
    out += bytes(at - len(out)) + b"".join(headers)
    return bytes(out)


def go_program(stuff: Stuff, name: str, modules: int, size: int) -> bytes:
    """What `go build` leaves of its modules (go1.18 and later: strings in place; runtime/debug.BuildInfo.String)."""
    lines = [f"path\texample.org/{name}", f"mod\texample.org/{name}\tv1.{modules}.0\t"]
    lines += [f"dep\tgithub.com/bench-{i % 17}/module{i}\tv0.{i}.{i % 7}\th1:{'A' * 43}=" for i in range(modules)]
    told = "\n".join([*lines, "build\tGOOS=linux", "build\tGOARCH=amd64", ""]).encode()
    edge = bytes(range(16))
    info = b"\xff Go buildinf:" + b"\x08\x02" + bytes(16)
    for text in (b"go1.22.5", edge + told + edge):
        info += _varint(len(text)) + text
    return elf(stuff.code(size), [(".go.buildinfo", info)])


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def python_files(stuff: Stuff, packages: int) -> Iterator[File]:
    """site-packages: metadata, records, modules, and an extension for every eighth package."""
    for i in range(packages):
        name, version, record = f"benchpy{i}", f"{i % 9}.{i % 13}.{i % 5}", []
        root = "usr/local/lib/python3.11/site-packages"
        info = f"{root}/{name}-{version}.dist-info"
        for n in range(stuff.chance.randint(5, 45)):
            path = f"{name}/m{n}.py"
            record.append(f"{path},,")
            yield f"{root}/{path}", 0o644, stuff.text(stuff.chance.randint(200, 14_000))
        if i % 8 == 0:
            record.append(f"{name}/_native.so,,")
            yield f"{root}/{name}/_native.so", 0o755, elf(stuff.code(stuff.chance.randint(60_000, 900_000)))
        needs = "".join(f"Requires-Dist: benchpy{(i * 7 + k) % packages}>=1\n" for k in range(3))
        head = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nLicense: MIT\n{needs}\n"
        yield f"{info}/METADATA", 0o644, head.encode() + stuff.text(3000)
        yield f"{info}/RECORD", 0o644, "\n".join([*record, f"{info}/METADATA,,"]).encode()
        yield f"{info}/INSTALLER", 0o644, b"pip\n"


def node_files(stuff: Stuff, packages: int) -> Iterator[File]:
    """node_modules, with a lock file."""
    for i in range(packages):
        name = f"bench-node-{i}" if i % 5 else f"@bench/node-{i}"
        root = f"srv/web/node_modules/{name}"
        package = {"name": name, "version": f"{i % 4}.{i % 30}.{i % 11}", "license": "MIT", "dependencies": {"x": "^1"}}
        yield f"{root}/package.json", 0o644, json.dumps(package).encode()
        for n in range(stuff.chance.randint(2, 18)):
            yield f"{root}/lib/{n}.js", 0o644, stuff.text(stuff.chance.randint(100, 9_000))


def java_files(stuff: Stuff, jars: int) -> Iterator[File]:
    """Jars with Maven's properties and classes."""
    for i in range(jars):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as jar:

            def put(name: str, data: bytes, jar: zipfile.ZipFile = jar) -> None:
                member = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
                member.compress_type = zipfile.ZIP_DEFLATED
                jar.writestr(member, data)

            version = f"{i % 6}.{i % 17}.{i % 3}"
            put("META-INF/MANIFEST.MF", f"Manifest-Version: 1.0\nImplementation-Version: {version}\n".encode())
            properties = f"groupId=org.bench\nartifactId=bench-jar-{i}\nversion={version}\n"
            put(f"META-INF/maven/org.bench/bench-jar-{i}/pom.properties", properties.encode())
            for n in range(stuff.chance.randint(20, 200)):
                put(f"org/bench/j{i}/C{n}.class", b"\xca\xfe\xba\xbe\0\0\0\x3d" + stuff.code(stuff.chance.randint(500, 9_000)))
        yield f"opt/app/lib/bench-jar-{i}-{version}.jar", 0o644, out.getvalue()


def go_files(stuff: Stuff, programs: int, size: int) -> Iterator[File]:
    """Programs with build information."""
    for i in range(programs):
        yield f"usr/local/bin/bench-go-{i}", 0o755, go_program(stuff, f"tool{i}", 60 + 40 * i, size)


def app_files(stuff: Stuff) -> Iterator[File]:
    """What a team adds at last: sources, assets, configuration."""
    for n in range(400):
        yield f"srv/app/src/m{n}.py", 0o644, stuff.text(4000)
    for n in range(40):
        yield f"srv/app/assets/a{n}.bin", 0o644, stuff.code(200_000)
    yield "srv/app/requirements.txt", 0o644, b"benchpy1==1.1.1\nbenchpy2==2.2.2\n"


def pack(path: Path, files: Iterable[File]) -> None:
    """Files as a layer."""
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        folders: set[str] = set()
        for name, mode, data in files:
            parts = name.split("/")[:-1]
            for depth in range(1, len(parts) + 1):
                folder = "/".join(parts[:depth])
                if folder not in folders:
                    folders.add(folder)
                    info = tarfile.TarInfo(folder)
                    info.type, info.mode, info.mtime = tarfile.DIRTYPE, 0o755, 1_700_000_000
                    tar.addfile(info)
            info = tarfile.TarInfo(name)
            info.size, info.mode, info.mtime = len(data), mode, 1_700_000_000
            tar.addfile(info, io.BytesIO(data))


def debian(cache: Path) -> Path:
    """The layer of a minimal Debian, made once. Needs root and debootstrap."""
    made = cache / f"debian-{SUITE}.tar"
    if not made.exists():
        root = cache / "debian"
        if not (root / "etc/debian_version").exists():
            shutil.rmtree(root, ignore_errors=True)
            subprocess.run(["debootstrap", "--variant=minbase", SUITE, root], check=True, stdout=subprocess.DEVNULL)
        leave = ("var/cache/apt/*", "var/lib/apt/lists/*", "var/log/*", "dev/*")
        command = ["tar", "-C", str(root), "--sort=name", "--numeric-owner", "--mtime=@1700000000", "--format=gnu"]
        subprocess.run([*command, *(f"--exclude=./{x}" for x in leave), "-cf", str(made.with_suffix(".new")), "."], check=True)
        made.with_suffix(".new").replace(made)
    return made


def truth(part: str) -> set[tuple[str, str, str]]:
    """(package-url type, whole name, version) of what a layer that is made here has installed."""
    sizes = {"python": 180, "python-large": 1800, "node": 700, "node-large": 6000, "java": 40, "java-large": 200, "go": 3}
    count = sizes.get(part, 4 if part == "go-large" else 0)
    kind = part.partition("-")[0]
    if kind == "python":
        return {("pypi", f"benchpy{i}", f"{i % 9}.{i % 13}.{i % 5}") for i in range(count)}
    if kind == "node":
        names = (f"bench-node-{i}" if i % 5 else f"@bench/node-{i}" for i in range(count))
        return {("npm", name, f"{i % 4}.{i % 30}.{i % 11}") for i, name in enumerate(names)}
    if kind == "java":
        return {("maven", f"org.bench/bench-jar-{i}", f"{i % 6}.{i % 17}.{i % 3}") for i in range(count)}
    if kind == "go":
        found = {("golang", "stdlib", "1.22.5")}
        for i in range(count):
            modules = 60 + 40 * i
            found.add(("golang", f"example.org/tool{i}", f"v1.{modules}.0"))
            found |= {("golang", f"github.com/bench-{m % 17}/module{m}", f"v0.{m}.{m % 7}") for m in range(modules)}
        return found
    if part == "app":
        return {("pypi", "benchpy1", "1.1.1"), ("pypi", "benchpy2", "2.2.2")}
    return set()


LAYERS: dict[str, Callable[[], Iterator[File]]] = {
    "python": lambda: python_files(Stuff(1), 180),
    "node": lambda: node_files(Stuff(2), 700),
    "java": lambda: java_files(Stuff(3), 40),
    "go": lambda: go_files(Stuff(4), 3, 7 * MIB),
    "app": lambda: app_files(Stuff(5)),
    "python-large": lambda: python_files(Stuff(11), 1800),
    "node-large": lambda: node_files(Stuff(12), 6000),
    "java-large": lambda: java_files(Stuff(13), 200),
    "go-large": lambda: go_files(Stuff(14), 4, 48 * MIB),
}
IMAGES: dict[str, tuple[str, ...]] = {
    "debian": (),
    "python": ("python",),
    "node": ("node",),
    "java": ("java",),
    "go": ("go",),
    "six": ("python", "node", "java", "go", "app"),
    "mixed": ("python-large", "node-large", "java-large", "go-large", "app"),
}


def layer(cache: Path, name: str) -> Path:
    """A layer's tar, made if it is not there."""
    if name == "debian":
        return debian(cache)
    made = cache / f"{name}-{REVISION}.tar"
    if not made.exists():
        pack(made.with_suffix(".new"), LAYERS[name]())
        made.with_suffix(".new").replace(made)
    return made


def sha256(path: Path) -> str:
    """Digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def squeezed(path: Path) -> Path:
    """The file as gzip at the default level, with nothing of its name or time."""
    made = path.with_suffix(".tar.gz")
    if not made.exists():
        new = made.with_suffix(".new")
        with path.open("rb") as source, new.open("wb") as out, gzip.GzipFile("", "wb", 6, out, 0) as target:
            shutil.copyfileobj(source, target, MIB)
        made.with_suffix(".new").replace(made)
    return made


def image(cache: Path, name: str, *, oci: bool = False) -> Path:
    """An image as a docker-archive, or as an OCI archive with gzip layers; made once and kept in `cache`."""
    cache.mkdir(parents=True, exist_ok=True)
    made = cache / f"{name}-{REVISION}{'.oci' if oci else ''}.tar"
    if made.exists():
        return made
    layers = [layer(cache, part) for part in ("debian", *IMAGES[name])]
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"User": "1000", "Cmd": ["sh"]},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{sha256(x)}" for x in layers]},
            "history": [{"created_by": f"bench layer {x.stem}"} for x in layers],
        }
    ).encode()
    with tarfile.open(made.with_suffix(".new"), "w", format=tarfile.GNU_FORMAT) as tar:
        (_oci if oci else _docker)(tar, name, layers, config)
    made.with_suffix(".new").replace(made)
    return made


def _docker(tar: tarfile.TarFile, name: str, layers: list[Path], config: bytes) -> None:
    told = hashlib.sha256(config).hexdigest() + ".json"
    names = []
    for path in layers:
        names.append(f"{sha256(path)}/layer.tar")
        tar.add(path, names[-1], filter=_plain)
    _add(tar, told, config)
    manifest = [{"Config": told, "RepoTags": [f"localhost/periderm-bench-{name}:1"], "Layers": names}]
    _add(tar, "manifest.json", json.dumps(manifest).encode())


def _oci(tar: tarfile.TarFile, name: str, layers: list[Path], config: bytes) -> None:
    kind = "application/vnd.oci.image"

    def put(data: bytes, media: str) -> dict[str, object]:
        digest = hashlib.sha256(data).hexdigest()
        _add(tar, f"blobs/sha256/{digest}", data)
        return {"mediaType": f"{kind}.{media}", "digest": f"sha256:{digest}", "size": len(data)}

    for folder in ("blobs", "blobs/sha256"):  # some readers unpack it, and make no folder that is not there
        info = tarfile.TarInfo(folder)
        info.type, info.mode, info.mtime = tarfile.DIRTYPE, 0o755, 1_700_000_000
        tar.addfile(info)
    told = []
    for path in map(squeezed, layers):
        digest = sha256(path)
        tar.add(path, f"blobs/sha256/{digest}", filter=_plain)
        told.append({"mediaType": f"{kind}.layer.v1.tar+gzip", "digest": f"sha256:{digest}", "size": path.stat().st_size})
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{kind}.manifest.v1+json",
        "config": put(config, "config.v1+json"),
        "layers": told,
    }
    entry = put(json.dumps(manifest).encode(), "manifest.v1+json")
    entry["annotations"] = {"org.opencontainers.image.ref.name": f"localhost/periderm-bench-{name}:1"}
    _add(tar, "index.json", json.dumps({"schemaVersion": 2, "manifests": [entry]}).encode())
    _add(tar, "oci-layout", b'{"imageLayoutVersion": "1.0.0"}')


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mtime, info.mode = 1_700_000_000, 0o644
    return info


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mtime = len(data), 1_700_000_000
    tar.addfile(info, io.BytesIO(data))


def places(archive: Path) -> list[str]:
    """Arguments of `floor` for an archive that was made here: offset, size, kind of every layer."""
    found: list[str] = []
    with tarfile.open(archive) as tar, archive.open("rb") as file:
        for member in tar:
            if member.size < 4096:
                continue
            file.seek(member.offset_data)
            head = file.read(2)
            if member.name.endswith("/layer.tar") or head == b"\x1f\x8b":
                found += [str(member.offset_data), str(member.size), "g" if head == b"\x1f\x8b" else "t"]
    return found
