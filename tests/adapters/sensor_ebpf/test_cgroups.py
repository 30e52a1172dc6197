"""Numbers of cgroups to paths."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm.adapters.sensor_ebpf import cgroups


@pytest.mark.root
def test_a_cgroup_is_found_by_its_number(tmp_path: Path) -> None:
    """The root, one that was just made, and none that is gone."""
    top = cgroups.root()
    if not top:
        pytest.skip("needs the v2 cgroup hierarchy")
    made = Path(top, f"periderm-test-{os.getpid()}")
    made.mkdir()
    number = made.stat().st_ino
    try:
        assert cgroups.path_of(number) == f"/{made.name}"
        assert cgroups.path_of(os.stat(top).st_ino) == "/"
    finally:
        made.rmdir()
    assert cgroups.path_of(number) == ""
    assert cgroups.path_of(2**60) == ""


def test_without_the_hierarchy_there_is_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is guessed."""
    monkeypatch.setattr(cgroups, "ROOTS", ("/nowhere",))
    assert cgroups.root() == ""
    assert cgroups.path_of(1) == ""
