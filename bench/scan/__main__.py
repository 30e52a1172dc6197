"""What it costs to scan an image, cold and warm, beside the mere reading, inflating and hashing of its layers.

Usage: `python bench/scan.py [TARGET]` with whatever `periderm scan image` takes; without one, the sample's image, or a
made one of 64 MiB where there is no sample. Prints; asserts nothing. Each run is a process of its own: seconds of the
clock and of the processor, and the peak of its memory. Cold means that the files were dropped from the page cache.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

SAMPLES = ("localhost/periderm-sample:1", "localhost/periderm-sample:latest")
PODMAN = ("podman", "--cgroup-manager=cgroupfs")
RUNS = 5


def scan(target: str) -> int:
    """A child: scans once, and says what it took. Importing is told apart: a worker imports once for many images."""
    began = time.perf_counter()
    from periderm import wiring
    from periderm.app.scan_image import scan_reference
    from periderm.model.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        scanner = wiring.image_scanner(Settings(state=folder, cache=folder))
        loaded, cpu = time.perf_counter(), time.process_time()
        result = scan_reference(scanner, target)
        done, cpu = time.perf_counter(), time.process_time() - cpu
    inventory = result.inventory
    report(done - loaded, cpu, inventory.size if inventory else 0, imports=loaded - began, findings=len(result.findings))
    return 0


def floor(target: str) -> int:
    """A child: reads, inflates and hashes each layer once, and does nothing else."""
    from periderm import wiring
    from periderm.app.scan_image import split
    from periderm.formats.compression import inflate
    from periderm.model.settings import Settings
    from periderm.ports.image_source import BlobLayer

    scanner = wiring.image_scanner(Settings(state="/nonexistent", cache="/nonexistent"))
    kind, location = split(target, scanner.kind_of)
    size = 0
    with scanner.sources[kind].open(location, "") as image:
        began, cpu = time.perf_counter(), time.process_time()
        for layer in image.layers:
            digest = hashlib.sha256()
            if isinstance(layer, BlobLayer):
                for piece in inflate(layer.chunks()):
                    digest.update(piece)
                    size += len(piece)
            else:
                for item in layer.entries():
                    for piece in item.chunks() if item.entry.size else ():
                        digest.update(piece)
                        size += len(piece)
        report(time.perf_counter() - began, time.process_time() - cpu, size)
    return 0


def report(seconds: float, cpu: float, size: int, **more: float) -> None:
    """What a child tells its parent."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "cpu": cpu, "size": size, "peak": peak, **more}))


def child(what: str, target: str) -> dict[str, float]:
    """Runs a child and reads its report."""
    done = subprocess.run([sys.executable, __file__, what, target], capture_output=True, text=True, check=True)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def forget(target: str) -> None:
    """Drops the target's files from the page cache, as far as it is files of ours (needs no root)."""
    path = Path(target)
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()] if path.is_dir() else []
    for file in files:
        with file.open("rb") as opened:
            os.fsync(opened.fileno())
            os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def saved(folder: Path) -> str:
    """An archive of the sample's image, if podman has it; else a made one: half texts, half programs."""
    archive = folder / "sample.tar"
    if shutil.which("podman"):
        for name in SAMPLES:
            if not subprocess.run([*PODMAN, "save", "-q", "-o", archive, name], capture_output=True, check=False).returncode:
                print(f"image: {name}")
                return str(archive)
    print("image: a made one of 64 MiB (there is no sample; `periderm demo` builds it)")
    chance = random.Random(1)  # noqa: S311 -- the same made image each time
    words = [bytes(chance.choices(b"abcdefghijklmnopqrstuvwxyz_= \n", k=chance.randint(2, 9))) for _ in range(5000)]
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as tar:
        for number in range(2000):
            info = tarfile.TarInfo(f"usr/lib/d{number % 50}/f{number}")
            data = b" ".join(chance.choices(words, k=5000)) if number % 2 else b"\x7fELF\0" + chance.randbytes(32_000)
            info.size, info.mode = len(data), 0o644 if number % 2 else 0o755
            tar.addfile(info, io.BytesIO(data))
    content = layer.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    config = json.dumps({"os": "linux", "rootfs": {"diff_ids": [f"sha256:{digest}"]}}).encode()
    manifest = json.dumps([{"Config": "c.json", "RepoTags": ["made:1"], "Layers": ["layer.tar"]}]).encode()
    with tarfile.open(archive, "w") as tar:
        for name, data in (("layer.tar", content), ("c.json", config), ("manifest.json", manifest)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return str(archive)


def measure(target: str) -> None:
    """Floor and scan, cold and warm, alternating so that a noisy machine disturbs both alike."""
    best: dict[str, dict[str, float]] = {}
    for run in range(RUNS):
        for what in ("floor", "scan"):
            if run == 0:
                forget(target)
            told = child(what, target)
            key = f"{what} {'cold' if run == 0 else 'warm'}"
            if key not in best or told["seconds"] < best[key]["seconds"]:
                best[key] = told
    size = best["scan warm"]["size"] / (1 << 20)
    print(f"layers, inflated: {size:.0f} MiB; findings: {best['scan warm']['findings']:.0f}")
    print(f"loading the scanner's code, once a process: {best['scan warm']['imports'] * 1000:.0f} ms")
    for state in ("cold", "warm"):
        low, mine = best[f"floor {state}"], best[f"scan {state}"]
        rate = size / mine["seconds"] if mine["seconds"] else 0.0
        print(
            f"{state}: scan {mine['seconds']:5.2f} s, {mine['cpu']:5.2f} s CPU ({rate:4.0f} MiB/s, {mine['peak']:3.0f} MiB)   "
            f"floor {low['seconds']:5.2f} s, {low['cpu']:5.2f} s CPU (peak {low['peak']:3.0f} MiB)   "
            f"ratio {mine['seconds'] / low['seconds']:.2f}, {mine['cpu'] / low['cpu']:.2f} CPU"
        )


def main(arguments: list[str]) -> int:
    """The parent, or one of its children."""
    if len(arguments) == 2 and arguments[0] in ("scan", "floor"):
        return {"scan": scan, "floor": floor}[arguments[0]](arguments[1])
    if arguments:
        measure(arguments[0])
        return 0
    with tempfile.TemporaryDirectory(prefix="periderm-bench-") as folder:
        measure(saved(Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
