"""Prometheus' Alertmanager, API v2 (https://prometheus.io/docs/alerting/latest/alerts_api/)."""

from __future__ import annotations

from periderm.adapters.notifier_net.http import Http, authorization
from periderm.formats.notices.alertmanager import alerts
from periderm.model.notice import Message


class Alertmanager:
    """`ports.notifier.Notifier`. The address is that of the Alertmanager, with its route prefix if it has one."""

    def __init__(self, http: Http, secret: str = "") -> None:
        self._http = http
        self._headers = authorization(secret)

    def deliver(self, message: Message) -> str:
        """All notices in one request."""
        path = self._http.path.rstrip("/") + "/api/v2/alerts"
        return str(self._http.post(path, alerts(message), self._headers).status)
