"""States and archives for these tests."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import msgspec
import zstandard

from periderm.adapters.state_archive.writing import write_backup
from periderm.model.backup import BackupChoice, BackupManifest, KeptFile


def filled(folder: Path) -> Path:
    """A state with a bit of everything."""
    for name, content in {
        "periderm.sqlite": "store",
        "periderm.sqlite-wal": "log",
        "service-token": "secret",
        "keys/key.pem": "key",
        "policies.json": "[]",
        "rules/a/b.yaml": "rule",
        "history/x.parquet": "events",
        "advisories.sqlite": "advisories",
        "log/server.log": "line",
        "before-upgrades/old": "old",
        "spool/server/ingest/0.seg": "message",
        "spool/server/ingest/groups/digest": "place",
        "spool/server/ingest/lock": "",
        "spool/agent/name": "agent",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    (folder / "rules" / "link").symlink_to("/etc/passwd")
    return folder


def _copy(source: Path, copy: Path) -> None:
    copy.write_bytes(source.read_bytes())


def saved(state: Path, target: Path, choice: BackupChoice | None = None, passphrase: bytes = b"") -> BackupManifest:
    """A copy, its store copied as a plain file."""
    return write_backup(
        state,
        "periderm.sqlite",
        target,
        choice or BackupChoice(),
        copy=_copy,
        schema_of=lambda _: "0001",
        passphrase=passphrase,
        version="1",
        now=7,
    )


def archive(entries: list[tuple[tarfile.TarInfo, bytes]], manifest: BackupManifest | None = None) -> bytes:
    """Any archive at all, with a manifest that tells what is in it if none is given."""
    out = io.BytesIO()
    kept = tuple(
        KeptFile(info.name.removeprefix("state/"), len(data), hashlib.sha256(data).hexdigest()) for info, data in entries
    )
    told = msgspec.json.encode(manifest or BackupManifest(version="1", schema="", time=1, files=kept))
    with tarfile.open(fileobj=out, mode="w") as tar:
        for info, data in [*entries, (tarfile.TarInfo("manifest.json"), told)]:
            info.size = len(data) if info.isreg() else 0
            tar.addfile(info, io.BytesIO(data))
    return zstandard.compress(out.getvalue())
