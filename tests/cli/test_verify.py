"""`periderm verify`: what holds, what does not, and why. That it reads what `build` wrote is in test_build."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from periderm.app.attest import attestations
from periderm.app.judge_image import judge_image, read_gate
from periderm.cli.main import run
from tests.app.test_attest import BUILT
from tests.building import KEY, OTHER_PUBLIC, PUBLIC, MemoryBuilder, harmless_layer
from tests.images import docker_archive
from tests.reports import report


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An image, its attestations, and two keys."""
    monkeypatch.setenv("PERIDERM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PERIDERM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.chdir(tmp_path)
    docker_archive(tmp_path / "a.tar", [harmless_layer()])
    own = msgspec.structs.replace(report().inventory, digest=f"sha256:{MemoryBuilder().id}")
    told = msgspec.structs.replace(report(), inventory=own)
    verdict = judge_image(told, read_gate("false"), None, by="me").verdict
    Path("a.jsonl").write_bytes(b"\n".join(attestations(told, verdict, BUILT, KEY, names=("shop:1",))))
    Path("good.pem").write_bytes(PUBLIC)
    Path("other.pem").write_bytes(OTHER_PUBLIC)


def test_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    """Who signed, about what, when it passed."""
    assert run(["verify", "a.tar", "--attest", "a.jsonl", "--key", "other.pem", "--key", "good.pem"]) == 0
    out = capsys.readouterr().out
    assert "bill of materials" in out
    assert "shop:1" in out
    assert "by me" in out


def test_it_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    """Another key: everything is missing, and that somebody else signed is said."""
    assert run(["verify", "a.tar", "--attest", "a.jsonl", "--key", "other.pem", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["holds"], told["foreign"], len(told["problems"])) == (False, 4, 4)
    assert run(["verify", "a.tar", "--attest", "a.jsonl", "--key", "other.pem"]) == 1
    assert "Do not trust it" in capsys.readouterr().out


def test_what_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """One kind is enough if only that is required; unknown kinds are an error."""
    lines = Path("a.jsonl").read_bytes().splitlines()
    Path("a.jsonl").write_bytes(lines[1])
    assert run(["verify", "a.tar", "--attest", "a.jsonl", "--key", "good.pem", "--require", "sbom"]) == 0
    assert run(["verify", "a.tar", "--attest", "a.jsonl", "--key", "good.pem"]) == 1
    assert run(["verify", "a.tar", "--attest", "a.jsonl", "--key", "good.pem", "--require", "luck"]) == 2
    assert run(["verify", "a.tar", "--attest", "nothing", "--key", "good.pem"]) == 4
    assert run(["verify", "a.tar", "--attest", "a.jsonl"]) == 2
    assert "Name the public key" in capsys.readouterr().err
