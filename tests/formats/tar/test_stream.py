"""Walking a tar in one pass."""

from __future__ import annotations

import contextlib
import io
import subprocess
import tarfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.formats.tar.stream import TarStream
from periderm.model.errors import FormatError, LimitError
from periderm.model.image import FileType
from tests.images import member, tar

names = st.text(st.characters(blacklist_characters="\0/", blacklist_categories=("Cs",)), min_size=1, max_size=120)


def cut(data: bytes, size: int) -> list[bytes]:
    """The bytes in pieces."""
    return [data[i : i + size] for i in range(0, len(data), size)]


def walk(data: bytes, size: int = 1 << 20) -> list[tuple[str, FileType, bytes]]:
    """(path, type, content) of all members."""
    return [(m.entry.path, m.entry.type, m.read()) for m in TarStream(cut(data, size))]


@settings(max_examples=60)
@given(
    st.lists(st.tuples(names.filter(lambda n: n not in (".", "..")), st.binary(max_size=2000)), max_size=6),
    st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]),
    st.integers(1, 3000),
)
def test_as_python_wrote_it(files: list[tuple[str, bytes]], form: int, size: int) -> None:
    """Names of any length and script and contents come out, wherever the stream is cut into chunks."""
    data = tar([(name, content) for name, content in files], form)
    assert walk(data, size) == [(name, FileType.REGULAR, content) for name, content in files]


def test_content_may_be_left() -> None:
    """What is not read is skipped: the next member is the right one, and offsets point at the content."""
    data = tar([("a", b"x" * 5000), ("b", b"hello")])
    seen = []
    for item in TarStream(cut(data, 700)):
        seen.append(item.entry.path)
        if item.entry.path == "a":
            next(item.chunks())
        else:
            assert data[item.entry.offset : item.entry.offset + item.entry.size] == b"hello"
    assert seen == ["a", "b"]


def test_all_types() -> None:
    """Links keep their targets; devices their numbers; none of them has content."""
    data = tar(
        [
            (member("d/", type=tarfile.DIRTYPE, mode=0o1777), b""),
            (member("s", type=tarfile.SYMTYPE, linkname="../../etc/passwd"), b""),
            (member("h", type=tarfile.LNKTYPE, linkname="./d/x"), b""),
            (member("c", type=tarfile.CHRTYPE, devmajor=1, devminor=3), b""),
            (member("b", type=tarfile.BLKTYPE, devmajor=8, devminor=1), b""),
            (member("f", type=tarfile.FIFOTYPE), b""),
        ]
    )
    entries = {m.entry.path: m.entry for m in TarStream([data])}
    assert [e.type.name for e in entries.values()] == ["DIRECTORY", "SYMLINK", "HARDLINK", "CHARACTER", "BLOCK", "FIFO"]
    assert entries["s"].link == "../../etc/passwd"
    assert entries["h"].link == "d/x"
    assert entries["c"].device == (1, 3)
    assert entries["d"].mode == 0o1777
    assert not any(e.size for e in entries.values())


def test_escapes_are_told() -> None:
    """A name or a hard link that climbs out is clamped to the root and marked; a symbolic link is only text."""
    data = tar([("../../x", b""), (member("h", type=tarfile.LNKTYPE, linkname="../../etc/shadow"), b""), ("ok", b"")])
    assert [(m.entry.path, m.entry.escapes) for m in TarStream([data])] == [("x", True), ("h", True), ("ok", False)]


def test_links_and_folders_have_no_content() -> None:
    """A size in a link's header is ignored, as the runtimes ignore it: the next header is not hidden in a 'content'."""
    link = bytearray(member("l", type=tarfile.SYMTYPE, linkname="x", size=512).tobuf(tarfile.USTAR_FORMAT))
    assert [path for path, _, _ in walk(bytes(link) + tar([("seen", b"")]))] == ["l", "seen"]


def test_global_headers_are_ignored() -> None:
    """A PAX global header does not rename what follows: containers/storage ignores it, so it must not fool us."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, pax_headers={"path": "fooled"}) as archive:
        archive.addfile(tarfile.TarInfo("honest"), io.BytesIO(b""))
    assert [path for path, _, _ in walk(out.getvalue())] == ["honest"]


@given(st.integers(1, 3 * 512 + 4999))
def test_a_cut_archive_is_an_error_or_shorter(length: int) -> None:
    """A tar that was cut never gives a file other than it was."""
    data = tar([("a", b"1" * 700), ("b", b"2" * 900)])
    whole = walk(data)
    with contextlib.suppress(FormatError):
        assert walk(data[:length]) == whole[: len(walk(data[:length]))]


def test_size_beyond_the_end() -> None:
    """A header that promises 8 EiB ends in an error, not in memory."""
    head = member("big", size=2**62).tobuf(tarfile.GNU_FORMAT)
    with pytest.raises(FormatError):
        walk(head + bytes(1024))
    with pytest.raises(FormatError):
        list(TarStream([head + bytes(1024)]))


def test_long_extension_is_refused() -> None:
    """Names and records of more than 1 MiB are not held."""
    head = member("././@LongLink", type=b"L", size=2 << 20).tobuf(tarfile.GNU_FORMAT)
    with pytest.raises(LimitError):
        walk(head + bytes(3 << 20))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--format=gnu"],
        ["--format=pax", "--sparse-version=0.0"],
        ["--format=pax", "--sparse-version=0.1"],
        ["--format=pax", "--sparse-version=1.0"],
    ],
)
def test_sparse_files_of_gnu_tar(tmp_path: Path, arguments: list[str]) -> None:
    """All four sparse forms that tar(1) writes give the file with its holes filled in."""
    file = tmp_path / "holes"
    with file.open("wb") as out:
        for i in range(30):
            out.seek(i * 65536)
            out.write(b"data%d" % i)
        out.truncate(30 * 65536 + 12345)
    archive = tmp_path / "s.tar"
    subprocess.run(["tar", "--sparse", *arguments, "-C", tmp_path, "-cf", archive, "holes"], check=True)
    data = archive.read_bytes()
    assert len(data) < file.stat().st_size
    assert walk(data, 1000) == [("holes", FileType.REGULAR, file.read_bytes())]


def test_huge_sparse_file_is_not_filled() -> None:
    """A sparse file of 8 EiB costs one error."""
    records = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "huge", "GNU.sparse.realsize": str(2**62)}
    data = tar([(member("x", pax_headers=records), b"0\n".ljust(512, b"\0"))])
    item = next(iter(TarStream([data])))
    assert item.entry.path == "huge"
    with pytest.raises(LimitError):
        item.chunks()


def test_memory_does_not_grow_with_the_archive() -> None:
    """Ten thousand members of a stream are walked in the memory of one."""
    one = tar([("file", b"x" * 1000)])[:1536]

    def chunks() -> object:
        for _ in range(10_000):
            yield one

    tracemalloc.start()
    count = sum(1 for _ in TarStream(chunks()))  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 10_000
    assert peak < 1 << 20
