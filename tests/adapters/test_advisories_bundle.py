"""A bundle is carried whole: what was changed on the way changes nothing here."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from pathlib import Path

import msgspec
import pytest
import zstandard

from periderm.adapters.advisories_bundle import MANIFEST, STORE, BundleFiles
from periderm.model.advisory_build import BundleManifest
from periderm.model.errors import AdvisoryError

DATA = b"the store" * 5000


def manifest_of(data: bytes = DATA, **more: object) -> BundleManifest:
    """The manifest of these bytes."""
    made = BundleManifest(built=7, schema=1, digest="d", sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    return msgspec.structs.replace(made, **more)


def decoded(data: bytes) -> BundleManifest:
    """A manifest that nobody signed, for tests of what is around it."""
    return msgspec.json.decode(data, type=BundleManifest)


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle of the data."""
    (tmp_path / "store").write_bytes(DATA)
    target = tmp_path / "a.bundle"
    BundleFiles().pack(
        str(tmp_path / "store"), str(target), lambda sha, size: msgspec.json.encode(manifest_of(sha256=sha, size=size))
    )
    return target


def packed(*members: tuple[str, bytes]) -> bytes:
    """A tar of these members."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def test_there_and_back(tmp_path: Path, bundle: Path) -> None:
    """The same bytes, in force; nothing left lying about."""
    target = tmp_path / "new" / "advisories.sqlite"
    assert BundleFiles().unpack(str(bundle), str(target), decoded) == manifest_of()
    assert target.read_bytes() == DATA
    assert os.listdir(target.parent) == [target.name]
    assert target.stat().st_mode & 0o777 == 0o644


def test_looking_changes_nothing(tmp_path: Path, bundle: Path) -> None:
    """With an empty target everything is checked, and nothing is written."""
    before = sorted(os.listdir(tmp_path))
    assert BundleFiles().unpack(str(bundle), "", decoded) == manifest_of()
    assert sorted(os.listdir(tmp_path)) == before


def test_the_same_store_gives_the_same_bundle(tmp_path: Path, bundle: Path) -> None:
    """It holds no times and names of this machine."""
    BundleFiles().pack(
        str(tmp_path / "store"), str(tmp_path / "b"), lambda sha, size: msgspec.json.encode(manifest_of(sha256=sha, size=size))
    )
    assert (tmp_path / "b").read_bytes() == bundle.read_bytes()


@pytest.mark.parametrize(
    "members",
    [
        [],
        [(STORE, zstandard.compress(DATA))],
        [(MANIFEST, msgspec.json.encode(manifest_of()))],
        [(MANIFEST, msgspec.json.encode(manifest_of())), ("other", b"x")],
        [(MANIFEST, b"x" * 100_000), (STORE, zstandard.compress(DATA))],
        [(MANIFEST, msgspec.json.encode(manifest_of())), (STORE, zstandard.compress(DATA[:-1] + b"!"))],
        [(MANIFEST, msgspec.json.encode(manifest_of())), (STORE, zstandard.compress(DATA + b"more"))],
        [(MANIFEST, msgspec.json.encode(manifest_of())), (STORE, zstandard.compress(DATA)[:-9])],
        [(MANIFEST, msgspec.json.encode(manifest_of())), (STORE, zstandard.compress(b"\0" * (50 << 20)))],
        [(MANIFEST, msgspec.json.encode(manifest_of())), (STORE, b"no zstd")],
    ],
)
def test_what_does_not_fit(tmp_path: Path, members: list[tuple[str, bytes]]) -> None:
    """Another order, other bytes, more or fewer of them, a bomb: refused, and the old store stays."""
    (tmp_path / "b").write_bytes(packed(*members))
    target = tmp_path / "advisories.sqlite"
    target.write_bytes(b"old")
    with pytest.raises(AdvisoryError):
        BundleFiles().unpack(str(tmp_path / "b"), str(target), decoded)
    assert target.read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["advisories.sqlite", "b"]


def test_what_is_not_accepted(tmp_path: Path, bundle: Path) -> None:
    """Whoever looks at the unpacked file may refuse it, and then the old one stays."""
    target = tmp_path / "advisories.sqlite"
    target.write_bytes(b"old")

    def refuse(path: str, manifest: BundleManifest) -> None:
        assert Path(path).read_bytes() == DATA
        raise AdvisoryError("no")

    with pytest.raises(AdvisoryError, match="no"):
        BundleFiles().unpack(str(bundle), str(target), decoded, refuse)
    assert target.read_bytes() == b"old"


def test_no_bundle(tmp_path: Path) -> None:
    """A path that leads nowhere is told."""
    with pytest.raises(AdvisoryError, match="none"):
        BundleFiles().unpack(str(tmp_path / "none"), "", decoded)
    with pytest.raises(AdvisoryError):
        BundleFiles().pack(str(tmp_path / "none"), str(tmp_path / "b"), lambda _sha, _size: b"")
