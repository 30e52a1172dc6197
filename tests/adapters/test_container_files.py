"""Paths of a container lead to its own files, whatever links lie in it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.container_files import inodes_of, open_in_root
from tests.flow.conftest import CONTAINER


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root file system with a program, and links that try to lead out."""
    (tmp_path / "usr/bin").mkdir(parents=True)
    (tmp_path / "usr/bin/tool").write_bytes(b"tool")
    (tmp_path / "bin").symlink_to("/usr/bin")
    (tmp_path / "out").symlink_to("../../../../../../../../etc/passwd")
    (tmp_path / "etc").mkdir()
    return tmp_path


def inode_of(root: Path, path: str) -> int:
    """The inode that a path names below the root."""
    folder = os.open(root, os.O_PATH)
    try:
        descriptor = open_in_root(folder, path)
        try:
            return os.fstat(descriptor).st_ino
        finally:
            os.close(descriptor)
    finally:
        os.close(folder)


def test_absolute_links_stay_inside(root: Path) -> None:
    """`/bin` that is a link to `/usr/bin` is the container's own `/usr/bin`."""
    wanted = (root / "usr/bin/tool").stat().st_ino
    for path in ("/usr/bin/tool", "/bin/tool", "/bin/../bin/tool", "/../../bin/tool"):
        assert inode_of(root, path) == wanted


def test_no_link_leads_out(root: Path) -> None:
    """A link to a file of the host ends inside, where there is none; a name with NUL or too long is no file either."""
    with pytest.raises(FileNotFoundError):
        inode_of(root, "/out")
    with pytest.raises(OSError, match="too long"):
        inode_of(root, "/" + "a" * 5000)


def test_a_container_that_is_gone_has_none() -> None:
    """A process that does not exist names nothing."""
    assert inodes_of(msgspec.structs.replace(CONTAINER, pid=2**22 + 1), ["/bin/sh"]) == ()


@pytest.mark.root
def test_files_of_a_process(tmp_path: Path) -> None:
    """Regular files are named once each, folders and what is not there are left out."""
    here = msgspec.structs.replace(CONTAINER, pid=os.getpid())
    tool = tmp_path / "tool"
    tool.write_bytes(b"x")
    os.link(tool, tmp_path / "same")
    status = tool.stat()
    found = inodes_of(here, [str(tool), str(tmp_path / "same"), str(tmp_path), str(tmp_path / "nothing")])
    assert found == ((status.st_dev, status.st_ino),)
