"""The client of registries is put together from this machine's files and the environment, and from nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from periderm.formats.image_reference import parse
from periderm.model.errors import DeniedError, UsageError
from periderm.model.registry import Credentials, RegistryOptions
from periderm.model.settings import Settings
from periderm.wiring import registry_client, registry_options
from periderm.wiring.registering import blob_bytes
from tests.registry_servers import Asked, scripted

MANIFEST = b'{"schemaVersion":2,"config":{},"layers":[]}'
WORD = "made-" + "up"


def settings(tmp_path: Path) -> Settings:
    """Folders of a test."""
    return Settings(state=str(tmp_path / "s"), cache=str(tmp_path / "c"))


def guarded(asked: Asked) -> None:
    """Asks for a password."""
    if "Authorization" in asked.headers:
        asked.reply(200, MANIFEST)
    else:
        asked.reply(401, b"", WWW_Authenticate='Basic realm="x"')


def test_the_environment() -> None:
    """Lists with commas; credentials need the registry that they are for."""
    told = {
        "PERIDERM_REGISTRY_HOST": "r.example",
        "PERIDERM_REGISTRY_USERNAME": "u",
        "PERIDERM_REGISTRY_PASSWORD": WORD,
        "PERIDERM_REGISTRY_INSECURE": "a:5000, b",
        "PERIDERM_REGISTRY_REALMS": "t",
        "PERIDERM_REGISTRY_REDIRECTS": "s",
        "PERIDERM_REGISTRY_CA_FILE": "/ca",
    }
    assert registry_options(told) == RegistryOptions(
        insecure=("a:5000", "b"),
        host="r.example",
        credentials=Credentials("u", WORD),
        ca_file="/ca",
        realms=("t",),
        redirects=("s",),
    )
    assert registry_options({}) == RegistryOptions()
    with pytest.raises(UsageError, match="no registry is named"):
        registry_options({"PERIDERM_REGISTRY_TOKEN": WORD})


def test_credentials_go_to_the_registry_that_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And to no other; whoever watches may bring its own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    with scripted(guarded) as one, scripted(guarded) as two:
        options = RegistryOptions(host=one.host, credentials=Credentials("u", WORD))
        client = registry_client(settings(tmp_path), options=options)
        assert client.manifest(parse(f"{one.host}/a")).data == MANIFEST
        with pytest.raises(DeniedError):
            client.manifest(parse(f"{two.host}/a"))
        brought = registry_client(settings(tmp_path), find=lambda _registry, _repository: Credentials("w", WORD))
        assert brought.manifest(parse(f"{two.host}/a")).data == MANIFEST


def test_our_own_file_goes_before_the_machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """registries.toml in the state folder, of the same form."""
    monkeypatch.setenv("CONTAINERS_REGISTRIES_CONF", str(tmp_path / "none.conf"))
    (tmp_path / "s").mkdir()
    (tmp_path / "s/registries.toml").write_text('[[registry]]\nlocation = "r.example"\nblocked = true\n')
    with pytest.raises(DeniedError, match="blocked"):
        registry_client(settings(tmp_path)).manifest(parse("r.example/a"))


def test_how_much_is_kept() -> None:
    """A number of MiB, or a sentence."""
    assert blob_bytes({}) == 20 << 30
    assert blob_bytes({"PERIDERM_REGISTRY_CACHE_MIB": "3"}) == 3 << 20
    for wrong in ("0", "x", "-1", "", "9" * 20):
        with pytest.raises(UsageError):
            blob_bytes({"PERIDERM_REGISTRY_CACHE_MIB": wrong})


def test_nothing_of_it_is_loaded_by_a_scan_of_a_file() -> None:
    """A scan that asks no registry pays for none."""
    script = (
        "import sys, periderm.cli.scan, periderm.wiring.scanning, periderm.wiring.reports\n"
        "sys.exit(any(name in sys.modules for name in ('ssl', 'http.client', 'periderm.adapters.registry_http.client')))\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
