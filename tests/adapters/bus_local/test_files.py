"""File operations: all or an error, private, and never through a link."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from periderm.adapters.bus_local import files
from periderm.model.errors import BusError


def test_write_all_goes_on_after_a_short_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system may take less than it is given; nothing is left out, in any number of parts."""
    real = os.pwritev

    def short(descriptor: int, parts: list[memoryview], position: int) -> int:
        return real(descriptor, [parts[0][:3]], position)

    monkeypatch.setattr(os, "pwritev", short)
    descriptor = files.open_file(tmp_path / "x", os.O_RDWR | os.O_CREAT)
    parts = [b"", *(b"%d" % number * 7 for number in range(600)), b""]
    files.write_all(descriptor, parts, 5)
    os.close(descriptor)
    assert (tmp_path / "x").read_bytes() == bytes(5) + b"".join(parts)


def test_files_are_private_and_links_refused(tmp_path: Path) -> None:
    """Mode 0600 for files, 0700 for folders."""
    os.close(files.open_file(tmp_path / "x", os.O_RDWR | os.O_CREAT))
    files.make_folder(tmp_path / "f")
    files.make_folder(tmp_path / "f")
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o700
    (tmp_path / "link").symlink_to(tmp_path / "x")
    with pytest.raises(OSError, match="symbolic"):
        files.open_file(tmp_path / "link", os.O_RDONLY)


def test_a_lock_is_held_once(tmp_path: Path) -> None:
    """Until the file is closed."""
    one, two = (files.open_file(tmp_path / "lock", os.O_RDWR | os.O_CREAT) for _ in range(2))
    assert files.lock(one) is True
    assert files.lock(two) is False
    os.close(one)
    assert files.lock(two) is True
    os.close(two)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG, errno.EACCES, errno.EROFS, errno.EIO])
def test_errors_say_what_to_do(number: int) -> None:
    """In words, with the next step."""

    def fail() -> None:
        with files.said("write a message"):
            raise OSError(number, os.strerror(number))

    with pytest.raises(BusError) as caught:
        fail()
    assert os.strerror(number) in caught.value.what
    assert caught.value.next_step.endswith(".")
