"""What is taken is kept byte by byte and can be put back; nothing is taken through a link, and nothing else is removed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.adapters.responder_linux.vault import Vault, open_strictly
from periderm.model.errors import ResponderError


class Place:
    """A root folder with files, and a vault beside it."""

    def __init__(self, top: Path) -> None:
        self.top = top / "root"
        (self.top / "srv/deep").mkdir(parents=True)
        (top / "outside").write_text("not ours")
        self.outside = top / "outside"
        self.file = self.top / "srv/deep/bad"
        self.file.write_bytes(b"#!/bin/sh\necho bad\n")
        self.file.chmod(0o4755)
        self.root = os.open(self.top, os.O_PATH | os.O_DIRECTORY)
        self.vault = Vault(top / "vault")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """One for each test."""
    return Place(tmp_path)


def test_taken_and_put_back_as_it_was(place: Place) -> None:
    """Bytes, mode, owner and time; the vault's copy cannot be run and is gone afterwards."""
    before = place.file.stat()
    taken = place.vault.take("eff-1", place.root, "/srv/deep/bad", "c", (before.st_dev, before.st_ino))
    assert not place.file.exists()
    assert list(place.file.parent.iterdir()) == []
    assert taken == place.vault.known("eff-1")
    content = next(place.top.parent.glob("vault/*/content"))
    assert (content.read_bytes(), content.stat().st_mode & 0o777) == (b"#!/bin/sh\necho bad\n", 0o400)
    assert place.vault.take("eff-1", place.root, "/srv/deep/bad", "c", (0, 0)) == taken
    place.vault.put_back("eff-1", place.root)
    after = place.file.stat()
    assert (after.st_mode, after.st_uid, after.st_mtime_ns) == (before.st_mode, before.st_uid, before.st_mtime_ns)
    assert place.file.read_bytes() == b"#!/bin/sh\necho bad\n"
    with pytest.raises(ResponderError, match="holds nothing"):
        place.vault.put_back("eff-1", place.root)


@pytest.mark.parametrize(
    "path", ["/srv/link", "/srv/way/bad", "/srv/up/outside", "/srv/deep", "/srv/pipe", "/none", "bad", "/"]
)
def test_nothing_is_taken_through_a_link_or_that_is_no_file(place: Place, path: str) -> None:
    """Also not where a parent folder is a link, or leads out of the container."""
    (place.top / "srv/link").symlink_to("deep/bad")
    (place.top / "srv/way").symlink_to("deep")
    (place.top / "srv/up").symlink_to("../..")
    os.mkfifo(place.top / "srv/pipe")
    with pytest.raises(ResponderError):
        place.vault.take("eff-1", place.root, path, "c", (0, 0))
    assert place.file.exists()
    assert place.outside.exists()
    assert place.vault.known("eff-1") is None


def test_another_file_by_that_name_is_left_alone(place: Place) -> None:
    """The one that was seen is meant, by inode."""
    with pytest.raises(ResponderError, match="another one lies there"):
        place.vault.take("eff-1", place.root, "/srv/deep/bad", "c", (0, 12345))
    assert place.file.exists()


def test_a_swap_while_it_is_copied_removes_nothing(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was put in its place stays under its name."""
    copy = Vault._copy

    def swapping(self: Vault, file: int, to: Path) -> tuple[str, int]:
        result = copy(self, file, to)
        place.file.rename(place.file.with_name("hidden"))
        place.file.write_text("innocent")
        return result

    monkeypatch.setattr(Vault, "_copy", swapping)
    with pytest.raises(ResponderError, match="nothing was removed"):
        place.vault.take("eff-1", place.root, "/srv/deep/bad", "c", (0, 0))
    assert place.file.read_text() == "innocent"
    assert place.vault.known("eff-1") is None


def test_a_changed_copy_is_not_put_back(place: Place) -> None:
    """Whoever could write into the vault gets nothing into the container."""
    place.vault.take("eff-1", place.root, "/srv/deep/bad", "c", (0, 0))
    content = next(place.top.parent.glob("vault/*/content"))
    content.chmod(0o600)
    content.write_text("worse")
    with pytest.raises(ResponderError, match="not what was taken"):
        place.vault.put_back("eff-1", place.root)
    assert not place.file.exists()


def test_nothing_is_overwritten_by_putting_back(place: Place) -> None:
    """What lies there now stays; the copy stays in the vault."""
    place.vault.take("eff-1", place.root, "/srv/deep/bad", "c", (0, 0))
    place.file.write_text("new")
    with pytest.raises(ResponderError, match="cannot be put back"):
        place.vault.put_back("eff-1", place.root)
    assert [p.name for p in place.file.parent.iterdir()] == ["bad"]
    assert place.file.read_text() == "new"
    assert place.vault.known("eff-1") is not None


def test_a_full_disk_and_a_large_file_are_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is moved."""
    monkeypatch.setattr("periderm.adapters.responder_linux.vault.MOST_BYTES", 4)
    with pytest.raises(ResponderError, match="more than the vault takes"):
        place.vault.take("eff-1", place.root, "/srv/deep/bad", "c", (0, 0))
    monkeypatch.undo()
    monkeypatch.setattr("periderm.adapters.responder_linux.vault.SPARE_BYTES", 1 << 62)
    with pytest.raises(ResponderError, match="nearly full"):
        place.vault.take("eff-1", place.root, "/srv/deep/bad", "c", (0, 0))
    assert place.file.exists()


@given(st.text(max_size=100))
def test_no_name_leads_out_of_the_vault(name: str) -> None:
    """An id is a plain word, or it is refused."""
    vault = Vault(Path("/nonexistent/vault"))
    if name.isascii() and name.replace("-", "").replace("_", "").isalnum() and name[0].isalnum() and len(name) <= 80:
        assert vault.known(name) is None
    else:
        with pytest.raises(ResponderError, match="no name"):
            vault.known(name)


def test_open_strictly_stays_below(place: Place) -> None:
    """`..` ends at the root."""
    with pytest.raises(OSError, match="outside"):
        open_strictly(place.root, "/../outside", os.O_RDONLY)
    os.close(open_strictly(place.root, "/../srv/deep/bad", os.O_RDONLY))
