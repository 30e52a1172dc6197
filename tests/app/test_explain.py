"""Explanations come from the detectors themselves, and lead from what was detected to what detected it."""

from __future__ import annotations

import pytest

from periderm.app.explain import explain_detector, explain_record, is_record, list_detectors
from periderm.model.errors import NotFoundError
from periderm.model.principal import LOCAL_ADMIN


def test_all_detectors_are_listed_once() -> None:
    """Of all engines."""
    found = list_detectors()
    assert {e.capability for e in found} == {"image", "vulnerability", "runtime", "content", "config", "trust", "baseline"}
    assert len({e.id for e in found}) == len(found)


def test_each_can_be_explained_by_its_id_in_any_case() -> None:
    """What `list` shows, `explain` takes."""
    for explanation in list_detectors():
        assert explain_detector(explanation.id.lower()) == explanation
        assert explanation.fires
        assert explanation.quiet


def test_techniques_have_names_and_pages() -> None:
    """Someone who does not know the numbers by heart can read on."""
    techniques = [t for e in list_detectors() for t in e.techniques]
    assert techniques
    assert all(t.name.en != t.id and t.url.startswith("https://attack.mitre.org/techniques/T") for t in techniques)


@pytest.mark.parametrize("name", ["CVE-2021-44228", "cve-2021-44228", "GHSA-jfh8-c2jp-5v3q"])
def test_a_vulnerability_is_no_detector(name: str) -> None:
    """Whoever asks for one is told where it is explained, not which detectors are spelt like it."""
    with pytest.raises(NotFoundError, match="periderm advisories search"):
        explain_detector(name)


def test_a_misspelt_id_gets_the_nearest() -> None:
    """With the command that lists all."""
    first = list_detectors()[0].id
    with pytest.raises(NotFoundError, match=first):
        explain_detector(first + "x")
    with pytest.raises(NotFoundError, match="periderm explain"):
        explain_detector("x" * 100_000)


def test_records_are_told_from_detectors() -> None:
    """By their prefix."""
    assert all(is_record(i) for i in ("inc-1", "alt-1", "fnd-1"))
    assert not is_record("IMG-DEVICE")


class Kept:
    """A store that has one incident, one alert and one finding."""

    def __init__(self, *detectors: str) -> None:
        self.detectors = detectors

    def incident(self, incident_id: str) -> object:
        from types import SimpleNamespace

        chain = [SimpleNamespace(detector=d) for d in self.detectors]
        return SimpleNamespace(id=incident_id, chain=chain) if incident_id == "inc-1" else None

    def alert(self, alert_id: str) -> object:
        from types import SimpleNamespace

        return SimpleNamespace(detector=self.detectors[0]) if alert_id == "alt-1" else None

    finding = alert


def test_a_record_leads_to_its_detectors() -> None:
    """An incident to each of its detectors once, in the order of the chain."""
    from types import SimpleNamespace

    ids = [e.id for e in list_detectors()][:2]
    app = SimpleNamespace(store=Kept(ids[1], ids[0], ids[1]))
    assert [e.id for e in explain_record(app, LOCAL_ADMIN, "inc-1")] == [ids[1], ids[0]]  # type: ignore[arg-type]
    assert [e.id for e in explain_record(app, LOCAL_ADMIN, "alt-1")] == [ids[1]]  # type: ignore[arg-type]
    with pytest.raises(NotFoundError):
        explain_record(app, LOCAL_ADMIN, "fnd-9")  # type: ignore[arg-type]
