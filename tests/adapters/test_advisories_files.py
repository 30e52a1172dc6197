"""Feeds in every wrapping give the same documents, and what is damaged or a bomb is told."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from periderm.adapters import advisories_files
from periderm.adapters.advisories_files import FeedFiles
from periderm.model.advisory_build import FeedDocument, Refused
from periderm.model.errors import AdvisoryError

FILES = {"a/one.json": b'{"id": 1}', "b/two.yaml": b"id: 2\n" * 500}


def tar(files: dict[str, bytes] | None = None) -> bytes:
    """A tar of files, with a folder and a link in it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        folder = tarfile.TarInfo("a")
        folder.type = tarfile.DIRTYPE
        link = tarfile.TarInfo("a/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(folder)
        archive.addfile(link)
        for name, data in (FILES if files is None else files).items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def zipped() -> bytes:
    """A zip of the files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in FILES.items():
            archive.writestr(name, data)
    return out.getvalue()


def read(path: Path) -> dict[str, bytes]:
    """All documents of a feed."""
    found = list(FeedFiles().documents(str(path)))
    assert all(isinstance(f, FeedDocument) for f in found), found
    return {f.name: f.data for f in found if isinstance(f, FeedDocument)}


@pytest.mark.parametrize(
    "data",
    [
        tar(),
        zipped(),
        gzip.compress(tar()),
        bz2.compress(tar()),
        lzma.compress(tar()),
        zstandard.compress(tar()),
        bz2.compress(tar()[:1024]) + bz2.compress(tar()[1024:]),
        lzma.compress(tar()[:1024]) + lzma.compress(tar()[1024:]),
    ],
    ids=["tar", "zip", "gz", "bz2", "xz", "zst", "bz2-twice", "xz-twice"],
)
def test_archives(tmp_path: Path, data: bytes) -> None:
    """Folders and links are left out; the rest is whole. What it is called does not matter."""
    path = tmp_path / "feed.bin"
    path.write_bytes(data)
    assert read(path) == FILES


@pytest.mark.parametrize(
    ("ending", "pack"),
    [("", bytes), (".gz", gzip.compress), (".xz", lzma.compress), (".bz2", bz2.compress), (".zst", zstandard.compress)],
)
def test_single_files(tmp_path: Path, ending: str, pack: Callable[[bytes], bytes]) -> None:
    """One document, called without the ending of its packing."""
    path = tmp_path / f"debian.json{ending}"
    path.write_bytes(pack(b'{"a": 1}'))
    assert read(path) == {"debian.json": b'{"a": 1}'}


def test_folders(tmp_path: Path) -> None:
    """All below them, in order; what is hidden, and links, stay out."""
    for name, data in {**FILES, ".git/x.json": b"no", "c/.hidden": b"no"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "c" / "link.json").symlink_to("/etc/passwd")
    (tmp_path / "d.zip").write_bytes(zipped())
    assert read(tmp_path) == FILES
    names = [f.name for f in FeedFiles().documents(str(tmp_path)) if isinstance(f, FeedDocument)]
    assert names == ["a/one.json", "b/two.yaml", "a/one.json", "b/two.yaml"] or len(names) == 4


def test_digests(tmp_path: Path) -> None:
    """Of a file its sha256; of a folder another one for each change of a name or a byte."""
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a").write_bytes(b"x")
    feeds = FeedFiles()
    assert feeds.digest(str(tmp_path / "f" / "a")) == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    first = feeds.digest(str(tmp_path / "f"))
    (tmp_path / "f" / "a").write_bytes(b"y")
    second = feeds.digest(str(tmp_path / "f"))
    (tmp_path / "f" / "a").rename(tmp_path / "f" / "b")
    assert len({first, second, feeds.digest(str(tmp_path / "f"))}) == 3
    with pytest.raises(AdvisoryError):
        feeds.digest(str(tmp_path / "none"))


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(tar())[:-20],
        lzma.compress(tar())[:-20],
        bz2.compress(tar())[:-20],
        b"BZh9" + b"x" * 50,
        b"\xfd7zXZ\0" + b"x" * 50,
        b"PK\3\4" + b"x" * 50,
        b"\x1f\x8b" + b"x" * 50,
        zipped()[:-10],
        gzip.compress(tar()[:1200]),
    ],
)
def test_damage(tmp_path: Path, data: bytes) -> None:
    """It names the feed and says what to do."""
    path = tmp_path / "feed.bin"
    path.write_bytes(data)
    with pytest.raises(AdvisoryError, match=r"feed\.bin"):
        list(FeedFiles().documents(str(path)))


def test_one_damaged_file_in_a_folder(tmp_path: Path) -> None:
    """It is refused alone."""
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b"x" * 500)[:-9])
    (tmp_path / "b.json").write_bytes(b"{}")
    found = list(FeedFiles().documents(str(tmp_path)))
    assert [type(f) for f in found] == [Refused, FeedDocument]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, bz2.compress, zstandard.compress])
def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]) -> None:
    """A document beyond the limit is not held in memory."""
    monkeypatch.setattr(advisories_files, "MOST_DOCUMENT", 1 << 20)
    path = tmp_path / "feed.bin"
    path.write_bytes(pack(b"\0" * (3 << 20)))
    with pytest.raises(AdvisoryError):
        list(FeedFiles().documents(str(path)))
    path.write_bytes(pack(tar({"big": random.Random(1).randbytes(2 << 20), "small.json": b"{}"})))
    found = [f.name if isinstance(f, FeedDocument) else f.where for f in FeedFiles().documents(str(path))]
    assert found == ["feed.bin:big", "small.json"]


def test_what_is_no_feed(tmp_path: Path) -> None:
    """Nothing there, and a pipe that would wait for ever."""
    with pytest.raises(AdvisoryError, match="cannot be read"):
        list(FeedFiles().documents(str(tmp_path / "none")))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(AdvisoryError, match="neither a file nor a folder"):
        list(FeedFiles().documents(str(tmp_path / "pipe")))
    (tmp_path / "empty").write_bytes(b"")
    assert read(tmp_path / "empty") == {"empty": b""}


def test_a_reader_that_stops_early(tmp_path: Path) -> None:
    """The file below a zip is let go."""
    path = tmp_path / "feed.zip"
    path.write_bytes(zipped())
    documents = FeedFiles().documents(str(path))
    assert isinstance(next(iter(documents)), FeedDocument)
    documents.close()  # type: ignore[attr-defined]
