"""rpmdb.sqlite: files that SQLite itself wrote, and rpm where there is one."""

from __future__ import annotations

import contextlib
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from periderm.formats.rpm import manifest
from periderm.formats.rpm.sqlite import FORMAT, SqliteFile, columns, read, varint
from periderm.model.errors import FormatError
from tests.rpms import header, headers, sqlite

FIXTURES = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
LONG = [("/usr/lib/", f"file{i}") for i in range(3000)]
SPEC = """Name: base
Version: 2.0~rc1
Release: 7
Summary: x
License: MIT
BuildArch: noarch
%description
x
"""


@given(st.lists(headers(), max_size=12), st.sampled_from([512, 4096, 65536]), st.integers(0, 3))
@FIXTURES
def test_what_sqlite_writes_is_read(
    tmp_path: Path, packages: list[tuple[str, str, tuple[str, ...], bytes]], page: int, deleted: int
) -> None:
    """Rows on leaves of any page size, with overflow pages, in trees of more than one level; deleted ones are gone."""
    told = read(sqlite(tmp_path / "db", [p[3] for p in packages], page, deleted), "db")
    kept = packages[deleted:]
    assert {(p.name, p.version) for p in told.packages} == {(name, version) for name, version, _, _ in kept}
    assert {f for o in told.owned for f in o.paths} == {f for _, _, files, _ in kept for f in files}
    assert told.missed == ()


def test_a_tree_of_three_levels(tmp_path: Path) -> None:
    """Thousands of packages on small pages, and one header that is many pages long."""
    blobs = [header(LONG if i == 77 else (), name=f"p{i}") for i in range(4000)]
    told = read(sqlite(tmp_path / "db", blobs, 512), "db")
    assert [p.name for p in told.packages] == [f"p{i}" for i in range(4000)]
    assert [len(o.paths) for o in told.owned] == [3000]


@pytest.mark.skipif(shutil.which("rpmbuild") is None, reason="needs rpm and rpmbuild")
def test_agrees_with_rpm_itself(tmp_path: Path) -> None:
    """A database that rpm makes of packages that it built: `rpm -qa` and `rpm -qal` say the same."""
    spec = SPEC
    for i in range(4):
        epoch = f"Epoch: {i}\n" if i else ""
        spec += f"%package -n p{i}\nSummary: x\nLicense: L{i}\nVersion: 1.{i}^git\n{epoch}%description -n p{i}\nx\n"
    spec += "%install\n" + "".join(
        f"mkdir -p %{{buildroot}}/usr/lib/p{i}; : > %{{buildroot}}/usr/lib/p{i}/f\n" for i in range(4)
    )
    spec += "".join(f"%files -n p{i}\n/usr/lib/p{i}\n" for i in range(4))
    (tmp_path / "s.spec").write_text(spec)
    top = ["--define", f"_topdir {tmp_path}/top", "--define", "_db_backend sqlite", "--dbpath", f"{tmp_path}/db"]

    def run(*command: str) -> list[str]:
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()

    run("rpmbuild", "-bb", *top[:2], f"{tmp_path}/s.spec")
    built = [str(p) for p in (tmp_path / "top" / "RPMS").rglob("*.rpm")]
    run("rpm", *top, "--justdb", "--nodeps", "-i", *built)
    form = "%{NAME}|%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}|%{ARCH}|%{LICENSE}|%{SOURCERPM}\n"
    truth = {line.replace(":|", ":", 1).replace("||", "|") for line in run("rpm", *top, "-qa", "--qf", form)}
    told = read((tmp_path / "db" / "rpmdb.sqlite").read_bytes(), "db")
    assert len(truth) == 4
    assert {f"{p.name}|{p.version}|{p.architecture}|{p.licence}|base-2.0~rc1-7.src.rpm" for p in told.packages} == truth
    assert {(p.source, p.source_version.rpartition(":")[2]) for p in told.packages} == {("base", "2.0~rc1-7")}
    listed = {line.lstrip("/") for line in run("rpm", *top, "-qal") if line.startswith("/")}
    assert {f for o in told.owned for f in o.paths} == listed
    tags = (
        "NAME",
        "VERSION}-%{RELEASE",
        "INSTALLTIME",
        "BUILDTIME",
        "VENDOR",
        "EPOCH",
        "SIZE",
        "ARCH",
        "EPOCHNUM",
        "SOURCERPM",
    )
    lines = run("rpm", *top, "-qa", "--qf", "\t".join(f"%{{{tag}}}" for tag in tags) + "\n")
    again = manifest.read("\n".join(lines).encode(), "x").packages
    assert {(p.name, p.version, p.source_version) for p in again} == {
        (p.name, p.version, p.source_version) for p in told.packages
    }


def test_a_write_ahead_log_is_said() -> None:
    """One that is empty holds nothing; one that is not was not read."""
    wal = "var/lib/rpm/rpmdb.sqlite-wal"
    assert wal in FORMAT.paths
    assert not read(b"", wal)
    assert "not read" in read(b"x", wal).missed[0].en


def test_no_such_table(tmp_path: Path) -> None:
    """Another SQLite file is no database of packages; other bytes are no SQLite file."""
    import sqlite3

    base = sqlite3.connect(tmp_path / "x")
    base.execute("CREATE TABLE 'Other' (a, b)")
    base.commit()
    base.close()
    for data in ((tmp_path / "x").read_bytes(), b"", b"SQLite format 3\0" + b"\0" * 600, b"x" * 4096):
        with pytest.raises(FormatError):
            read(data, "db")


def test_pages_that_point_to_themselves_end(tmp_path: Path) -> None:
    """An interior page that names itself, and an overflow page that does: an error, not a hang."""
    data = bytearray(sqlite(tmp_path / "db", [header(LONG)], 512))
    root = next(n for n in range(1, len(data) // 512) if data[n * 512] == 13 and b"\x83" not in data[n * 512 + 8 : n * 512 + 9])
    data[root * 512 : root * 512 + 12] = struct.pack(">BHHHBI", 5, 0, 0, 0, 0, root + 1)
    with pytest.raises(FormatError, match=r"circles|without end"):
        list(SqliteFile(bytes(data)).rows(root + 1))
    again = bytearray(sqlite(tmp_path / "db", [header(LONG)], 512))
    for page in range(5, len(again) // 512):
        again[page * 512 : page * 512 + 4] = struct.pack(">I", page + 1)
    with contextlib.suppress(FormatError):
        read(bytes(again), "db")


def test_numbers_of_one_to_nine_bytes() -> None:
    """As the file format describes them."""
    assert varint(b"\x7f", 0, 1) == (127, 1)
    assert varint(b"\x81\x00", 0, 2) == (128, 2)
    assert varint(b"\xff" * 9, 0, 9) == (2**64 - 1, 9)
    with pytest.raises(FormatError):
        varint(b"\xff", 0, 1)
    assert columns(bytes([7, 0, 1, 8, 9, 14, 13]) + b"\xfex") == [None, -2, 0, 1, b"x", b""]
    with pytest.raises(FormatError):
        columns(b"\x05\x02")


@given(st.data())
@FIXTURES
def test_damage_gives_packages_or_an_error(tmp_path: Path, data: st.DataObject) -> None:
    """A file with any bytes changed, cut anywhere, never does anything else."""
    whole = bytearray(sqlite(tmp_path / "db", [header(LONG[:400]), header(name="b")], 512))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(16, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(FormatError):
        read(bytes(whole[: data.draw(st.integers(0, len(whole)))]), "db")
