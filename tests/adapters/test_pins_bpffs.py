"""What a killed agent leaves pinned, in a plain folder and in a real BPF file system."""

from __future__ import annotations

import os
import subprocess
import uuid
from pathlib import Path

import pytest

from periderm.adapters.pins_bpffs import PinnedLeftovers
from periderm.model.diagnosis import Orphan


def test_all_pins_are_found_and_removed(tmp_path: Path) -> None:
    """In folders below too, and the folders with them."""
    folder = tmp_path / "periderm"
    (folder / "links").mkdir(parents=True)
    (folder / "ring").touch()
    (folder / "links" / "exec").touch()
    left = PinnedLeftovers(folder)
    names = [str(folder / "links" / "exec"), str(folder / "ring")]
    assert list(left.find()) == [Orphan(kind="pin", name=name) for name in names]
    assert list(left.remove()) == [f"pin {name}" for name in names]
    assert not folder.exists()
    assert list(left.find()) == []
    assert list(left.remove()) == []


def test_what_a_link_points_to_is_left_alone(tmp_path: Path) -> None:
    """Only what lies in our folder is ours."""
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "x").touch()
    (tmp_path / "periderm").mkdir()
    (tmp_path / "periderm" / "l").symlink_to(tmp_path / "other" / "x")
    PinnedLeftovers(tmp_path / "periderm").remove()
    assert (tmp_path / "other" / "x").exists()


@pytest.mark.root
def test_a_real_pinned_map_is_removed() -> None:
    """Made by bpftool, as a sensor that was killed would leave it."""
    if not os.path.ismount("/sys/fs/bpf") or not any(Path(p, "bpftool").exists() for p in ("/usr/sbin", "/usr/bin")):
        pytest.skip("needs bpffs and bpftool")
    folder = Path("/sys/fs/bpf") / f"periderm-test-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    create = [
        "bpftool",
        "map",
        "create",
        str(folder / "m"),
        "type",
        "array",
        "key",
        "4",
        "value",
        "4",
        "entries",
        "1",
        "name",
        "m",
    ]
    subprocess.run(create, check=True, timeout=120)
    assert PinnedLeftovers(folder).remove() == [f"pin {folder / 'm'}"]
    assert not folder.exists()
