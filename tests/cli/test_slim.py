"""`periderm slim`: what of an image was never used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.cli.main import EXIT_NOT_FOUND, run
from periderm.engines.runtime.scene import SHOP
from periderm.model.envelope import ScanResult
from tests.correlate.test_slimming import FINDINGS, IMAGE, USED, use
from tests.story import application


@pytest.fixture
def state(tmp_path: Path) -> str:
    """A state with the shop's image, watched for a day."""
    app = application(tmp_path)
    app.store.put_scan_result(
        ScanResult(image_digest=IMAGE.digest, node_id="n", time=1, seconds=1.0, inventory=IMAGE, findings=FINDINGS)
    )
    app.store.put_assets([SHOP])
    app.store.put_files_in_use(use(*USED))
    app.store.close()
    return str(app.settings.state)


def test_it_tells_packages_programs_and_what_would_end(state: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In both languages and as JSON."""
    assert run(["slim", "localhost/shop:1", "--files", "--state", state]) == 0
    told = capsys.readouterr().out
    for part in ("2 of 4 executable files", "2 packages can be left out", "ends 1 of 4", "perl", "/usr/bin/stray"):
        assert part in told
    assert run(["slim", "localhost/shop:1", "--state", state, "--lang", "zh", "--limit", "1"]) == 0
    assert "软件包" in capsys.readouterr().out
    assert run(["slim", "localhost/shop:1", "--json", "--state", state]) == 0
    assert json.loads(capsys.readouterr().out)["removed"] == ["fnd-CVE-1"]


def test_statements_are_written(state: str, tmp_path: Path) -> None:
    """As OpenVEX; a folder that is not there is told."""
    path = tmp_path / "shop.json"
    assert run(["slim", "localhost/shop:1", "--vex", str(path), "--state", state]) == 0
    assert "vulnerable_code_not_in_execute_path" in path.read_text(encoding="utf-8")
    assert run(["slim", "localhost/shop:1", "--vex", str(tmp_path / "no" / "x"), "--state", state]) == EXIT_NOT_FOUND
