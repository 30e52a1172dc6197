"""The databases of distributions and what executables tell are fed damaged input, as the formats of images are."""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Callable, Mapping

import pytest
import zstandard

from periderm.formats import apk, chisel, conda, debian_copyright, dpkg, os_release
from periderm.formats.binary import go, recognised, rust
from periderm.formats.rpm import bdb, header, manifest, ndb, sqlite
from periderm.model.errors import FormatError
from periderm.model.package_format import FileFacts
from tests.executables import build_info, elf, macho, old_go, pe
from tests.fuzz.test_image_formats import ROUNDS, Target, mutate
from tests.images import OS_RELEASE, STATUS
from tests.rpms import bdb as bdb_file
from tests.rpms import header as rpm_header
from tests.rpms import ndb as ndb_file

FILES = [("/usr/bin/", f"file{i}") for i in range(60)]
BLOBS = [rpm_header(FILES, epoch=1, modularity="a:1:2:3", source="a-1-1.src.rpm"), rpm_header(name="b")]
LINES = "path\ta/b\nmod\ta/b\t(devel)\ndep\tc/d\tv1.0.0\n=>\te/f\tv1.1.0\nbuild\t-ldflags=-X main.version=1.2.3\n"
GO = {b".go.buildinfo": build_info("go1.21.5", LINES)}
AUDIT = {b".dep-v0": zlib.compress(json.dumps({"packages": [{"name": "a", "version": "1", "dependencies": [0]}]}).encode())}
RECORD = json.dumps(
    {"name": "a", "version": "1", "files": ["b"], "depends": ["c >1"], "channel": "x/y", "subdir": "y"}
).encode()
COPYRIGHT = b"Format: x\n\nFiles: *\nLicense: GPL-2+ or Artistic, and Expat with X exception\n text\n\nLicense: Artistic\n"
WALL = b'{"jsonwall":"1.0"}\n{"kind":"content","slice":"a_b","path":"/c"}\n{"kind":"package","name":"a","version":"1"}\n'
APK = b"C:Q1\nP:a\nV:1\nA:x\nD:so:x.so=1 !b c>2\np:so:y.so=1\nF:usr/bin\nR:f\n\nP:b\nV:2\nF:\nR:g\n"


def reader(read: Callable[[bytes, str], FileFacts], path: str) -> Target:
    """Reads, and holds the facts against what is promised of all of them."""

    def fuzz(data: bytes) -> None:
        facts = read(data, path)
        for package in facts.packages:
            assert package.name
            assert package.type
            assert (not package.purl) == (package.type in ("deb", "apk", "rpm"))
        assert sum(len(path) for owned in facts.owned for path in owned.paths) <= 64 * len(data) + (1 << 20)
        assert len(facts.missed) <= 6

    return fuzz


TARGETS: Mapping[str, tuple[Target, list[bytes]]] = {
    "dpkg": (reader(dpkg.read, dpkg.STATUS), [STATUS]),
    "dpkg-list": (reader(dpkg.read, "var/lib/dpkg/info/a:b.list"), [b"/.\n/usr\n/usr/x\n"]),
    "apk": (reader(apk.read, apk.PATHS[0]), [APK]),
    "os-release": (reader(os_release.read, "etc/os-release"), [OS_RELEASE]),
    "debian-copyright": (reader(debian_copyright.read, "usr/share/doc/a/copyright"), [COPYRIGHT]),
    "conda": (reader(conda.read, "conda-meta/a.json"), [RECORD]),
    "chisel": (reader(chisel.read, chisel.PATH), [zstandard.ZstdCompressor(level=1).compress(WALL)]),
    "manifest": (reader(manifest.read, manifest.PATH), [b"a\t1-1\t1\t2\tv\t(none)\t3\tx\t0\ta-1-1.src.rpm\n"]),
    "header": (header.parse, BLOBS),
    "ndb": (reader(ndb.read, ndb.PATHS[0]), [ndb_file(BLOBS)]),
    "bdb": (reader(bdb.read, bdb.PATHS[0]), [bdb_file({0: b"\1\0\0\0", 1: BLOBS[0], 2: BLOBS[1]})]),
    "go": (reader(go.read, "a"), [elf(GO), pe(GO), macho(GO), old_go("go1.17", LINES)]),
    "rust": (reader(rust.read, "a"), [elf(AUDIT), pe(AUDIT), macho(AUDIT)]),
    "recognised": (
        reader(recognised.read, "usr/sbin/nginx"),
        [b"\x7fELF\0nginx version: nginx/1.25.1\n" + b"\0" * 50],
    ),
}
QUIET = ("os-release", "dpkg-list", "debian-copyright", "recognised", "go")  # what is damaged in these is not there


@pytest.mark.parametrize("name", TARGETS)
def test_damage_is_an_error_and_nothing_else(name: str) -> None:
    """No damage makes a format raise anything but FormatError; undamaged seeds pass."""
    fuzz, seeds = TARGETS[name]
    for seed in seeds:
        fuzz(seed)
    chance = random.Random(name)
    refused = 0
    for round_ in range(ROUNDS // 3):
        data = mutate(seeds[round_ % len(seeds)], chance)
        try:
            fuzz(data)
        except FormatError:
            refused += 1
        except Exception as error:  # noqa: BLE001 -- this is what is searched for: told with the input that makes it
            pytest.fail(f"round {round_} of {name}: {type(error).__name__}: {error} for {data[:2000]!r}")
    assert refused > 0 or name in QUIET


def test_a_sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same for the one database that SQLite has to write first."""
    from tests.rpms import sqlite as sqlite_file

    fuzz = reader(sqlite.read, "var/lib/rpm/rpmdb.sqlite")
    seed = sqlite_file(tmp_path_factory.mktemp("sqlite") / "db", BLOBS * 3, 512)
    fuzz(seed)
    chance = random.Random("sqlite")
    refused = 0
    for _ in range(ROUNDS // 3):
        try:
            fuzz(mutate(seed, chance))
        except FormatError:
            refused += 1
    assert refused > 0
