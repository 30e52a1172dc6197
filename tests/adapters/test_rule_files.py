"""The folder of rule packs as it lies on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters import rule_files
from periderm.adapters.rule_files import LocalRuleFiles
from periderm.model.errors import UsageError


def test_packs_are_listed_by_name(tmp_path: Path) -> None:
    """Links are followed; other files and hidden ones are not packs; a folder that is not there is empty."""
    for name in ("b.yaml", "a.yml", "c.yaml.dsse", "notes.txt", ".b.yaml"):
        (tmp_path / name).write_text(name)
    (tmp_path / "d.yaml").symlink_to(tmp_path / "notes.txt")
    found = LocalRuleFiles(str(tmp_path)).files()
    assert [(f.name, f.data) for f in found] == [
        ("a.yml", b"a.yml"), ("b.yaml", b"b.yaml"), ("c.yaml.dsse", b"c.yaml.dsse"), ("d.yaml", b"notes.txt"),
    ]  # fmt: skip
    assert LocalRuleFiles(str(tmp_path / "nothing")).files() == []


def test_what_others_may_change_is_not_used(tmp_path: Path) -> None:
    """Nor a pipe, a folder, a dangling link, or a file that is too large; each says why and none hangs."""
    (tmp_path / "a.yaml").write_text("x")
    (tmp_path / "a.yaml").chmod(0o666)
    os.mkfifo(tmp_path / "b.yaml")
    (tmp_path / "c.yaml").mkdir()
    (tmp_path / "d.yaml").symlink_to(tmp_path / "nothing")
    with (tmp_path / "e.yaml").open("wb") as file:
        file.truncate(rule_files.LARGEST + 1)
    problems = {f.name: f.problem for f in LocalRuleFiles(str(tmp_path)).files()}
    assert "Others may change it" in problems["a.yaml"]
    assert "no regular file" in problems["b.yaml"] + problems["c.yaml"]
    assert "No such file" in problems["d.yaml"]
    assert "larger than" in problems["e.yaml"]


def test_too_many_packs_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first too many is a problem, not silence."""
    monkeypatch.setattr(rule_files, "MOST_FILES", 2)
    for name in "abc":
        (tmp_path / f"{name}.yaml").write_text("x")
    assert [bool(f.problem) for f in LocalRuleFiles(str(tmp_path)).files()] == [False, False, True]


def test_the_stamp_changes_with_files_and_keys(tmp_path: Path) -> None:
    """And with nothing else."""
    folder, keys = tmp_path / "rules", tmp_path / "keys"
    folder.mkdir()
    keys.mkdir()
    files = LocalRuleFiles(str(folder), str(keys))
    stamps = [files.stamp()]
    (folder / "a.yaml").write_text("1")
    stamps.append(files.stamp())
    (folder / "a.yaml").write_text("22")
    stamps.append(files.stamp())
    (keys / "k.pem").write_text("k")
    stamps.append(files.stamp())
    (folder / "notes.txt").write_text("n")
    assert len(set(stamps)) == 4
    assert files.stamp() == stamps[-1]
    assert files.keys() == [b"k"]


def test_keys_that_were_named_must_be_there(tmp_path: Path) -> None:
    """No key is fine as long as none was asked for."""
    assert LocalRuleFiles(str(tmp_path)).keys() == []
    with pytest.raises(UsageError):
        LocalRuleFiles(str(tmp_path), str(tmp_path / "k.pem")).keys()
    with pytest.raises(UsageError, match="no key"):
        LocalRuleFiles(str(tmp_path), str(tmp_path)).keys()


def test_memory(tmp_path: Path) -> None:
    """What was in force is read back; a damaged memory is none; nobody else may read it."""
    memory = tmp_path / "kept"
    files = LocalRuleFiles(str(tmp_path), memory=str(memory))
    assert files.kept() == {}
    files.keep({"a.yaml": b"x"})
    assert files.kept() == {"a.yaml": b"x"}
    assert memory.stat().st_mode & 0o777 == 0o600
    memory.write_bytes(b"\xff")
    assert files.kept() == {}
    LocalRuleFiles(str(tmp_path), memory=str(tmp_path / "no" / "where")).keep({"a": b""})
    LocalRuleFiles(str(tmp_path)).keep({"a": b""})
    assert LocalRuleFiles(str(tmp_path)).kept() == {}
