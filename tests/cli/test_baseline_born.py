"""`periderm baseline born`, from the command line to what is printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.cli.main import run
from tests.images import config_of, docker_archive, tar
from tests.starting import BASE


def test_what_an_image_promises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """As a table and as JSON, with the manifest's say."""
    monkeypatch.setenv("PERIDERM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PERIDERM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    layers = [tar(BASE)]
    image = str(
        docker_archive(tmp_path / "a.tar", layers, config=config_of(layers, Entrypoint=["/entrypoint.sh"], Cmd=["nginx"]))
    )
    assert run(["baseline", "born", image, "--dimension", "network"]) == 0
    told = capsys.readouterr().out
    assert "/usr/sbin/nginx" in told
    assert "listens on tcp/80" in told
    assert "/etc/nginx/nginx.conf:3" in told
    manifest = tmp_path / "pod.yaml"
    manifest.write_text("kind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: web, ports: [{containerPort: 8443}]}]}\n")
    assert run(["baseline", "born", image, "--manifest", str(manifest)]) == 0
    said = capsys.readouterr()
    assert "manifest: containerPort 8443" in said.out
    assert "Run as web of Pod/p says." in said.err
    assert run(["baseline", "born", image, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["name"] == image
    assert "entrypoint" in json.dumps(found["entries"])
