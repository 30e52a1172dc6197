"""Compiled patterns in files."""

from __future__ import annotations

from pathlib import Path

from periderm.adapters.pattern_files import MOST_FILES, CompiledFiles, PatternFiles


def test_kept_and_found(tmp_path: Path) -> None:
    """What was put is there; what was not is None."""
    files = PatternFiles(str(tmp_path / "patterns"))
    assert files.get("a") is None
    files.put("a", b"1")
    files.put("a", b"2")
    assert files.get("a") == b"2"


def test_what_others_may_write_is_not_read(tmp_path: Path) -> None:
    """A database is run as it is: a file or folder that others could have changed, or a link, counts as absent."""
    folder = tmp_path / "patterns"
    files = PatternFiles(str(folder))
    files.put("a", b"1")
    (folder / "a.hsdb").chmod(0o666)
    assert files.get("a") is None
    (folder / "a.hsdb").chmod(0o600)
    folder.chmod(0o777)
    assert files.get("a") is None
    folder.chmod(0o700)
    (folder / "b.hsdb").symlink_to(folder / "a.hsdb")
    assert files.get("b") is None
    assert files.get("a") == b"1"


def test_it_does_not_grow_for_ever_and_needs_no_disk(tmp_path: Path) -> None:
    """The oldest go; a folder that cannot be made is no error."""
    files = PatternFiles(str(tmp_path / "patterns"))
    for number in range(MOST_FILES + 5):
        files.put(str(number), b"x")
    assert len(list((tmp_path / "patterns").iterdir())) == MOST_FILES
    (tmp_path / "file").write_text("")
    blocked = PatternFiles(str(tmp_path / "file" / "patterns"))
    blocked.put("a", b"x")
    assert blocked.get("a") is None


def test_two_kinds_with_one_key(tmp_path: Path) -> None:
    """Words of secrets and of content rules lie beside each other."""
    files = CompiledFiles(str(tmp_path / "compiled"))
    files.put("words", "a", b"1")
    files.put("patterns", "a", b"2")
    assert (files.get("words", "a"), files.get("patterns", "a"), files.get("other", "a")) == (b"1", b"2", None)
