"""Certificates for loopback, and plugs to places on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.notifier_net.http import Http
from tests.adapters.advisories_http.serving import authority
from tests.told import LOOPBACK, Place


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(the authority's certificate, the server's key and certificate for 127.0.0.1)."""
    return authority(tmp_path_factory.mktemp("certificates"))


def http(place: Place, path: str = "/hook") -> Http:
    """What asks a place."""
    return Http(place.url + path, LOOPBACK)
