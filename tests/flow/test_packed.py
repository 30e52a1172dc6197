"""Archives in an image are looked into, and what is left out is said."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from periderm.flow.packed import Packed, is_packed
from periderm.model.limits import DEFAULT_LIMITS, ScanLimits

FILES = {"conf/.env": b"TOKEN=x", "a/b.txt": b"hello"}


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(files: dict[str, bytes]) -> bytes:
    """A tar archive."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def texts(data: bytes, path: str = "opt/a", **limits: int) -> tuple[dict[str, bytes], list[str]]:
    """What is found in an archive, and the sentences of what is not."""
    packed = Packed(msgspec.structs.replace(DEFAULT_LIMITS, **limits) if limits else ScanLimits())
    found = dict(packed.texts(path, data))
    return found, [text.en for text in packed.missed()]


@pytest.mark.parametrize(
    "data",
    [
        zipped(FILES),
        tarred(FILES),
        gzip.compress(tarred(FILES)),
        bz2.compress(tarred(FILES)),
        lzma.compress(tarred(FILES)),
        zstandard.compress(tarred(FILES)),
    ],
    ids=["zip", "tar", "gzip", "bzip2", "xz", "zstd"],
)
def test_every_kind(data: bytes) -> None:
    """Each file with the archive before its name, whatever holds it."""
    assert is_packed("opt/a", data[:262])
    assert texts(data) == ({f"opt/a!/{name}": content for name, content in FILES.items()}, [])


def test_archives_in_archives() -> None:
    """A jar in a war, a zip in a tar: all the way down, and no further than the limit."""
    data = zipped({"inner.jar": zipped({"app.yml": b"password: x"}), "x.tgz": gzip.compress(tarred(FILES))})
    found, missed = texts(data, "srv/app.war")
    assert found["srv/app.war!/inner.jar!/app.yml"] == b"password: x"
    assert found["srv/app.war!/x.tgz!/a/b.txt"] == b"hello"
    assert missed == []
    deep = b"the bottom"
    for _ in range(40):
        deep = zipped({"d": deep})
    found, missed = texts(deep)
    assert found == {}
    assert len(missed) == 1
    assert "too deeply" in missed[0]


def test_one_compressed_file() -> None:
    """A dump or a rotated log."""
    assert texts(gzip.compress(b"INSERT"), "backup/dump.sql.gz") == ({"backup/dump.sql.gz!/dump.sql": b"INSERT"}, [])


def test_what_the_distribution_published_is_left_alone() -> None:
    """Manuals, character sets, kernel modules; but not an application below usr/share."""
    head = gzip.compress(b"x")[:262]
    assert not is_packed("usr/share/man/man1/ls.1.gz", head)
    assert not is_packed("usr/share/i18n/charmaps/UTF-8.gz", head)
    assert not is_packed("usr/lib/modules/6.1/ext4.ko.gz", head)
    assert not is_packed("etc/passwd", b"root:x:0:0")
    assert is_packed("usr/share/app/app.jar", zipped(FILES)[:262])
    assert is_packed("var/log/syslog.1.gz", head)


def test_what_a_limit_leaves_out_is_said() -> None:
    """Too large a file, too many files, too much in all, another kind, damage: each is a sentence with its place."""
    large = {"big.sql": bytes(3 << 20), "small": b"x"}
    for data in (zipped(large), tarred(large)):
        found, missed = texts(data, archive_member=1 << 20)
        assert list(found) == ["opt/a!/small"]
        assert missed == ["1 archives, or files in them, are too large (opt/a!/big.sql)."]
    assert "compressed" not in texts(gzip.compress(bytes(3 << 20)), archive_member=1 << 20)[0]
    for data in (zipped(FILES), tarred(FILES)):
        found, missed = texts(data, archive_entries=1)
        assert "too much" in missed[0]
        assert len(found) < len(FILES)
    bomb = gzip.compress(bytes(64 << 20))
    assert "too much" in texts(bomb, archives=8 << 20)[1][0]
    assert "of a kind" in texts(b"7z\xbc\xaf\x27\x1c" + bytes(300))[1][0]
    assert "damaged" in texts(gzip.compress(tarred(FILES))[:-30])[1][0]
    packed = Packed(DEFAULT_LIMITS)
    packed.large("srv/\udcff.tar")
    assert [text.en for text in packed.missed()] == ["1 archives, or files in them, are too large (srv/\\xff.tar)."]


def test_what_is_encrypted_is_said() -> None:
    """Nobody can look into it, and silence is not health."""
    data = bytearray(zipped({"secret.txt": b"x" * 40}))
    at = data.index(b"PK\1\2")
    data[at + 8] |= 1
    assert "encrypted" in texts(bytes(data))[1][0]


@given(
    st.sampled_from([zipped(FILES), gzip.compress(tarred(FILES)), bz2.compress(tarred(FILES)), lzma.compress(tarred(FILES))]),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=6),
    st.integers(0, 400),
)
def test_damage_is_told_and_raises_nothing(data: bytes, changes: list[tuple[int, int]], end: int) -> None:
    """Whatever was changed or cut: what can be read is read, and no error leaves."""
    damaged = bytearray(data)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    for one in (bytes(damaged), bytes(damaged[:end])):
        found, missed = texts(one)
        assert found or missed or not one
