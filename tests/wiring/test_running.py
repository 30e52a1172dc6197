"""The whole product in one command; the sample's story is told in tests/e2e."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm import wiring
from periderm.model.diagnosis import Check, Condition, Diagnosis
from periderm.model.errors import SensorError
from periderm.model.settings import Settings
from periderm.model.text import Text
from periderm.wiring import doctoring
from tests.free_ports import free_port

LACKING = Text("there is no BTF", "没有 BTF")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A state and a port of its own, on a machine on which the sensor cannot run."""

    def check(name: str, condition: Condition) -> Check:
        return Check(name=name, title=LACKING, condition=condition, found=LACKING, next_step=LACKING)

    checks = (check("kernel", Condition.MISSING), check("scan", Condition.WORKS), check("sensor", Condition.MISSING))
    monkeypatch.setattr(doctoring, "doctor", lambda *_, **__: Diagnosis(checks=checks))
    return Settings(state=str(tmp_path / "state"), cache=str(tmp_path / "cache"), port=free_port())


def test_without_the_sensor_the_rest_runs(settings: Settings) -> None:
    """Server and worker run, what is missing is said, and all has ended when the block ends."""
    told: list[str] = []
    with wiring.up(settings, sample=False, tell=told.append, progress=lambda *_: None) as running:
        assert "no BTF" in running.missing[0].en
        assert running.story is None
        assert running.up.link().startswith(settings.url)
        asking = wiring.uplink(settings)
        assert asking.policies()
        asking.close()
    assert told == []


def test_the_sample_needs_the_sensor(settings: Settings) -> None:
    """Where the sensor cannot run the story is refused in a sentence that says what works."""
    with (
        pytest.raises(SensorError, match="scan image") as caught,
        wiring.up(settings, sample=True, tell=lambda _: None, progress=lambda *_: None),
    ):
        pass
    assert "no BTF" in caught.value.what
