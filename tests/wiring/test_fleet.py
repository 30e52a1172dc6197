"""The doors by TLS that the settings name, and a machine's place."""

from __future__ import annotations

import http.client
import ssl
from pathlib import Path

import msgspec
import pytest

from periderm.model.errors import UsageError
from periderm.model.settings import Settings
from periderm.wiring import fleet
from periderm.wiring.processes import uplink
from tests.free_ports import free_port


def settings_of(folder: Path, **more: object) -> Settings:
    """In a folder of the test's own."""
    return msgspec.structs.replace(Settings(state=str(folder), cache=str(folder / "cache")), **more)


def test_the_console_answers_by_tls_with_a_certificate_of_our_own_authority(tmp_path: Path) -> None:
    """To the names that it was given and its address, and to no other; its sign-in cookie would be for TLS only."""
    port = free_port()
    settings = settings_of(tmp_path, listen=f"127.0.0.1:{port}", hosts="periderm.example")
    with fleet.authority_app(settings) as app:
        own = fleet.authority(settings)
        with fleet.doors(settings, app, own):
            context = ssl.create_default_context(cadata="\n".join(own.certificates()))
            for host, status in (("127.0.0.1", 200), ("periderm.example", 200), ("evil.example", 421)):
                connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=180)
                connection.request("GET", "/api/v1/openapi.json", headers={"Host": f"{host}:{port}"})
                response = connection.getresponse()
                response.read()
                connection.close()
                assert response.status == status


def test_no_door_is_opened_that_nobody_asked_for(tmp_path: Path) -> None:
    """By default there is loopback alone, and a place that is none is said."""
    settings = settings_of(tmp_path)
    with fleet.authority_app(settings) as app:
        with fleet.doors(settings, app, fleet.authority(settings)):
            pass
        with pytest.raises(UsageError), fleet.doors(settings_of(tmp_path, agents="everywhere"), app, fleet.authority(settings)):
            pass


def test_where_a_machine_reports(tmp_path: Path) -> None:
    """To its own server by token, to one elsewhere by certificate, which is then kept young."""
    assert fleet.renewing(settings_of(tmp_path)) is None
    elsewhere = settings_of(tmp_path, server="https://127.0.0.1:1")
    assert fleet.renewing(elsewhere) is not None
    assert not fleet.membership(elsewhere).joined()
    uplink(elsewhere).close()
    with pytest.raises(UsageError):
        uplink(settings_of(tmp_path, server="http://127.0.0.1:1"))
