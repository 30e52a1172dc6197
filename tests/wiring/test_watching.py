"""What asks watched registries is made with the credentials that each names, read when they are needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm import wiring
from periderm.model.errors import DeniedError
from periderm.model.settings import Settings
from periderm.wiring.watching import secret_named, watched_client


def test_a_secret_is_read_where_it_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of the environment or a file; what is not there is told by its name."""
    monkeypatch.setenv("SHOP_TEST_SECRET", " word\n")
    assert secret_named("env:SHOP_TEST_SECRET") == "word"
    path = tmp_path / "s"
    path.write_text("other\n")
    path.chmod(0o600)
    assert secret_named(f"file:{path}") == "other"
    with pytest.raises(DeniedError, match="SHOP_TEST_NONE"):
        secret_named("env:SHOP_TEST_NONE")


def test_clients_are_made_without_asking(tmp_path: Path) -> None:
    """With the files of docker and podman, or with a reference; nothing is read before something is asked for."""
    settings = Settings(state=str(tmp_path), cache=str(tmp_path))
    for credentials in ("", "docker", "env:SHOP_TEST_NONE"):
        assert watched_client(settings, credentials) is not None


def test_the_secret_of_a_webhook_is_made_once(tmp_path: Path) -> None:
    """In the state folder, for its owner only."""
    settings = Settings(state=str(tmp_path), cache=str(tmp_path))
    reference = wiring.hook_secret(settings, "shop", "quay")
    assert wiring.hook_secret(settings, "shop", "quay") == reference
    assert len(secret_named(reference)) >= 32
