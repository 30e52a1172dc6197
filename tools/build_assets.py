"""Builds the console's browser assets: each file gets its digest in its name, a gzip beside it, and a line in a manifest.

Needs nothing but Python. Does not bundle or rewrite: what runs in the browser is what is in `web/`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "web"
TARGET = ROOT / "src" / "periderm" / "console" / "static" / "built"
KINDS = (".css", ".js", ".svg")


def build(source: Path = SOURCE, target: Path = TARGET) -> dict[str, str]:
    """Writes every asset and `manifest.json`; returns the manifest (name to hashed name). Two at once do no harm: files
    appear whole, under names that tell their content, and old ones are removed last."""
    target.mkdir(parents=True, exist_ok=True)
    manifest = {}
    for path in sorted(p for p in source.iterdir() if p.suffix in KINDS):
        data = path.read_bytes()
        name = f"{path.stem}.{hashlib.sha256(data).hexdigest()[:16]}{path.suffix}"
        manifest[path.name] = name
        _write(target / name, data)
        _write(target / f"{name}.gz", gzip.compress(data, 9, mtime=0))
    _write(target / "manifest.json", json.dumps(manifest, indent=2, sort_keys=True).encode() + b"\n")
    keep = {"manifest.json", *manifest.values(), *(f"{n}.gz" for n in manifest.values())}
    for old in target.iterdir():
        if old.name not in keep and not old.name.startswith("tmp"):
            old.unlink(missing_ok=True)
    return manifest


def _write(path: Path, data: bytes) -> None:
    if path.exists() and path.read_bytes() == data:
        return
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).chmod(0o644)
    Path(name).replace(path)


def main() -> int:
    """Builds and tells the sizes."""
    manifest = build()
    for name, hashed in manifest.items():
        size, small = (TARGET / hashed).stat().st_size, (TARGET / f"{hashed}.gz").stat().st_size
        print(f"{name}: {size} bytes, {small} compressed, as {hashed}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
