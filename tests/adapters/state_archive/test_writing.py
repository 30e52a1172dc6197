"""A copy of the state: what is in it, in what order, and what is not."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from periderm.adapters.state_archive.writing import write_backup
from periderm.model.backup import BackupChoice
from periderm.model.errors import DeniedError, StoreError
from tests.adapters.state_archive.archives import filled, saved


def test_what_is_in_it(tmp_path: Path) -> None:
    """The place in the bus first, then its messages, the store last; no logs, no other spool, nothing behind a link."""
    state = filled(tmp_path / "s")
    made = saved(state, tmp_path / "out")
    names = [file.path for file in made.files]
    assert names[:2] == ["spool/server/ingest/groups/digest", "spool/server/ingest/0.seg"]
    assert names[-1] == "periderm.sqlite"
    assert set(names) == {*names[:2], names[-1], "service-token", "keys/key.pem", "policies.json", "rules/a/b.yaml"}
    assert (made.schema, made.time, made.left_out) == ("0001", 7, ("history", "advisories"))
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o600


def test_what_may_be_left_out_or_taken(tmp_path: Path) -> None:
    """Keys, history, advisories."""
    state = filled(tmp_path / "s")
    names = {f.path for f in saved(state, tmp_path / "a", BackupChoice(keys=False, history=True, advisories=True)).files}
    assert not names & {"service-token", "keys/key.pem"}
    assert names >= {"history/x.parquet", "advisories.sqlite"}


def test_nothing_is_left_behind_or_overwritten(tmp_path: Path) -> None:
    """A file that is there is refused; a store that cannot be copied leaves neither a copy nor a part of one."""
    state = filled(tmp_path / "s")
    (tmp_path / "out").write_text("mine")
    with pytest.raises(DeniedError, match="there already"):
        saved(state, tmp_path / "out")
    before = sorted(tmp_path.rglob("*"))

    def broken(source: Path, copy: Path) -> None:
        copy.write_text("half")
        raise StoreError("no")

    with pytest.raises(StoreError):
        write_backup(
            state,
            "periderm.sqlite",
            tmp_path / "other",
            BackupChoice(),
            copy=broken,
            schema_of=lambda _: "",
            passphrase=b"",
            version="1",
            now=1,
        )
    assert sorted(tmp_path.rglob("*")) == before
    with pytest.raises(DeniedError):
        saved(state, tmp_path / "none" / "out")


def test_a_sealed_one_shows_nothing(tmp_path: Path) -> None:
    """Neither names nor contents; two of the same differ."""
    state = filled(tmp_path / "s")
    saved(state, tmp_path / "a", passphrase=b"some words")
    saved(state, tmp_path / "b", passphrase=b"some words")
    one, other = (tmp_path / "a").read_bytes(), (tmp_path / "b").read_bytes()
    assert one.startswith(b"PDRMSEAL1")
    assert b"\x28\xb5\x2f\xfd" not in one[:64]
    assert one[40:] != other[40:]
