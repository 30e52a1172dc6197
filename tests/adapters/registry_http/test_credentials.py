"""Credentials come from where podman and docker keep them, and from helpers that cannot hang a scan."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from periderm.adapters.registry_http import credentials
from periderm.adapters.registry_http.credentials import CredentialFiles, files
from periderm.model.errors import DeniedError, FormatError
from periderm.model.registry import Credentials

WORD = "made-" + "up"


def write(path: Path, **fields: object) -> None:
    """A file of credentials."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(fields))


def entry(user: str) -> dict[str, str]:
    """An entry."""
    return {"auth": base64.b64encode(f"{user}:{WORD}".encode()).decode()}


def helper(folder: Path, name: str, script: str) -> None:
    """A helper program."""
    path = folder / f"docker-credential-{name}"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_the_files_in_their_order() -> None:
    """containers-auth.json(5): the override, the runtime folder, the user's own, docker's, the old one."""
    told = {"REGISTRY_AUTH_FILE": "/a", "XDG_RUNTIME_DIR": "/run/u", "DOCKER_CONFIG": "/d"}
    assert files(told, "/home/u", 7) == (
        "/a",
        "/run/u/containers/auth.json",
        "/home/u/.config/containers/auth.json",
        "/d/config.json",
        "/home/u/.dockercfg",
    )
    assert files({}, "/h", 7)[0] == "/run/containers/7/auth.json"


def test_the_first_file_that_knows_counts(tmp_path: Path) -> None:
    """Others are looked into only for what it does not have."""
    write(tmp_path / "run/containers/auth.json", auths={"a.example": entry("podman")})
    write(tmp_path / ".docker/config.json", auths={"a.example": entry("docker"), "b.example": entry("docker")})
    (tmp_path / ".dockercfg").write_text(json.dumps({"c.example": entry("old")}))
    found = CredentialFiles({"XDG_RUNTIME_DIR": str(tmp_path / "run")}, str(tmp_path), 1).find
    assert found("a.example", "x") == Credentials("podman", WORD)
    assert found("b.example", "x") == Credentials("docker", WORD)
    assert found("c.example", "x") == Credentials("old", WORD)
    assert found("d.example", "x") is None


def test_a_helper_is_asked_by_its_protocol(tmp_path: Path) -> None:
    """`get`, the name on standard input, JSON back; its answer goes before an entry."""
    write(
        tmp_path / ".docker/config.json", credHelpers={"a.example": "made"}, auths={"a.example": entry("x")}, credsStore="all"
    )
    answer = json.dumps({"ServerURL": "", "Username": "helped", "Secret": WORD})
    helper(tmp_path, "made", f'test "$1" = get && read -r name; test "$name" = a.example && echo \'{answer}\'')
    helper(tmp_path, "all", "echo credentials not found in native keychain; exit 1")
    found = CredentialFiles({"PATH": f"{tmp_path}:/usr/bin:/bin"}, str(tmp_path), 1).find
    assert found("a.example", "x") == Credentials("helped", WORD)
    assert found("b.example", "x") is None


@pytest.mark.parametrize(
    ("script", "what", "seconds"),
    [
        ("sleep 600", "no answer", 0.3),
        ("exec yes", "no answer", 0.3),
        ("echo broken >&2; exit 3", "failed", 180.0),
        ("exec sleep 600 >/dev/null", "no answer", 0.3),
    ],
)
def test_helpers_that_misbehave_are_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, what: str, seconds: float
) -> None:
    """One that waits, one that never stops talking, one that fails: an error each, and no waiting."""
    monkeypatch.setattr(credentials, "HELPER_SECONDS", seconds)
    write(tmp_path / ".docker/config.json", credsStore="bad")
    helper(tmp_path, "bad", script)
    found = CredentialFiles({"PATH": f"{tmp_path}:/usr/bin:/bin"}, str(tmp_path), 1)
    with pytest.raises(DeniedError, match=what) as caught:
        found.find("a.example", "x")
    assert caught.value.next_step


def test_a_helper_that_is_not_there(tmp_path: Path) -> None:
    """Is named."""
    write(tmp_path / ".docker/config.json", credsStore="missing")
    with pytest.raises(DeniedError, match="docker-credential-missing"):
        CredentialFiles({"PATH": str(tmp_path)}, str(tmp_path), 1).find("a.example", "x")


def test_a_broken_file_is_said_and_not_passed_over(tmp_path: Path) -> None:
    """Somebody else's credentials must not take the place of those that were meant."""
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker/config.json").write_text("{")
    with pytest.raises(FormatError, match=r"config\.json"):
        CredentialFiles({}, str(tmp_path), 1).find("a.example", "x")
