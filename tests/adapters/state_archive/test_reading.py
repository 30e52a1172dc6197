"""Putting a state back: all of it or nothing, and never anywhere else."""

from __future__ import annotations

import fcntl
import random
import shutil
import stat
import tarfile
from pathlib import Path

import pytest

from periderm.adapters.state_archive.reading import in_use, read_backup
from periderm.model.backup import BackupManifest
from periderm.model.errors import DeniedError, FormatError, LimitError, PeridermError, SignatureError, StoreError
from tests.adapters.state_archive.archives import archive, filled, saved

GIB = 1 << 30


def back(source: Path, state: Path, *, passphrase: bytes = b"", most: int = GIB, replace: bool = False) -> Path | None:
    """Puts it back; where the state before lies."""
    return read_backup(source, state, passphrase=passphrase, most=most, check=lambda *_: None, replace=replace)[1]


def named(name: str, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    """An entry."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else "", 0o4777
    return info


@pytest.mark.parametrize("passphrase", [b"", b"some words"])
def test_it_comes_back(tmp_path: Path, passphrase: bytes) -> None:
    """Byte for byte, readable by its owner only."""
    saved(filled(tmp_path / "s"), tmp_path / "copy", passphrase=passphrase)
    assert back(tmp_path / "copy", tmp_path / "r", passphrase=passphrase) is None
    assert (tmp_path / "r" / "periderm.sqlite").read_text() == "store"
    assert (tmp_path / "r" / "rules" / "a" / "b.yaml").read_text() == "rule"
    assert {stat.S_IMODE(p.stat().st_mode) & 0o077 for p in [tmp_path / "r", *(tmp_path / "r").rglob("*")]} == {0}


def test_what_is_there_is_put_aside_only_when_told(tmp_path: Path) -> None:
    """And kept; an empty folder is no state."""
    saved(filled(tmp_path / "s"), tmp_path / "copy")
    state = tmp_path / "r"
    state.mkdir()
    assert back(tmp_path / "copy", state) is None
    (state / "mine").write_text("x")
    with pytest.raises(DeniedError, match="not empty"):
        back(tmp_path / "copy", state)
    assert back(tmp_path / "copy", state, replace=True) == tmp_path / "r.before-restore-1"
    assert (tmp_path / "r.before-restore-1" / "mine").read_text() == "x"
    assert back(tmp_path / "copy", state, replace=True) == tmp_path / "r.before-restore-2"


def test_a_state_in_use_is_left_alone(tmp_path: Path) -> None:
    """A process of the product holds a lock there."""
    state = filled(tmp_path / "s")
    saved(state, tmp_path / "copy")
    assert not in_use(state)
    with (state / "spool" / "server" / "ingest" / "lock").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert in_use(state)
        with pytest.raises(DeniedError, match="runs"):
            back(tmp_path / "copy", state, replace=True)
    assert not in_use(state)


@pytest.mark.parametrize(
    "info",
    [
        named("../x"),
        named("state/../../x"),
        named("/etc/x"),
        named("state//x"),
        named("state/./x"),
        named("x"),
        named("state"),
        named("state/a\nb"),
        named("state/" + "a/" * 300 + "b"),
        named("state/l", tarfile.SYMTYPE),
        named("state/l", tarfile.LNKTYPE),
        named("state/d", tarfile.CHRTYPE),
        named("state/p", tarfile.FIFOTYPE),
        named("state/d", tarfile.DIRTYPE),
    ],
)
def test_no_path_leads_elsewhere(tmp_path: Path, info: tarfile.TarInfo) -> None:
    """Only plain files, below the state; nothing is left behind."""
    (tmp_path / "copy").write_bytes(archive([(info, b"x")]))
    with pytest.raises(FormatError):
        back(tmp_path / "copy", tmp_path / "r")
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def test_what_is_not_whole_is_refused(tmp_path: Path) -> None:
    """Cut anywhere, changed anywhere, of another kind, with too much in it: a known error, and nothing in the state."""
    saved(filled(tmp_path / "s"), tmp_path / "copy")
    whole = (tmp_path / "copy").read_bytes()
    chance = random.Random(1)
    for turn in range(60):
        data = bytearray(whole)
        if turn % 2:
            data = data[: chance.randrange(len(data))]
        else:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        (tmp_path / "bad").write_bytes(data)
        try:
            back(tmp_path / "bad", tmp_path / "r")
        except PeridermError:
            assert not (tmp_path / "r").exists()
            continue
        # What a flipped bit of tar's own padding or times does not change is as it was.
        assert back(tmp_path / "copy", tmp_path / "r", replace=True) is not None
        assert (tmp_path / "r" / "policies.json").read_text() == "[]"
        shutil.rmtree(tmp_path / "r")
    with pytest.raises(LimitError):
        back(tmp_path / "copy", tmp_path / "r", most=1000)
    with pytest.raises(FormatError, match="no file"):
        back(tmp_path / "none", tmp_path / "r")


def test_the_manifest_must_agree(tmp_path: Path) -> None:
    """What is missing, more, twice or behind it; and one of a newer form says so."""
    entry = named("state/a"), b"x"
    told = BackupManifest(version="1", schema="", time=1, files=())
    for entries, manifest in (([entry], told), ([], None), ([entry, entry], None)):
        (tmp_path / "copy").write_bytes(archive(entries, manifest))
        if entries:
            with pytest.raises(FormatError):
                back(tmp_path / "copy", tmp_path / "r")
    newer = BackupManifest(form=99, version="9", schema="", time=1, files=())
    (tmp_path / "copy").write_bytes(archive([], newer))
    with pytest.raises(FormatError, match="newer"):
        back(tmp_path / "copy", tmp_path / "r")


def test_a_sealed_one_needs_its_passphrase(tmp_path: Path) -> None:
    """None, or another, opens nothing."""
    saved(filled(tmp_path / "s"), tmp_path / "copy", passphrase=b"some words")
    for passphrase in (b"", b"other words"):
        with pytest.raises(SignatureError):
            back(tmp_path / "copy", tmp_path / "r", passphrase=passphrase)
    assert not (tmp_path / "r").exists()


def test_what_the_check_refuses_is_not_moved(tmp_path: Path) -> None:
    """A store that this version cannot read leaves the old state where it is."""
    saved(filled(tmp_path / "s"), tmp_path / "copy")
    state = tmp_path / "r"
    state.mkdir()
    (state / "mine").write_text("x")

    def refuse(*_: object) -> None:
        raise StoreError("newer")

    with pytest.raises(StoreError):
        read_backup(tmp_path / "copy", state, passphrase=b"", most=GIB, check=refuse, replace=True)
    assert [p.name for p in state.iterdir()] == ["mine"]
