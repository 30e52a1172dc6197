"""Images that are made to do harm, through the whole scan with its sandbox: bounded, told, and nothing outside touched."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import msgspec
import pytest

from periderm import wiring
from periderm.app.scan_image import ImageScanner, scan_folder, scan_reference
from periderm.model.envelope import ScanResult
from periderm.model.errors import FormatError, LimitError, PeridermError
from periderm.model.image import ImageInventory
from periderm.model.limits import ScanLimits
from periderm.model.report import Scanner
from periderm.model.settings import Settings
from tests.images import STATUS, blobs, docker_archive, member, tar, write_layout

PACKAGES = frozenset({Scanner.PACKAGES})


def scanner(path: Path, limits: ScanLimits | None = None) -> ImageScanner:
    """The real one with other limits."""
    made = wiring.image_scanner(Settings(state=str(path / "s"), cache=str(path / "c")))
    return msgspec.structs.replace(made, limits=limits or ScanLimits())


def scan(path: Path, *layers: bytes, limits: ScanLimits | None = None) -> ScanResult:
    """Scans a docker archive of layers for packages."""
    archive = docker_archive(path / "image.tar", layers)
    return scan_reference(scanner(path, limits), str(archive), scanners=PACKAGES)


def inventory(result: ScanResult) -> ImageInventory:
    """What was found, and that it can be told."""
    assert result.inventory is not None
    msgspec.json.encode(result)
    return result.inventory


def said(result: ScanResult) -> str:
    """What was not examined, which is a finding too."""
    told = inventory(result).not_examined
    assert {f.message.en for f in result.findings if f.kind.value == "not-examined"} or not told
    return "\n".join(told)


def test_a_hundred_thousand_layers(tmp_path: Path) -> None:
    """Refused by their number, before one is read."""
    count = 100_000
    config = json.dumps({"rootfs": {"type": "layers", "diff_ids": ["sha256:" + "0" * 64] * count}}).encode()
    manifest = json.dumps([{"Config": "c.json", "RepoTags": ["x:1"], "Layers": ["layer.tar"] * count}]).encode()
    archive = tmp_path / "image.tar"
    archive.write_bytes(tar([("layer.tar", tar([])), ("c.json", config), ("manifest.json", manifest)]))
    with pytest.raises(PeridermError) as caught:
        scan_reference(scanner(tmp_path), str(archive))
    assert isinstance(caught.value, LimitError)


def test_archives_in_archives(tmp_path: Path) -> None:
    """Forty jars, each in the next: looked into as deep as is allowed, and the rest is said."""
    data = b"the end"
    name = "x.class"
    for depth in range(40):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as jar:
            jar.writestr(name, data)
        data, name = out.getvalue(), f"inner{depth}.jar"
    assert "outer.jar" in said(scan(tmp_path, tar([("opt/outer.jar", data)])))


def test_a_bomb_in_a_jar(tmp_path: Path) -> None:
    """What a member inflates to is bounded, whatever its header says."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as jar:
        with jar.open("META-INF/maven/g/a/pom.properties", "w", force_zip64=True) as target:
            for _ in range(60):
                target.write(bytes(1 << 20))
        jar.writestr("inner.jar", bytes(40 << 20))
    result = scan(tmp_path, tar([("opt/bomb.jar", out.getvalue()), ("var/lib/dpkg/status", STATUS)]))
    assert {p.name for p in inventory(result).packages} >= {"bash", "libc6"}


@pytest.mark.parametrize(
    "fields",
    [{"size": 1 << 60}, {"size": (1 << 63) + 5}, {"mtime": 1 << 70, "size": 0}],
)
def test_absurd_headers(tmp_path: Path, fields: dict[str, int]) -> None:
    """Sizes that no disk has end in an error that says so, and in nothing else."""
    info = member("x", **fields)
    layer = info.tobuf(tarfile.GNU_FORMAT) + bytes(1024)
    with pytest.raises(FormatError):
        scan(tmp_path, layer)


@pytest.mark.parametrize("records", [{f"user.{n}": "y" for n in range(10_500)}, {"user.x": "y" * (2 << 20)}])
def test_pax_extremes(tmp_path: Path, records: dict[str, str]) -> None:
    """A header extension of many records, or of megabytes, is not held: the layer ends there, and that is said."""
    info = member("x", pax_headers=records)
    assert "was not read" in said(scan(tmp_path, tar([("a", b"1"), (info, b"1")])))


def test_links_lead_nowhere(tmp_path: Path) -> None:
    """A database that is a link to the host's is no database; a folder that is a link is not entered."""
    root = tmp_path / "root"
    (root / "var/lib").mkdir(parents=True)
    (root / "etc").mkdir()
    (tmp_path / "host").mkdir()
    (tmp_path / "host/status").write_bytes(STATUS)
    (root / "var/lib/dpkg").symlink_to(tmp_path / "host")
    (root / "etc/os-release").symlink_to("/etc/os-release")
    found = inventory(scan_folder(scanner(tmp_path), str(root), scanners=PACKAGES))
    assert (found.packages, found.os.id) == ((), "")


MEMORY = """
import sys
from pathlib import Path
from periderm.model.errors import SandboxError
from periderm.model.limits import ScanLimits
from tests.app.test_hostile_images import scan
from tests.images import tar
try:
    scan(Path(sys.argv[1]), tar([("srv/package-lock.json", bytes(60 << 20))]), limits=ScanLimits(memory=100 << 20))
except SandboxError as error:
    print(error.what, bool(error.next_step))
"""


def test_memory_beyond_the_limit(tmp_path: Path) -> None:
    """A scan that would take more than it may is an error with a way out; its parent goes on. In a process of its own,
    since what the tests hold would count too."""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", MEMORY, tmp_path], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "The scan needed more than 100 MiB of memory and was ended. True\n"


def test_nothing_is_written_outside_the_cache(tmp_path: Path) -> None:
    """After a scan only the cache has changed."""
    write_layout(tmp_path / "image", *blobs([tar([("../../escape", b"x"), ("/abs", b"x"), ("var/lib/dpkg/status", STATUS)])]))
    before = {p for p in tmp_path.rglob("*") if "c" not in p.relative_to(tmp_path).parts[:1]}
    result = scan_reference(scanner(tmp_path), str(tmp_path / "image"), scanners=PACKAGES)
    assert len(inventory(result).packages) == 2
    assert {p for p in tmp_path.rglob("*") if "c" not in p.relative_to(tmp_path).parts[:1]} == before


def test_an_unchanged_file_is_not_read_again(tmp_path: Path) -> None:
    """The kept result is the same, with its own time; a changed file, another question, or a damaged cache reads anew."""
    archive = docker_archive(tmp_path / "image.tar", [tar([("var/lib/dpkg/status", STATUS)])])
    cache = tmp_path / "c/scan"

    def results() -> int:
        return sum(p.is_file() for p in (cache / "result").rglob("*"))

    def settled() -> ScanResult:
        while not (made := scanner(tmp_path)).cache or not made.cache.identity(str(archive)):
            pass
        return scan_reference(made, str(archive), scanners=PACKAGES)

    first = settled()
    assert results() == 1
    again = settled()
    assert again.inventory == first.inventory
    assert again.time > first.time
    assert {f.first_seen for f in again.findings} <= {again.time}
    scan_reference(scanner(tmp_path), str(archive))
    assert results() == 2
    for kept in (cache / "result").rglob("*"):
        if kept.is_file():
            kept.write_bytes(kept.read_bytes()[:-1])
    assert settled().inventory == first.inventory
    docker_archive(archive, [tar([("x", b"1")])])
    assert inventory(settled()).packages == ()
