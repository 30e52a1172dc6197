"""Two images compared."""

from __future__ import annotations

from pathlib import Path

from periderm import wiring
from periderm.app.diff import diff_targets
from periderm.app.report import Order
from periderm.model.difference import BehaviourKind
from periderm.model.report import TargetKind
from periderm.model.settings import Settings
from tests.images import AWS_KEY, base_layer, docker_archive, member, tar


def test_difference(tmp_path: Path) -> None:
    """Findings and packages that came and went, and a program that changes what an attacker can do."""
    settings = Settings(state=str(tmp_path / "state"), cache=str(tmp_path / "cache"))
    layer = tar([("app/key", AWS_KEY), (member("usr/bin/curl", mode=0o755), b"\x7fELF")])
    one, two = (docker_archive(tmp_path / n, layers) for n, layers in (("a", [base_layer()]), ("b", [base_layer(), layer])))
    orders = [Order(kind=TargetKind.IMAGE, target=str(path)) for path in (one, two)]
    parts = wiring.report_parts(settings)
    found = diff_targets(parts, *orders)
    assert "IMG-001" in [f.detector for f in found.new]
    assert [c.kind for c in found.behaviour] == [BehaviourKind.DOWNLOADER]
    back = diff_targets(parts, *reversed(orders))
    assert [f.detector for f in back.gone] == [f.detector for f in found.new]
    assert diff_targets(parts, orders[0], orders[0]).same
