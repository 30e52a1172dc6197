"""Detectors and rules."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from periderm.app.application import Application
from periderm.app.explain import list_detectors
from periderm.app.incidents import change_state
from periderm.console.pages.detectors import one, page
from periderm.model.errors import NotFoundError
from periderm.model.incident import IncidentState
from periderm.model.principal import LOCAL_ADMIN
from tests.app.test_rules_shelf import shelved
from tests.console.conftest import Asks
from tests.console.markup import texts
from tests.flow.test_rule_packs import pack
from tests.story import INCIDENT_ID


def test_each_detector_is_listed_and_explained(empty: Application, ask: Asks) -> None:
    """In both languages, with when it fires and when not."""
    said = texts(page(ask("/detectors")))
    assert all(d.id in said for d in list_detectors())
    for detector in list_detectors()[::9]:
        for language in ("en", "zh"):
            told = texts(one(ask("/detectors/x", language, parts={"id": detector.id})))
            assert detector.title.pick(language) in told
    with pytest.raises(NotFoundError):
        one(ask("/detectors/x", parts={"id": "nothing"}))


def test_a_refused_pack_is_told_with_its_reason(empty: Application, ask: Asks, tmp_path: Path) -> None:
    """Beside the rules of the good one."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(pack())
    (tmp_path / "rules" / "b.yaml").write_text("kind: runtime\nrules: [")
    app = shelved(empty, tmp_path / "rules")
    said = texts(page(msgspec.structs.replace(ask("/detectors"), app=app)))
    assert "b.yaml is not used." in said
    assert "shop-nc" in said
    assert "shop-nc" in texts(one(msgspec.structs.replace(ask("/detectors/x", parts={"id": "shop-nc"}), app=app)))


def test_filters(empty: Application, ask: Asks) -> None:
    """By kind, by text; nothing found says so."""
    assert "RUN-002" not in texts(page(ask("/detectors", query={"kind": "image"})))
    assert "Nothing matches" in texts(page(ask("/detectors", query={"text": "no such thing"})))


def test_a_detector_tells_how_often_it_fired_and_was_wrong(told: Application, ask: Asks) -> None:
    """In the list and on its own page, with the last alerts; the bars say in words what they show."""
    assert "0 %" in page(ask())
    change_state(told, LOCAL_ADMIN, INCIDENT_ID, IncidentState.FALSE_ALARM)
    assert "100 % (1)" in page(ask())
    html = one(ask(parts={"id": "RUN-002"}))
    assert 'aria-label="once in 30 days, 1 today"' in html
    assert "One of them is in an incident that people called a false alarm." in html
    assert f'href="/incidents/{INCIDENT_ID}"' in html
    assert "Has not fired in the last 30 days." in one(ask(parts={"id": "RUN-001"}))
