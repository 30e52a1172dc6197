"""Packages, the Berkeley DB hash file: written here page by page, and by Berkeley DB's own loader where there is one."""

from __future__ import annotations

import contextlib
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.formats.rpm.bdb import HashFile, read
from periderm.model.errors import FormatError
from tests.rpms import bdb, header, headers

LOADER = shutil.which("db5.3_load") or shutil.which("db_load")
LONG = [("/usr/lib/", f"file{i}") for i in range(900)]


@given(st.lists(headers(), max_size=6), st.sampled_from([512, 4096]), st.sampled_from("<>"))
@settings(max_examples=40)
def test_what_is_written_is_read(packages: list[tuple[str, str, tuple[str, ...], bytes]], page: int, order: str) -> None:
    """Inline values and chains of overflow pages, in both byte orders; the record with the next number is no package."""
    values = dict(enumerate([b"\5\0\0\0", *(p[3] for p in packages)]))
    assert list(HashFile(bdb(values, page, order)).values()) == [p[3] for p in packages]
    told = read(bdb(values, page, order), "db")
    assert {(p.name, p.version) for p in told.packages} == {(p[0], p[1]) for p in packages}


@pytest.mark.skipif(LOADER is None, reason="needs Berkeley DB's db_load (db5.3-util)")
@pytest.mark.parametrize(("page", "order"), [(4096, 1234), (512, 4321)])
def test_what_berkeley_db_writes_is_read(tmp_path: Path, page: int, order: int) -> None:
    """Sixty headers, some of them long, in a hash table that split its buckets."""
    assert LOADER is not None
    blobs = {i: header(LONG[: i * 15], name=f"p{i}") for i in range(1, 60)}
    pack = "<I" if order == 1234 else ">I"
    lines = ["VERSION=3", "format=bytevalue", "type=hash", f"db_pagesize={page}", f"db_lorder={order}", "HEADER=END"]
    for number, content in {0: b"\x3c\0\0\0", **blobs}.items():
        lines += [" " + struct.pack(pack, number).hex(), " " + content.hex()]
    (tmp_path / "dump").write_text("\n".join([*lines, "DATA=END", ""]))
    subprocess.run([LOADER, "-f", tmp_path / "dump", tmp_path / "Packages"], check=True, capture_output=True)
    told = read((tmp_path / "Packages").read_bytes(), "db")
    assert {p.name for p in told.packages} == {f"p{i}" for i in blobs}
    assert sum(len(o.paths) for o in told.owned) == sum(min(900, i * 15) for i in blobs)
    assert told.missed == ()


def test_chains_that_have_no_end() -> None:
    """An overflow page that names itself, one that leads to another kind of page, one that is not in the file."""
    good = bdb({1: header(LONG)})
    assert len(read(good, "db").packages) == 1
    for following in (2, 1, 9999):
        data = bytearray(good)
        data[2 * 512 + 16 : 2 * 512 + 20] = struct.pack("<I", following)
        with pytest.raises(FormatError, match=r"chain|can be read"):
            read(bytes(data), "db")


def test_pairs_that_share_a_chain_are_bounded() -> None:
    """Many values that name the same long chain would give far more bytes than the file has."""
    data = bdb({i: header(LONG) for i in range(1, 9)})
    one = len(data) // 8 // 512
    shared = bytearray(data)
    for page in range(1, len(data) // 512):
        if shared[page * 512 + 25] == 13:
            at = struct.unpack_from("<H", shared, page * 512 + 28)[0]
            shared[page * 512 + at + 4 : page * 512 + at + 8] = struct.pack("<I", 2)
    kept = bytes(shared[: 512 * (one + 2)]) + b"".join(
        bytes(shared[i : i + 512]) for i in range(512 * (one + 2), len(shared), 512) if shared[i + 25] == 13
    )
    told = read(kept, "db")
    assert len(told.packages) == 1
    assert told.missed


def test_damage() -> None:
    """What is no hash file, is encrypted, or has impossible pages."""
    good = bdb({1: header()})
    for at, value in ((12, 0), (24, 1), (25, 9), (20, 3), (512 + 20, 3), (512 + 26, 0), (512 + 27, 255)):
        data = bytearray(good)
        data[at] = value
        with pytest.raises(FormatError):
            read(bytes(data), "db")
    with pytest.raises(FormatError):
        read(b"short", "db")


@given(st.data())
@settings(max_examples=100)
def test_damage_gives_packages_or_an_error(data: st.DataObject) -> None:
    """A file with any bytes changed, cut anywhere, never does anything else."""
    whole = bytearray(bdb({0: b"\1\0\0\0", 1: header(), 2: header(LONG[:60])}))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(FormatError):
        read(bytes(whole[: data.draw(st.integers(0, len(whole)) | st.just(len(whole)))]), "db")
