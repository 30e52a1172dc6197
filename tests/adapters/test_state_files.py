"""Small files of the state folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters.state_files import (
    WordFile,
    load_engine,
    load_policies,
    read_ownership,
    read_whole,
    save_engine,
    save_policies,
    spool_name,
    write_whole,
)
from periderm.model.asset import Grade, Ownership
from periderm.model.errors import UsageError
from periderm.model.policy import DEFAULT_POLICY


def test_ownership_is_read(tmp_path: Path) -> None:
    """The node's owner comes from a plain file with comments; a file that is not there says nothing."""
    path = tmp_path / "ownership"
    assert read_ownership(str(path)) == Ownership()
    path.write_text("# who\nowner = platform team \napplication=shop # the shop\n\ngrade=Core\n")
    assert read_ownership(str(path)) == Ownership(owner="platform team", application="shop", grade=Grade.CORE)


@pytest.mark.parametrize("text", ["owner platform\n", "boss=me\n", "grade=huge\n", "\udcff"])
def test_a_wrong_file_is_told(tmp_path: Path, text: str) -> None:
    """A mistake is named with its line, and what is right."""
    path = tmp_path / "ownership"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(UsageError) as caught:
        read_ownership(str(path))
    assert caught.value.next_step


def test_a_spool_keeps_its_name_and_a_new_one_gets_another(tmp_path: Path) -> None:
    """Restarting keeps the name; a spool that was thrown away is a new sender."""
    first = spool_name(str(tmp_path / "a"), "agent")
    assert first.startswith("agent:")
    assert spool_name(str(tmp_path / "a"), "agent") == first
    assert spool_name(str(tmp_path / "b"), "agent") != first


def test_policies_survive_and_damage_means_none(tmp_path: Path) -> None:
    """Without the server the last policies hold; a damaged file means the default, which only alerts."""
    path = tmp_path / "policies.json"
    assert load_policies(str(path)) == ()
    save_policies(str(path), [DEFAULT_POLICY])
    assert load_policies(str(path)) == (DEFAULT_POLICY,)
    path.write_bytes(b"[{")
    assert load_policies(str(path)) == ()


def test_the_engines_state_is_of_one_boot(tmp_path: Path) -> None:
    """After a restart of the machine processes are others: what was known of them is not used."""
    path = str(tmp_path / "engine.state")
    assert load_engine(path, "boot-1") == b""
    save_engine(path, "boot-1", b"some\nstate")
    assert load_engine(path, "boot-1") == b"some\nstate"
    assert load_engine(path, "boot-2") == b""


def test_write_whole_replaces(tmp_path: Path) -> None:
    """A file is replaced as a whole, readable by its owner only, and nothing is left beside it."""
    path = tmp_path / "x"
    path.write_bytes(b"old")
    write_whole(str(path), b"new")
    assert path.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["x"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_was_written_whole_is_read_whole(tmp_path: Path) -> None:
    """Nothing where there is no file; a link is not followed when it is written."""
    path = str(tmp_path / "state")
    assert read_whole(path) == b""
    write_whole(path, b"old")
    write_whole(path, b"new")
    assert read_whole(path) == b"new"
    assert os.listdir(tmp_path) == ["state"]


def test_a_word_is_remembered_over_restarts(tmp_path: Path) -> None:
    """'' until there is one."""
    path = str(tmp_path / "word")
    assert WordFile(path).read() == ""
    WordFile(path).write("first")
    WordFile(path).write("second")
    assert WordFile(path).read() == "second"
