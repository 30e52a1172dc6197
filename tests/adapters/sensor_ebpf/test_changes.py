"""Calls that change paths, in each variant, on the real kernel."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters.sensor_ebpf import EbpfSensor
from periderm.model.event import Event, EventFlag, EventKind, Origin
from tests.adapters.sensor_ebpf.watching import events_of, of_kind

pytestmark = pytest.mark.root


def only(events: list[Event], kind: EventKind, text: str) -> Event:
    """The one event of a kind and text; fails with all that came."""
    found = [event for event in of_kind(events, kind) if event.text == text]
    assert len(found) == 1, [(event.kind.name, event.text, event.raw, event.ret) for event in events]
    return found[0]


def origin(variant: str) -> Origin:
    """By which entry a variant calls."""
    if variant.startswith("uring"):
        return Origin.IO_URING
    return Origin.COMPAT32 if variant.endswith("32") else Origin.SYSCALL


@pytest.mark.parametrize("variant", ["rename", "renameat", "renameat2", "rename32", "uring-rename"])
def test_rename(live: EbpfSensor, tmp_path: Path, variant: str) -> None:
    """Old and new path, by every entry."""
    (tmp_path / "old").write_text("x")
    told = only(events_of(live, variant, f"{tmp_path}/./old", str(tmp_path / "new")), EventKind.RENAME, str(tmp_path / "new"))
    assert told.raw == (f"{tmp_path}/old")
    assert told.origin is origin(variant)
    assert told.arg0 == (1 if variant == "renameat2" else 0)
    assert (tmp_path / "new").exists()


def test_rename_below_a_descriptor(live: EbpfSensor, tmp_path: Path) -> None:
    """Both names are made absolute."""
    (tmp_path / "old").write_text("x")
    told = only(events_of(live, "rename-below", str(tmp_path), "old", "./new"), EventKind.RENAME, str(tmp_path / "new"))
    assert told.has(EventFlag.FAILED) is False
    assert told.raw == str(tmp_path / "old")


@pytest.mark.parametrize("variant", ["link", "linkat", "link32", "uring-link"])
def test_link(live: EbpfSensor, tmp_path: Path, variant: str) -> None:
    """The new name and the file that was there."""
    (tmp_path / "file").write_text("x")
    told = only(
        events_of(live, variant, str(tmp_path / "file"), str(tmp_path / "name")), EventKind.LINK, str(tmp_path / "name")
    )
    assert (told.raw, told.origin) == (str(tmp_path / "file"), origin(variant))


@pytest.mark.parametrize("variant", ["symlink", "symlinkat", "symlink32", "uring-symlink"])
def test_symlink(live: EbpfSensor, tmp_path: Path, variant: str) -> None:
    """What it points at is told as it was written."""
    told = only(events_of(live, variant, "../x/./y", str(tmp_path / "name")), EventKind.SYMLINK, str(tmp_path / "name"))
    assert (told.raw, told.origin) == ("../x/./y", origin(variant))


@pytest.mark.parametrize("variant", ["unlink", "unlinkat", "unlink32", "uring-unlink"])
def test_unlink(live: EbpfSensor, tmp_path: Path, variant: str) -> None:
    """The name that is gone."""
    (tmp_path / "file").write_text("x")
    told = only(events_of(live, variant, str(tmp_path / "file")), EventKind.UNLINK, str(tmp_path / "file"))
    assert (told.arg0, told.origin) == (0, origin(variant))


def test_unlink_of_a_relative_name_and_of_a_folder(live: EbpfSensor, tmp_path: Path) -> None:
    """Relative to where the process is; a folder carries AT_REMOVEDIR; what was not there is not told."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    assert only(events_of(live, "unlink-here", str(tmp_path), "./file"), EventKind.UNLINK, str(tmp_path / "file")).ret == 0
    assert only(events_of(live, "rmdir", str(tmp_path / "folder")), EventKind.UNLINK, str(tmp_path / "folder")).arg0 == 0x200
    before = live.counters().other.get("failed-untold", 0)
    assert of_kind(events_of(live, "unlink", str(tmp_path / "file")), EventKind.UNLINK) == []
    assert live.counters().other["failed-untold"] > before


@pytest.mark.parametrize("variant", ["mkdir", "mkdirat", "mkdir32", "uring-mkdir"])
def test_mkdir(live: EbpfSensor, tmp_path: Path, variant: str) -> None:
    """Path and mode."""
    told = only(events_of(live, variant, str(tmp_path / "folder")), EventKind.MKDIR, str(tmp_path / "folder"))
    assert (told.arg0 & 0o777, told.origin) == (0o750, origin(variant))


@pytest.mark.parametrize("variant", ["utime", "utimes", "futimesat", "utimensat", "futimens", "utimensat32"])
def test_times(live: EbpfSensor, tmp_path: Path, variant: str) -> None:
    """The modification time that was asked for."""
    (tmp_path / "file").write_text("x")
    told = only(events_of(live, variant, str(tmp_path / "file")), EventKind.UTIME, str(tmp_path / "file"))
    assert told.arg0 == 1_000_000_000
    assert int((tmp_path / "file").stat().st_mtime) == 1_000_000_000


def test_touch(live: EbpfSensor, tmp_path: Path) -> None:
    """The present time is -1."""
    (tmp_path / "file").write_text("x")
    assert only(events_of(live, "touch", str(tmp_path / "file")), EventKind.UTIME, str(tmp_path / "file")).arg0 == -1


@pytest.mark.parametrize("variant", ["truncate", "ftruncate", "truncate32"])
def test_truncate(live: EbpfSensor, tmp_path: Path, variant: str) -> None:
    """The path and the length; memory that has no name is nobody's file."""
    (tmp_path / "file").write_text("text")
    assert only(events_of(live, variant, str(tmp_path / "file")), EventKind.TRUNCATE, str(tmp_path / "file")).arg0 == 0
    assert of_kind(events_of(live, "truncate-memory"), EventKind.TRUNCATE) == []


@pytest.mark.parametrize("variant", ["chown", "lchown", "fchown", "fchownat", "chown32"])
def test_chown(live: EbpfSensor, tmp_path: Path, variant: str) -> None:
    """User and group."""
    (tmp_path / "file").write_text("x")
    told = only(events_of(live, variant, str(tmp_path / "file")), EventKind.CHOWN, str(tmp_path / "file"))
    assert (told.arg0, told.arg1) == (11, 12)


def test_file_flags(live: EbpfSensor, tmp_path: Path) -> None:
    """What chattr does."""
    (tmp_path / "file").write_text("x")
    assert only(events_of(live, "chattr", str(tmp_path / "file")), EventKind.FILE_FLAGS, str(tmp_path / "file")).arg0 == 0x40


def test_umount_and_pivot_root(live: EbpfSensor, tmp_path: Path) -> None:
    """The place; a refused change of the root is told with its error where a right was missing."""
    assert only(events_of(live, "umount", str(tmp_path)), EventKind.UMOUNT, str(tmp_path)).arg0 == 2
    before = live.counters().other.get("failed-untold", 0)
    events_of(live, "pivot_root", str(tmp_path), str(tmp_path))
    assert live.counters().other["failed-untold"] > before


def test_a_name_at_the_root_of_the_namespace(live: EbpfSensor, tmp_path: Path) -> None:
    """A path with .. is told by its plain name."""
    (tmp_path / "file").write_text("x")
    name = os.path.join(tmp_path, "a", "..", "file")
    (tmp_path / "a").mkdir()
    assert only(events_of(live, "unlink", name), EventKind.UNLINK, str(tmp_path / "file")).ret == 0
