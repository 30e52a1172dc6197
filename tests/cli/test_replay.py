"""`periderm replay`: what a recording would have raised, and a clear word for a file that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm import wiring
from periderm.model.alert import Alert
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text
from tests.cli.conftest import ALERT, HOSTILE, Periderm, incident, processes

NOW = 1_700_000_000 * 10**9


def alert() -> Alert:
    """One alert with a hostile message."""
    return Alert(
        id=ALERT,
        detector="RUN-005",
        title=Text("Run", "运行"),
        message=Text(HOSTILE, HOSTILE),
        severity=Severity.HIGH,
        maturity=Maturity.STABLE,
        techniques=(),
        time=NOW,
        last_time=NOW,
        node_id="n",
        asset_id="a",
        process=processes()[0],
        lineage=(),
    )


def test_alerts_incidents_and_a_sum(periderm: Periderm, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would have been raised; foreign text is harmless."""
    monkeypatch.setattr(wiring, "replay", lambda *_: (7, [alert()], [incident(NOW)]))
    status, out, _ = periderm("replay", "x.rec")
    assert status == 0
    assert "7 events, 1 alerts, 1 incidents." in out
    assert "RUN-005" in out
    assert "Attack on shop-web" in out
    assert "\x1b" not in out
    told = json.loads(periderm("replay", "x.rec", "--json")[1])
    assert (told["events"], len(told["alerts"]), len(told["incidents"])) == (7, 1, 1)


@pytest.mark.parametrize("data", [b"", b"\x00" * 100, b"not a recording\n" * 50, bytes(range(256)) * 20])
def test_a_file_that_is_no_recording(periderm: Periderm, tmp_path: Path, data: bytes) -> None:
    """Exit status 3 or an empty answer; never a traceback."""
    file = tmp_path / "x.rec"
    file.write_bytes(data)
    status, _, err = periderm("replay", str(file))
    assert status in (3, 5)
    assert "Traceback" not in err


def test_a_file_that_is_not_there(periderm: Periderm, tmp_path: Path) -> None:
    """One sentence that names it."""
    status, _, err = periderm("replay", str(tmp_path / "none.rec"))
    assert status in (3, 4, 5)
    assert "none.rec" in err
