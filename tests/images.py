"""Images made for tests: small tars, docker archives and OCI layouts in every shade of honest and hostile."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import zstandard

STATUS = b"""Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2.15-2+b2

Package: libc6
Status: install ok installed
Architecture: amd64
Source: glibc (2.36-9)
Version: 2.36-9+deb12u7

Package: gone
Status: deinstall ok config-files
Version: 1
"""
OS_RELEASE = b'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'
AWS_KEY = b"AKIA" + b"Q7ZR2NVW4XKB6TJD"


def member(name: str, **fields: Any) -> tarfile.TarInfo:
    """A tar member with fields set."""
    info = tarfile.TarInfo(name)
    for key, value in fields.items():
        setattr(info, key, value)
    return info


def tar(files: Iterable[tuple[str | tarfile.TarInfo, bytes]], form: int = tarfile.PAX_FORMAT) -> bytes:
    """A tar of (name or member, content)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form, errors="surrogateescape") as archive:
        for name, data in files:
            info = member(name) if isinstance(name, str) else name
            if info.isreg():
                info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def base_layer() -> bytes:
    """A little Debian: two packages, a shell that one of them owns, a program that nobody owns."""
    return tar(
        [
            (member("usr/bin", type=tarfile.DIRTYPE, mode=0o755), b""),
            (member("bin", type=tarfile.SYMTYPE, linkname="usr/bin"), b""),
            (member("usr/bin/bash", mode=0o755), b"\x7fELF\0bash"),
            (member("usr/bin/su", mode=0o4755), b"\x7fELF\0su"),
            (member("usr/bin/sh", type=tarfile.LNKTYPE, linkname="usr/bin/bash", mode=0o755), b""),
            ("var/lib/dpkg/status", STATUS),
            ("var/lib/dpkg/info/bash.list", b"/.\n/bin\n/bin/bash\n"),
            ("usr/lib/os-release", OS_RELEASE),
        ]
    )


def digest(data: bytes) -> str:
    """`sha256:…`."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def config_of(layers: Sequence[bytes], **settings: Any) -> bytes:
    """An image configuration for layers."""
    diff_ids = [digest(layer) for layer in layers]
    history = [{"created_by": f"step {i}"} for i, _ in enumerate(layers)]
    document = {"architecture": "amd64", "os": "linux", "config": settings, "rootfs": {"type": "layers", "diff_ids": diff_ids}}
    return json.dumps({**document, "history": history}).encode()


def docker_archive(path: Path, layers: Sequence[bytes], *, config: bytes | None = None, tags: Sequence[str] = ("t:1",)) -> Path:
    """What `docker save` writes."""
    config = config if config is not None else config_of(layers, User="1000")
    name = hashlib.sha256(config).hexdigest() + ".json"
    names = [f"{hashlib.sha256(layer).hexdigest()}.tar" for layer in layers]
    manifest = json.dumps([{"Config": name, "RepoTags": list(tags), "Layers": names}]).encode()
    files = [(n, data) for n, data in zip(names, layers, strict=True)]
    path.write_bytes(tar([*files, (name, config), ("manifest.json", manifest)]))
    return path


def blobs(layers: Sequence[bytes], *, squeeze: str = "gzip", config: bytes | None = None) -> tuple[dict[str, bytes], bytes]:
    """The blobs of an OCI layout by digest, and its index."""
    packed = {"gzip": gzip.compress, "zstd": zstandard.ZstdCompressor().compress, "": bytes}[squeeze]
    config = config if config is not None else config_of(layers, User="1000")
    found: dict[str, bytes] = {}

    def put(data: bytes) -> dict[str, Any]:
        found[digest(data)] = data
        return {"digest": digest(data), "size": len(data)}

    manifest = json.dumps({"schemaVersion": 2, "config": put(config), "layers": [put(packed(x)) for x in layers]}).encode()
    entry = {**put(manifest), "mediaType": "application/vnd.oci.image.manifest.v1+json"}
    entry["annotations"] = {"org.opencontainers.image.ref.name": "t:1"}
    return found, json.dumps({"schemaVersion": 2, "manifests": [entry]}).encode()


def write_layout(path: Path, found: Mapping[str, bytes], index: bytes) -> Path:
    """An OCI layout folder."""
    (path / "blobs" / "sha256").mkdir(parents=True)
    (path / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (path / "index.json").write_bytes(index)
    for name, data in found.items():
        (path / "blobs" / "sha256" / name.removeprefix("sha256:")).write_bytes(data)
    return path
