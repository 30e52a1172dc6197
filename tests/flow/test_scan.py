"""Whole images, honest and hostile, through the real sources."""

from __future__ import annotations

import gzip
import subprocess
import sys
import tarfile
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from periderm.adapters.image_archive import ImageArchive
from periderm.adapters.image_folder import ImageFolder
from periderm.adapters.image_layout import ImageLayout
from periderm.flow.scan import scan
from periderm.model.envelope import ScanResult
from periderm.model.errors import FormatError, LimitError
from periderm.model.finding import FindingKind
from periderm.model.image import FileType, ImageConfig, LayerEntry
from periderm.model.limits import DEFAULT_LIMITS, ScanLimits
from periderm.ports.image_source import OpenImage, TreeLayer
from tests.images import AWS_KEY, base_layer, blobs, config_of, digest, docker_archive, member, tar, write_layout


class Clock:
    """A clock that stands at one second."""

    def now(self) -> int:
        return 10**9

    def monotonic(self) -> int:
        return 10**9

    def sleep(self, seconds: float) -> None:
        raise AssertionError(seconds)


def scan_layers(path: Path, layers: Sequence[bytes], limits: ScanLimits = DEFAULT_LIMITS, **settings: Any) -> ScanResult:
    """Scans a docker archive of layers."""
    settings.setdefault("User", "1000")
    archive = docker_archive(path / "a.tar", layers, config=config_of(layers, **settings))
    with ImageArchive().open(str(archive), "") as image:
        return scan(image, Clock(), limits=limits, node_id="node-1")


def fired(result: ScanResult) -> dict[str, list[str]]:
    """{detector: locations}."""
    found: dict[str, list[str]] = {}
    for finding in result.findings:
        found.setdefault(finding.detector, []).append(finding.location)
    return found


def test_inventory(tmp_path: Path) -> None:
    """Packages with their layer, executables with digest and owner (through the merged /bin), the distribution."""
    layers = [base_layer(), tar([(member("opt/tool", mode=0o755), b"#!/bin/sh\n"), ("app/.env", b"A_KEY=" + AWS_KEY)])]
    result = scan_layers(tmp_path, layers)
    inventory = result.inventory
    assert inventory is not None
    assert (result.node_id, result.time, inventory.os.id) == ("node-1", 10**9, "debian")
    assert [(p.name, p.layer) for p in inventory.packages] == [("bash", digest(layers[0])), ("libc6", digest(layers[0]))]
    files = {f.path: f for f in inventory.executables}
    assert set(files) == {"usr/bin/bash", "usr/bin/su", "usr/bin/sh", "opt/tool"}
    assert files["usr/bin/bash"].package == "bash"
    assert files["usr/bin/bash"].sha256 == digest(b"\x7fELF\0bash")[7:] == files["usr/bin/sh"].sha256
    assert (files["opt/tool"].package, files["opt/tool"].layer) == ("", digest(layers[1]))
    assert inventory.secret_paths == ("app/.env",)
    assert inventory.size == sum(len(x) for x in layers)
    assert inventory.not_examined == ()
    assert msgspec.json.decode(msgspec.json.encode(result), type=ScanResult) == result


def test_the_same_by_every_way(tmp_path: Path) -> None:
    """Archive, gzip layout and zstd layout of the same layers give the same inventory and findings."""
    layers = [base_layer(), tar([("app/key", AWS_KEY)])]
    results = [scan_layers(tmp_path, layers)]
    for squeeze in ("gzip", "zstd"):
        path = write_layout(tmp_path / squeeze, *blobs(layers, squeeze=squeeze))
        with ImageLayout().open(str(path), "") as image:
            results.append(scan(image, Clock(), node_id="node-1"))
    assert results[0].findings == results[1].findings == results[2].findings
    assert len({r.inventory.executables for r in results if r.inventory}) == 1


def test_a_deleted_secret_is_still_found(tmp_path: Path) -> None:
    """A secret that a later layer deletes is found, told as such, and is no path of the running container."""
    result = scan_layers(tmp_path, [tar([("app/key", AWS_KEY)]), tar([("app/.wh.key", b"")])])
    (finding,) = (f for f in result.findings if f.kind is FindingKind.SECRET)
    assert "later layer" in finding.message.en
    assert result.inventory is not None
    assert result.inventory.secret_paths == ()
    assert AWS_KEY.decode() not in msgspec.json.encode(result).decode()


def test_a_large_text_is_searched_in_pieces(tmp_path: Path) -> None:
    """A secret that lies across two pieces of a large text is found once, with its line."""
    limits = ScanLimits(secret_whole=1000)
    at = (1 << 20) - 10 - 512
    text = (b"x" * 99 + b"\n") * (at // 100) + b" " * (at % 100) + AWS_KEY + b"\n" + b"y\n" * 1000
    result = scan_layers(tmp_path, [tar([("log", text)])], limits)
    (finding,) = (f for f in result.findings if f.kind is FindingKind.SECRET)
    assert finding.evidence.startswith(f"line {at // 100 + 1}:")


def test_a_folder(tmp_path: Path) -> None:
    """A root file system in a folder: no configuration is judged, files are."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "key").write_bytes(AWS_KEY)
    with ImageFolder().open(str(tmp_path), "") as image:
        assert list(fired(scan(image, Clock()))) == ["IMG-001"]


def test_wrong_digest(tmp_path: Path) -> None:
    """A layer that is not what the configuration names is an error, not a result."""
    archive = docker_archive(tmp_path / "a.tar", [base_layer()], config=config_of([b"another"]))
    with pytest.raises(FormatError, match="digest"), ImageArchive().open(str(archive), "") as image:
        scan(image, Clock())


def test_bomb(tmp_path: Path) -> None:
    """A layer that inflates 1,000 times is left at the limit and said; the other layers are still judged."""
    bomb = tar([(member("zeros", mode=0o755), bytes(32 << 20)), ("app/key", AWS_KEY)])
    layers = [bomb, tar([("app/other", AWS_KEY)])]
    path = write_layout(tmp_path / "l", *blobs(layers))
    tracemalloc.start()
    with ImageLayout().open(str(path), "") as image:
        result = scan(image, Clock(), limits=ScanLimits(ratio=100, ratio_floor=1 << 20))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 24 << 20
    assert fired(result)["IMG-001"] == ["app/other"]
    assert len(fired(result)["IMG-024"]) == 1
    assert "bomb" in next(f.message.en for f in result.findings if f.detector == "IMG-024")


def test_many_bombs(tmp_path: Path) -> None:
    """Bombs in many layers end together: what one gave, the next may not give again."""
    layers = [tar([(f"zeros{n}", bytes(20 << 20))]) for n in range(4)]
    path = write_layout(tmp_path / "l", *blobs(layers))
    with ImageLayout().open(str(path), "") as image:
        result = scan(image, Clock(), limits=ScanLimits(ratio=100, ratio_floor=24 << 20))
    assert result.inventory is not None
    assert result.inventory.size < 80 << 20
    assert len(result.inventory.not_examined) == 4
    with ImageLayout().open(str(path), "") as image:
        result = scan(image, Clock(), limits=ScanLimits(inflated=30 << 20))
    assert result.inventory is not None
    assert result.inventory.size <= 32 << 20
    assert len(result.inventory.not_examined) >= 3


def test_escapes_and_strange_entries(tmp_path: Path) -> None:
    """Traversal, absolute names, links outside and in circles, hard links to nowhere and devices: told, not followed."""
    layer = tar(
        [
            ("../../etc/cron.d/x", b"* * * * * root id\n"),
            (member("/abs/tool", mode=0o755), b"x"),
            (member("loop", type=tarfile.SYMTYPE, linkname="loop"), b""),
            (member("a", type=tarfile.SYMTYPE, linkname="b"), b""),
            (member("b", type=tarfile.SYMTYPE, linkname="a"), b""),
            (member("a/through", mode=0o755), b"x"),
            (member("out", type=tarfile.SYMTYPE, linkname="../../../etc"), b""),
            (member("nowhere", type=tarfile.LNKTYPE, linkname="gone"), b""),
            (member("h", type=tarfile.LNKTYPE, linkname="../../etc/shadow"), b""),
            (member("opt/disk", type=tarfile.BLKTYPE, devmajor=8, devminor=0), b""),
            (member("dev/null", type=tarfile.CHRTYPE, devmajor=1, devminor=3), b""),
            (member("caf\udce9", mode=0o755), b"x"),
        ],
        tarfile.GNU_FORMAT,
    )
    result = scan_layers(tmp_path, [layer])
    assert fired(result)["IMG-022"] == ["etc/cron.d/x", "nowhere", "h"]
    assert fired(result)["IMG-023"] == ["opt/disk"]
    assert result.inventory is not None
    assert [f.path for f in result.inventory.executables] == ["a/through", "abs/tool", "caf\\xe9"]
    msgspec.json.encode(result)


def test_duplicates(tmp_path: Path) -> None:
    """Of two entries with one name the last counts, as when it is unpacked."""
    result = scan_layers(tmp_path, [tar([(member("x", mode=0o4755), b"1"), (member("x", mode=0o755), b"22")])])
    assert result.inventory is not None
    assert [(f.size, f.mode) for f in result.inventory.executables] == [(2, 0o755)]


class _Item:
    def __init__(self, entry: LayerEntry) -> None:
        self.entry = entry


class Names:
    """A layer of many entries that are made while they are read."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __iter__(self) -> Iterator[Any]:
        for i in range(self.count):
            entry = LayerEntry(f"d{i % 1000}/f{i}", FileType.REGULAR, 0o644, 0, 0, 0, 0)
            yield _Item(entry)


def test_too_many_entries(tmp_path: Path) -> None:
    """Beyond the limit of entries the rest is not looked at, and that is said."""
    image = OpenImage("x", "podman:x", digest(b""), ImageConfig(), (TreeLayer("sha256:x", lambda: Names(50)),))
    result = scan(image, Clock(), limits=ScanLimits(entries=40))
    assert result.inventory is not None
    assert result.inventory.files == 40
    assert "more than 40 entries" in result.inventory.not_examined[0]


MILLION = """
import resource
from tests.flow.test_scan import Clock, Names, digest
from periderm.flow.scan import scan
from periderm.model.image import ImageConfig
from periderm.ports.image_source import OpenImage, TreeLayer
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
before = peak()
image = OpenImage("x", "podman:x", digest(b""), ImageConfig(), (TreeLayer("sha256:x", lambda: Names(1_000_000)),))
print(scan(image, Clock()).inventory.files, peak() - before)
"""


def test_a_million_entries() -> None:
    """A million files take bounded memory: their names and little more."""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", MILLION], cwd=root, capture_output=True, text=True, check=True)
    files, mebibytes = map(int, done.stdout.split())
    assert files == 1_000_000
    assert mebibytes < 300


def test_too_many_layers(tmp_path: Path) -> None:
    """The number of layers is bounded."""
    with pytest.raises(LimitError):
        scan_layers(tmp_path, [tar([])] * 3, ScanLimits(layers=2))


def test_a_sparse_giant(tmp_path: Path) -> None:
    """A program of 4 EiB, all holes, is listed, not filled in, and said."""
    records = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "huge", "GNU.sparse.realsize": str(2**62)}
    layer = tar([(member("x", mode=0o755, pax_headers=records), b"0\n".ljust(512, b"\0")), ("app/key", AWS_KEY)])
    result = scan_layers(tmp_path, [layer])
    assert "IMG-001" in fired(result)
    assert "huge" in next(f.message.en for f in result.findings if f.detector == "IMG-024")


def test_truncated(tmp_path: Path) -> None:
    """A layer that ends inside a file is an error, plain or compressed."""
    whole = base_layer()
    layer = whole[:2000]
    with pytest.raises(FormatError):
        scan_layers(tmp_path, [layer])
    found, index = blobs([whole])
    squeezed = gzip.compress(whole)
    name = next(name for name, data in found.items() if len(data) == len(squeezed))
    path = write_layout(tmp_path / "l", {**found, name: found[name][: len(squeezed) // 2]}, index)
    with pytest.raises(FormatError), ImageLayout().open(str(path), "") as image:
        scan(image, Clock())


def test_progress(tmp_path: Path) -> None:
    """Progress grows to at most one."""
    said: list[float | None] = []
    archive = docker_archive(tmp_path / "a.tar", [tar([("big", bytes(40 << 20))])])
    with ImageArchive().open(str(archive), "") as image:
        scan(image, Clock(), progress=lambda _, done: said.append(done))
    assert said == sorted(said, key=lambda x: x or 0)
    assert said
    assert all(x is not None and 0 < x <= 1 for x in said)
