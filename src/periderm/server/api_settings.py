"""The part of `/api/v1` about the server's settings. Parses and asks `app`; changes nothing."""

from __future__ import annotations

from periderm.app.settings_shown import SettingsShown, show_settings
from periderm.server.endpoints import Endpoint
from periderm.server.listing import V1

SETTINGS: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path=f"{V1}/settings",
        summary="Every setting of the server, its value and where it comes from; never a secret. For administrators.",
        handle=lambda call: show_settings(call.app, call.who),
        answer=SettingsShown,
        tag="operations",
    ),
)
