"""What `ports.diagnosis` promises: looking changes nothing, and leftovers are removed once."""

from __future__ import annotations

from pathlib import Path

from periderm.adapters.diagnosis_linux import LinuxProbe
from periderm.adapters.pins_bpffs import PinnedLeftovers
from periderm.ports.diagnosis import Leftovers, MachineProbe


def test_looking_twice_gives_the_same(tmp_path: Path) -> None:
    """And makes nothing."""
    probe: MachineProbe = LinuxProbe(str(tmp_path / "state"), 8843, tmp_path / "x.o")
    first, second = probe.facts(), probe.facts()
    assert (first.kernel, first.programs, first.cgroup, first.lsm) == (
        second.kernel,
        second.programs,
        second.cgroup,
        second.lsm,
    )
    assert list(tmp_path.iterdir()) == []


def test_leftovers_are_there_until_they_are_removed(tmp_path: Path) -> None:
    """Removing again removes nothing."""
    (tmp_path / "pins").mkdir()
    (tmp_path / "pins" / "a").touch()
    left: Leftovers = PinnedLeftovers(tmp_path / "pins")
    assert len(left.find()) == 1
    assert len(left.remove()) == 1
    assert tuple(left.find()) == ()
    assert tuple(left.remove()) == ()
