"""The decision about one open file, on layers made of plain folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters.gate_fanotify import deciding
from periderm.adapters.gate_fanotify.calls import OPEN_EXEC_PERM, OPEN_PERM, Asked
from periderm.ports.guard import GuardPolicy


@pytest.fixture
def layers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """`upper` and `lower` below the folder; an open file's name is told from `merged`."""
    for name in ("upper/tmp", "lower/bin", "merged/bin", "merged/tmp"):
        (tmp_path / name).mkdir(parents=True)
    real = deciding.path_of
    monkeypatch.setattr(deciding, "path_of", lambda fd: real(fd).removeprefix(str(tmp_path / "merged")))
    return tmp_path


def policy(folder: Path, **fields: object) -> GuardPolicy:
    """That forbids drift."""
    values = {"drift": True, **fields}
    return GuardPolicy(subject_id="c", pid=1, mount_namespace=1, overlay_upper=str(folder / "upper"), **values)


def judge(folder: Path, path: str, mask: int = OPEN_EXEC_PERM, **fields: object) -> str:
    """The cause for a file of `merged`."""
    descriptor = os.open(folder / "merged" / path, os.O_RDONLY)
    try:
        return deciding.decide(Asked(mask, descriptor, 7), policy(folder, **fields), (str(folder / "lower"),)).cause
    finally:
        os.close(descriptor)


def put(folder: Path, path: str, *layers: str) -> None:
    """A file of these layers, and merged."""
    for layer in (*layers, "merged"):
        (folder / layer / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / layer / path).write_text("x")


def test_layers_decide(layers: Path) -> None:
    """In the upper layer it drifted, also over one of the image; in a lower one it is the image's; in none it drifted."""
    put(layers, "bin/ls", "lower")
    put(layers, "tmp/new", "upper")
    put(layers, "bin/both", "lower", "upper")
    put(layers, "bin/none")
    assert [judge(layers, p) for p in ("bin/ls", "tmp/new", "bin/both", "bin/none")] == ["", "drift", "drift", "drift"]
    assert judge(layers, "tmp/new", drift=False) == ""


@pytest.mark.root
def test_a_removed_file_of_the_image_vouches_for_nobody(layers: Path) -> None:
    """A whiteout, or a folder made anew, hides what the image had."""
    put(layers, "bin/ls", "lower")
    put(layers, "bin/deep/ls", "lower")
    (layers / "upper/bin").mkdir()
    os.mknod(layers / "upper/bin/ls", 0o20000, 0)
    assert judge(layers, "bin/ls") == "drift"
    os.mknod(layers / "upper/bin/deep", 0o20000, 0)
    assert judge(layers, "bin/deep/ls") == "drift"


def test_lists_go_by_inode(layers: Path) -> None:
    """At exec and at open; a deleted file is memory."""
    put(layers, "bin/ls", "lower")
    seen = (layers / "merged/bin/ls").stat()
    listed = ((seen.st_dev, seen.st_ino),)
    assert judge(layers, "bin/ls", exec_inodes=listed) == "list"
    assert judge(layers, "bin/ls", OPEN_PERM, open_inodes=listed) == "open"
    assert judge(layers, "bin/ls", OPEN_PERM) == ""
    descriptor = os.open(layers / "merged/bin/ls", os.O_RDONLY)
    (layers / "merged/bin/ls").unlink()
    verdict = deciding.decide(Asked(OPEN_EXEC_PERM, descriptor, 7), policy(layers, memory=True, drift=False), ())
    os.close(descriptor)
    assert verdict.cause == "memory"
