"""Paths of a container lead to its own files, whatever links lie in it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.container_files import ContainerPayloads, inodes_of, open_in_root
from periderm.model.content import Suspect
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


def suspect(path: str, **more: object) -> Suspect:
    """A file that this test's own process sees."""
    values = {"process": 1, "pid": os.getpid(), "root": os.getpid(), "time": 1, "subject": "x", **more}
    return Suspect(path=path, **values)  # type: ignore[arg-type] -- fields by name


def test_bytes_of_a_file(tmp_path: Path) -> None:
    """Its bytes and digest; beyond the limit the beginning, and no digest, for it would be of something else."""
    (tmp_path / "x").write_bytes(b"0123456789")
    whole = ContainerPayloads().read(suspect(str(tmp_path / "x")), 10)
    assert (whole.data, whole.size, whole.digest) == (b"0123456789", 10, hashlib.sha256(b"0123456789").hexdigest())
    cut = ContainerPayloads().read(suspect(str(tmp_path / "x")), 4)
    assert (cut.data, cut.size, cut.digest) == (b"0123", 10, "")


def test_what_is_not_read(tmp_path: Path) -> None:
    """A pipe, a device, a folder, what is not there: each says why, and none makes us wait."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/proc/self/fd/0")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path, tmp_path / "gone", tmp_path / "link"):
        payload = ContainerPayloads().read(suspect(str(path)), 10)
        assert payload.data == b""
        assert payload.missing


def test_a_process_in_memory_and_one_that_ended(tmp_path: Path) -> None:
    """The running program by its process; a file of the machine although the process has ended, but no container's."""
    (tmp_path / "x").write_bytes(b"1")
    assert ContainerPayloads().read(suspect("memfd:x", memory=True), 4).data == b"\x7fELF"
    gone = 4_194_999  # above the highest pid that Linux gives
    assert ContainerPayloads().read(suspect(str(tmp_path / "x"), root=gone, host=True), 4).data == b"1"
    assert ContainerPayloads().read(suspect(str(tmp_path / "x"), root=gone), 4).missing
