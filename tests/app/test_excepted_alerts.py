"""What an exception would have hidden of past alerts."""

from __future__ import annotations

import msgspec

from periderm.app.application import Application
from periderm.app.excepted_alerts import DAYS, alerts_hidden
from periderm.app.exemptions import preview_exemption
from periderm.model.exception import Exemption, Scope
from periderm.model.principal import LOCAL_ADMIN
from tests.story import INCIDENT_ID, SECOND, alerts


def exemption(app: Application, **scope: tuple[str, ...]) -> Exemption:
    """One that holds for a day."""
    end = app.clock.now() + 86_400 * SECOND
    return Exemption(id="exc-1", reason="ours", owner="ada", expires=end, scope=Scope(**scope))


def test_only_what_names_a_detector_hides_alerts(told: Application) -> None:
    """An exception for a package or an image's weaknesses silences nothing that happens."""
    assert alerts_hidden(told, exemption(told, findings=("RUN-002",))).total == 1
    assert alerts_hidden(told, exemption(told, findings=("run-0*",))).total == 4
    assert alerts_hidden(told, exemption(told, findings=("*",))).total == 0
    assert alerts_hidden(told, exemption(told, images=("localhost/shop/*",))).total == 0
    assert alerts_hidden(told, exemption(told, findings=("CVE-2026-1",))).total == 0


def test_all_fields_must_match(told: Application) -> None:
    """Image, program or what it acted on, workload."""
    hidden = alerts_hidden(told, exemption(told, findings=("RUN-010",), images=("localhost/shop/web",), paths=("etc/*",)))
    assert (hidden.total, hidden.high, hidden.looked_at, hidden.findable, hidden.whole) == (1, 1, 1, 1, True)
    assert alerts_hidden(told, exemption(told, findings=("RUN-010",), assets=("wrk-other",))).total == 0
    assert alerts_hidden(told, exemption(told, findings=("RUN-010",), assets=("nod-shop",))).total == 1


def test_an_incident_is_named_only_if_nothing_is_left(told: Application) -> None:
    """And what is older than the window is not looked at."""
    assert alerts_hidden(told, exemption(told, findings=("RUN-002",))).incidents == ()
    assert alerts_hidden(told, exemption(told, findings=("RUN-*",))).incidents == (INCIDENT_ID,)
    old = msgspec.structs.replace(alerts(1)[0], id="alt-old", last_time=told.clock.now() - (DAYS + 1) * 86_400 * SECOND)
    told.store.put_alerts([old])
    assert alerts_hidden(told, exemption(told, findings=("RUN-002",))).total == 1


def test_the_preview_of_an_exception_tells_it(told: Application) -> None:
    """Beside the findings."""
    nameless = msgspec.structs.replace(exemption(told, findings=("RUN-002", "IMG-SHELL")), id="")  # as doors make them
    seen = preview_exemption(told, LOCAL_ADMIN, nameless)
    assert (seen.total, seen.alerts.total, seen.whole) == (1, 1, True)
