"""The part of `/api/v1` about the server's settings. Parses and asks `app`, which says what may be changed here."""

from __future__ import annotations

import msgspec

from periderm.app.change_settings import change_setting, reset_setting, undo_setting
from periderm.app.settings_shown import SettingsShown, show_settings
from periderm.model.override import Override
from periderm.server.endpoints import Call, Endpoint, decode_body
from periderm.server.listing import V1

_AGAIN = "Asks for a proof in the last 15 minutes (`/account/confirm`); a token cannot."


class NewValue(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Body of a setting's value, as its variable would hold it: `on`, `50`, `a, b`."""

    value: str


def _change(call: Call) -> Override:
    given: NewValue = decode_body(call, NewValue)
    return change_setting(call.app, call.who, call.path["id"], given.value)


SETTINGS: tuple[Endpoint, ...] = (
    Endpoint(
        method="GET",
        path=f"{V1}/settings",
        summary="Every setting of the server, its value and where it comes from; never a secret. For administrators.",
        handle=lambda call: show_settings(call.app, call.who),
        answer=SettingsShown,
        tag="operations",
    ),
    Endpoint(
        method="PUT",
        path=f"{V1}/settings/{{id}}",
        summary=f"Set one that neither the file nor the environment says, where the console may. {_AGAIN}",
        handle=_change,
        answer=Override,
        body=NewValue,
        tag="operations",
    ),
    Endpoint(
        method="POST",
        path=f"{V1}/settings/{{id}}/undo",
        summary=f"Set it again to what was set before; no content if that was nothing. {_AGAIN}",
        handle=lambda call: undo_setting(call.app, call.who, call.path["id"]),
        answer=Override,
        tag="operations",
    ),
    Endpoint(
        method="DELETE",
        path=f"{V1}/settings/{{id}}",
        summary=f"What was set here of it counts no more: the default does. {_AGAIN}",
        handle=lambda call: reset_setting(call.app, call.who, call.path["id"]),
        status=204,
        tag="operations",
    ),
)
