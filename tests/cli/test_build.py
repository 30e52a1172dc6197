"""`periderm build`, with a builder that is a script: what is shown, what the exit status says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.cli.main import run
from tests.building import harmless_layer, secret_layer
from tests.images import docker_archive

SCRIPT = """#!/bin/sh
# A builder that gives a ready image: its archive lies beside it.
here=$(dirname "$0")
echo "$@" >>"$here/asked"
case " $* " in
  *" --version "*) echo "podman version 4.3.1"; exit 0 ;;
  *" inspect "*) exit 1 ;;
  *" oci-archive:"*) for last; do :; done; last=${last#oci-archive:}; cp "$here/image.tar" "${last%:image}"; exit 0 ;;
  *" build "*)
    echo "STEP 1"
    while [ $# -gt 0 ]; do
      if [ "$1" = --iidfile ]; then cp "$here/iid" "$2"; fi
      shift
    done
    exit "$(cat "$here/status")" ;;
esac
"""


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's own state is used or written."""
    monkeypatch.setenv("PERIDERM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PERIDERM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def builder(tmp_path: Path) -> Path:
    """A podman of its own kind, whose image has a private key in it."""
    return made(tmp_path, [secret_layer()])


def made(folder: Path, layers: list[bytes], status: int = 0) -> Path:
    """The script and its image."""
    import hashlib
    import tarfile

    place = folder / "bin"
    place.mkdir(exist_ok=True)
    docker_archive(place / "image.tar", layers)
    with tarfile.open(place / "image.tar") as archive:
        manifest = archive.extractfile("manifest.json")
        assert manifest is not None
        config = archive.extractfile(json.load(manifest)[0]["Config"])
        assert config is not None
        (place / "iid").write_text(f"sha256:{hashlib.sha256(config.read()).hexdigest()}")
    (place / "status").write_text(str(status))
    (place / "podman").write_text(SCRIPT)
    (place / "podman").chmod(0o755)
    return place / "podman"


def test_refused(builder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What was found, what to change, that the name was not given; status 1, and no `tag` was asked of the builder."""
    assert run(["build", "--", str(builder), "build", "-t", "shop:1", "."]) == 1
    out, err = capfd.readouterr()
    assert "STEP 1" in out
    assert "app/key.pem" in out
    assert "Refused: shop:1 was not given" in out
    assert "--allow REASON" in out
    assert "A key pair to sign with was made" in err
    assert not any(line.startswith("tag ") for line in (builder.parent / "asked").read_text().splitlines())


def test_allowed_and_verified(builder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """With a reason it passes; who has the public key reads the reason; who has another key is told."""
    args = ["build", "--attest", "kept", "--report", "r.sarif", "--", str(builder), "build", "-t", "shop:1", "."]
    assert run(["build", "--allow", "a key of the tests", *args[1:]]) == 0
    assert "Allowed, though 1 findings" in capfd.readouterr().out
    assert json.loads((tmp_path / "r.sarif").read_bytes())["version"] == "2.1.0"
    check = ["verify", str(builder.parent / "image.tar"), "--attest", "kept", "--key"]
    assert run([*check, str(tmp_path / "state/keys/signing.pub.pem")]) == 0
    out = capfd.readouterr().out
    assert "a key of the tests" in out
    assert "It holds" in out


def test_as_json(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """One document on standard output; what the builder says is beside it."""
    script = made(tmp_path, [harmless_layer()])
    assert run(["build", "--json", "--", str(script), "build", "-t", "shop:1", "."]) == 0
    out, err = capfd.readouterr()
    told = json.loads(out)
    assert (told["refused"], told["names"], told["images"][0]["verdict"]["passed"]) == (False, ["localhost/shop:1"], True)
    assert "STEP 1" in err


def test_the_builders_status(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Is handed on."""
    script = made(tmp_path, [harmless_layer()], status=42)
    assert run(["build", "--", str(script), "build", "."]) == 42
    assert "nothing was built" in capfd.readouterr().err


def test_policies(tmp_path: Path, builder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A policy beside the source replaces the default; a condition of the command line counts as well."""
    folder = tmp_path / "src" / ".periderm"
    folder.mkdir(parents=True)
    (folder / "policy.yaml").write_text(
        "policy:\n  - id: none\n    title: Nothing fails\n    condition: severity > 5\n    action: fail\n"
    )
    assert run(["build", "--", str(builder), "build", str(tmp_path / "src")]) == 0
    assert run(["build", "--fail-on", "kind == 'secret'", "--", str(builder), "build", str(tmp_path / "src")]) == 1
    assert run(["build", "--fail-on", "kin == 'secret'", "--", str(builder), "build", "."]) == 2
    assert "kin" in capfd.readouterr().err


@pytest.mark.parametrize(
    "words", [[], ["--builder", "make", "."], ["--", "make"], ["--report", "x.unknown", "--", "podman", "build", "-o", "x"]]
)
def test_wrong_words(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    """Are told, with what to write instead."""
    assert run(["build", *words]) == 2
    assert capfd.readouterr().err.count("\n") >= 2


def test_in_chinese(builder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """As everything else."""
    run(["build", "--lang", "zh", "--", str(builder), "build", "-t", "shop:1", "."])
    assert "已拒绝" in capfd.readouterr().out
