"""What a person does with alerts: list them and read one."""

from __future__ import annotations

from periderm.app.application import Application, require
from periderm.model.alert import Alert
from periderm.model.errors import NotFoundError
from periderm.model.principal import Permission, Principal
from periderm.model.query import Page, Query


def list_alerts(app: Application, who: Principal, query: Query) -> Page[Alert]:
    """A page of alerts."""
    require(who, Permission.READ)
    return app.store.alerts(query)


def show_alert(app: Application, who: Principal, alert_id: str) -> Alert:
    """One alert. Raises NotFoundError."""
    require(who, Permission.READ)
    alert = app.store.alert(alert_id)
    if alert is None:
        raise NotFoundError(f"There is no alert {alert_id!r}.", "`periderm incidents` lists what the alerts became.")
    return alert
