"""Rules over the past: what they would have said, how often, where; nothing is changed by it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from periderm.adapters.sensor_replay import FileRecorder, ReplaySensor
from periderm.algorithms.rules.pack import Pack, PackKind
from periderm.engines.runtime.rules.pack import checked
from periderm.engines.runtime.scene import HOST, SHOP, START, batch_of, image, runs
from periderm.flow import try_rules as module
from periderm.flow.try_rules import recorded, try_rules
from periderm.formats.policy_files.rules import read_rule_pack
from periderm.model.event import EventBatch

PACK = b"""
kind: runtime
rules:
  - {id: nc, condition: "kind == 'exec' && name == 'nc'"}
  - {id: drift, condition: "kind == 'exec' && drifted"}
  - {id: bad, condition: "kind == 'exec' && argv[1].startsWith('-l')"}
  - {id: off, condition: "kind == 'exec'", enabled: false}
exceptions:
  - {reason: r, owner: o, expires: 2099-01-01, rules: [nc], fields: [args], values: [["-z"]]}
"""


@pytest.fixture
def pack() -> Pack:
    """Four rules, one switched off."""
    return checked(read_rule_pack(PACK, "p.yaml", (PackKind.RUNTIME,)))


def past() -> Iterator[EventBatch]:
    """Two batches: nc on the host and twice in a container, once excepted."""
    yield batch_of((runs(2, 1, "/usr/bin/nc", "nc", "-l", on=HOST), runs(3, 1, "/usr/bin/nc", "nc", "a")))
    yield batch_of(())
    yield batch_of(
        (runs(4, 1, "/usr/bin/nc", "nc", "b", at=700), runs(5, 1, "/usr/bin/nc", "nc", "-z"), runs(6, 1, "/opt/x", "-lx"))
    )


def test_counts(pack: Pack) -> None:
    """Alerts fold, events do not; containers, exceptions and failures are told, in the order of the pack."""
    trial = try_rules(pack, past())
    assert (trial.events, trial.first, trial.last, trial.cut) == (5, START + 600 * 10**9, START + 600 * 10**9, False)
    nc, drift, bad = trial.rules
    assert (nc.rule, nc.alerts, nc.events, nc.containers, nc.excepted) == ("nc", 2, 3, {SHOP.name: 2, "": 1}, 1)
    assert [alert.detector for alert in nc.shown] == ["nc", "nc"]
    assert (drift.alerts, drift.events) == (0, 0)
    assert (bad.alerts, bad.failed) == (1, 1)
    assert "none at 1" in bad.reason


def test_images_are_asked_for_once(pack: Pack) -> None:
    """What was scanned tells what the image brought."""
    asked: list[str] = []

    def look_up(digest: str) -> object:
        asked.append(digest)
        return msgspec.structs.replace(image("/usr/bin/nc"), digest=digest)

    trial = try_rules(pack, past(), look_up)  # type: ignore[arg-type]  # an inventory
    assert asked == [SHOP.image_digest]
    assert {rule.rule: rule.events for rule in trial.rules}["drift"] == 1


def test_nothing_happened(pack: Pack) -> None:
    """No batch at all."""
    assert try_rules(pack, ()).events == 0


def test_too_many_alerts_are_cut_and_said(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded."""
    monkeypatch.setattr(module, "MOST_ALERTS", 1)
    assert try_rules(pack, past()).cut


def test_a_recording(pack: Pack, tmp_path: Path) -> None:
    """Read to its end, and closed."""
    recorder = FileRecorder(tmp_path / "x.rec")
    for batch in past():
        recorder.write(batch)
    recorder.close()
    assert try_rules(pack, recorded(ReplaySensor(tmp_path / "x.rec"))).events == 5
