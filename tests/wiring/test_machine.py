"""This machine, as the product's processes see it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from periderm import wiring
from periderm.model.errors import UsageError
from periderm.model.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A state of its own."""
    return Settings(state=str(tmp_path / "state"), cache=str(tmp_path / "cache"))


def test_the_node_says_who_answers_for_it(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner comes from the ownership file, the rest from the machine; the id is the same each time."""
    path = tmp_path / "ownership"
    path.write_text("owner=ops\n")
    monkeypatch.setenv("PERIDERM_OWNERSHIP", str(path))
    node = wiring.this_node(settings)
    assert node.ownership.owner == "ops"
    assert node.kernel == os.uname().release
    assert wiring.this_node(settings).id == node.id


def test_a_ring_is_a_power_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """A size that the kernel would refuse is told before anything is loaded, with the sizes that work."""
    monkeypatch.setenv("PERIDERM_RING_MIB", "3")
    with pytest.raises(UsageError, match="1, 2, 4"):
        wiring.live_sensor()


def test_a_second_sensor_keeps_its_own_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """`periderm record` beside a running agent does not touch the agent's programs."""
    monkeypatch.setenv("PERIDERM_PINS", "/sys/fs/bpf/somewhere")
    assert wiring.pins() == "/sys/fs/bpf/somewhere"
    assert wiring.live_sensor(own=True) is not wiring.live_sensor()


def test_only_runtimes_that_were_used_are_asked() -> None:
    """Each runtime either can be used or says what is missing."""
    known = wiring.all_runtimes("node-1")
    assert {r.name() for r in known} == {"podman", "docker", "containerd"}
    assert all(not r.available() for r in wiring.runtimes("node-1"))


def test_what_the_sensor_lacks_is_said_in_sentences(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """As another user than root the sensor is missing, and the sentence says so; as root here it may run."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    missing = wiring.sensor_missing(settings)
    assert missing
    assert all(text.en.startswith("The sensor does not run") for text in missing)
