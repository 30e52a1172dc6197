"""What doctor is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.sensor_ebpf import probe
from periderm.adapters.sensor_ebpf.layout import ATTACHED, HANDLERS
from tests.adapters.sensor_ebpf import watching


def test_each_condition_says_how_to_get_it() -> None:
    """Without root, too; what is missing has a sentence, what works has none."""
    for each in probe.conditions():
        assert each.works == (each.missing == "")


def test_what_is_missing_stops_before_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without BTF nothing is loaded, and the reason is said."""
    monkeypatch.setattr(probe, "BTF", "/nowhere/btf")
    told = {each.name: each for each in probe.capabilities()}
    assert not told["BTF"].works
    assert "CONFIG_DEBUG_INFO_BTF" in told["BTF"].missing
    assert "ring" not in told


@pytest.mark.root
def test_every_program_is_named(tmp_path: Path) -> None:
    """On this machine all works, and nothing is left."""
    folder = watching.pin_dir("probe")
    told = {each.name: each.works for each in probe.capabilities(folder, watching.kernel_object())}
    assert set(HANDLERS) | set(ATTACHED.values()) | {"ring", "32-bit entry"} <= set(told)
    assert all(told.values())
    assert not Path(folder).exists()
