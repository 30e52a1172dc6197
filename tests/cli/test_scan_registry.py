"""`periderm scan registry` against a real one: an image, a platform, many tags; and nothing is fetched twice."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.cli.main import run
from tests.adapters.advisories_http.serving import authority
from tests.images import AWS_KEY, base_layer, blobs, config_of, digest, tar, write_layout
from tests.registry_servers import Asked, Real, htpasswd, layout, push, real, scripted

INDEX = "application/vnd.oci.image.index.v1+json"
WORD = "made-" + "up"
BASE = base_layer()


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    """team/app:1 and :1.0 are one image, :2 has one more layer."""
    path = tmp_path_factory.mktemp("registry")
    with real(path / "r") as server:
        one = layout(path / "one", [BASE], squeeze="zstd")
        for tag in ("1", "1.0"):
            push(path, one, f"docker://{server.host}/team/app:{tag}")
        push(
            path,
            layout(path / "two", [BASE, tar([("app/key", AWS_KEY)])], squeeze="zstd"),
            f"docker://{server.host}/team/app:2",
        )
        yield server


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's own state or credentials is used."""
    for name, value in (("PERIDERM_STATE", "state"), ("PERIDERM_CACHE", "cache"), ("HOME", "home"), ("XDG_RUNTIME_DIR", "run")):
        monkeypatch.setenv(name, str(tmp_path / value))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr("periderm.adapters.registry_http.asking._BACK_OFF", (0.0, 0.0, 0.0, 0.0))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("words", [("registry", ""), ("registry", "registry:"), ("image", "registry:"), ("image", "")])
def test_one_image_by_every_name(registry: Real, capsys: pytest.CaptureFixture[str], words: tuple[str, str]) -> None:
    """The same report, whichever way it is asked for; a bare name that podman does not have is looked for in its registry."""
    assert run(["scan", words[0], f"{words[1]}{registry.host}/team/app:2", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["kind"] == "image"
    assert {p["name"] for p in report["inventory"]["packages"]} >= {"bash", "libc6"}
    assert any("AWS" in json.dumps(f) for f in report["findings"])
    assert report["inventory"]["source"].startswith(f"registry:{registry.host}/team/app:2@sha256:")
    assert AWS_KEY.decode() not in json.dumps(report)


def test_a_layer_that_was_read_is_not_fetched_again(registry: Real, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A new tag costs its new layers; the blobs may be gone by then."""
    assert run(["scan", "registry", f"{registry.host}/team/app:1", "--format", "json"]) == 0
    (blob,) = [path for path in (tmp_path / "cache/blobs").rglob("*") if path.is_file()]
    blob.unlink()
    capsys.readouterr()
    assert run(["scan", "registry", f"{registry.host}/team/app:2", "--format", "json"]) == 0
    fetched = [path.name for path in (tmp_path / "cache/blobs").rglob("*") if path.is_file()]
    assert len(fetched) == 1
    assert fetched != [blob.name]
    packages = json.loads(capsys.readouterr().out)["inventory"]["packages"]
    assert {p["name"] for p in packages} >= {"bash", "libc6"}


def test_every_tag_of_a_repository(registry: Real, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each image once, in a table, in JSON, and a file for each; the gate is asked of every one."""
    command = ["scan", "registry", f"{registry.host}/team/app"]
    assert run([*command, "--all-tags", "--fail-on", "critical", "--output", f"sarif={tmp_path / 'out'}"]) == 1
    out = capsys.readouterr().out
    assert "2 images of 3 tags" in out
    assert ("1 and 1 more" in out) or ("1.0 and 1 more" in out)
    assert [line.split()[-1] for line in out.splitlines()[1:3]].count("fails") == 1
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names[-1] == "2.sarif.json"
    assert len(names) == 2
    assert run([*command, "--tags", "2*", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "periderm.reports/1"
    assert [entry["tags"] for entry in told["reports"]] == [["2"]]
    assert told["reports"][0]["report"]["schema"].startswith("periderm.report/")


@pytest.mark.parametrize(
    ("arguments", "status", "what"),
    [
        (["registry", "{host}/team/app", "--all-tags", "--offline"], 2, "--offline"),
        (["registry", "{host}/team/app:2", "--offline"], 2, "--offline"),
        (["image", "{host}/team/app:2", "--offline"], 4, "podman has no image"),
        (["registry", "{host}/team/app:9"], 4, "does not have"),
        (["registry", "{host}/team/app:2", "--platform", "linux/s390x"], 4, "linux/s390x"),
        (["registry", "{host}/team/app:2", "--platform", "s390x"], 2, "no platform"),
        (["registry", "{host}/team/app:2", "--all-tags"], 2, "names one image"),
        (["registry", "{host}/team/app", "--tags", "x*"], 4, "No tag"),
        (["registry", "{host}/team/app", "--all-tags", "--format", "sarif"], 2, "--output sarif=FOLDER"),
        (["image", "x.tar", "--all-tags"], 2, "registry"),
        (["registry", "{host}/Team/app"], 2, "capital letters"),
        (["registry", "127.0.0.1:1/team/app"], 5, "cannot be asked"),
        (["registry"], 2, "needs a target"),
    ],
)
def test_what_cannot_be_done_is_said(
    registry: Real,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    status: int,
    what: str,
) -> None:
    """One sentence, the right exit status, and no traceback."""
    assert run(["scan", *(argument.format(host=registry.host) for argument in arguments)]) == status
    assert what in "".join(capsys.readouterr())


def test_a_password_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As a pipeline has it; without it the error says how to sign in, and nothing shows the password."""
    auth = {"htpasswd": {"realm": "tests", "path": str(htpasswd(tmp_path / "users", "reader", WORD))}}
    with real(tmp_path / "r", auth) as server:
        push(tmp_path, layout(tmp_path / "l", [BASE]), f"docker://{server.host}/a:1", "--dest-creds", f"reader:{WORD}")
        assert run(["scan", "registry", f"{server.host}/a:1"]) == 6
        assert "podman login" in capsys.readouterr().err
        for name, value in (("HOST", server.host), ("USERNAME", "reader"), ("PASSWORD", WORD)):
            monkeypatch.setenv(f"PERIDERM_REGISTRY_{name}", value)
        assert run(["scan", "registry", f"{server.host}/a:1"]) == 0
        assert WORD not in "".join(capsys.readouterr())


def test_what_another_tool_signed_in_with_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file that skopeo writes (and podman alike) is read as it is."""
    auth = {"htpasswd": {"realm": "tests", "path": str(htpasswd(tmp_path / "users", "reader", WORD))}}
    with real(tmp_path / "r", auth) as server:
        push(tmp_path, layout(tmp_path / "l", [BASE]), f"docker://{server.host}/a:1", "--dest-creds", f"reader:{WORD}")
        monkeypatch.setenv("REGISTRY_AUTH_FILE", str(tmp_path / "auth.json"))
        login = ["skopeo", "login", "--tls-verify=false", "-u", "reader", "--password-stdin", server.host]
        subprocess.run(login, input=WORD.encode(), check=True, capture_output=True)
        assert run(["scan", "registry", f"{server.host}/a:1"]) == 0
        assert "2 packages" in capsys.readouterr().out


def test_an_index_of_two_platforms(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pushed as it is: this machine's image, the other one by its platform, none for a third."""
    folder = tmp_path / "two"
    found: dict[str, bytes] = {}
    entries = []
    for platform in ("amd64", "arm64"):
        config = config_of([BASE, tar([("who", platform.encode())])]).replace(b'"amd64"', f'"{platform}"'.encode())
        parts, index = blobs([BASE, tar([("who", platform.encode())])], config=config)
        (entry,) = json.loads(index)["manifests"]
        entries.append({**entry, "annotations": {}, "platform": {"os": "linux", "architecture": platform}})
        found.update(parts)
    inner = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).encode()
    named = {"digest": digest(inner), "size": len(inner), "mediaType": INDEX}
    named["annotations"] = {"org.opencontainers.image.ref.name": "t:1"}
    outer = json.dumps({"schemaVersion": 2, "manifests": [named]}).encode()
    write_layout(folder, {**found, digest(inner): inner}, outer)
    with real(tmp_path / "r") as server:
        push(tmp_path, f"oci:{folder}:t:1", f"docker://{server.host}/a:1", "--all")
        command = ["scan", "registry", f"{server.host}/a:1", "--format", "json"]
        for platform in ("amd64", "arm64"):
            assert run([*command, "--platform", f"linux/{platform}"]) == 0
            inventory = json.loads(capsys.readouterr().out)["inventory"]
            assert inventory["config"]["architecture"] == platform
            assert len(inventory["manifests"]) == 2
        assert run([*command, "--platform", "linux/s390x"]) == 4
        assert "linux/amd64, linux/arm64" in capsys.readouterr().err


def test_a_private_authority_and_insecure_by_choice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Refused, trusted by its authority, or taken as it is, which is said."""
    ca, key = authority(tmp_path)
    with real(tmp_path / "r", tls=(key, key)) as server:
        push(tmp_path, layout(tmp_path / "l", [BASE]), f"docker://{server.host}/a:1")
        assert run(["scan", "registry", f"{server.host}/a:1"]) == 5
        assert "not trusted" in capsys.readouterr().err
        assert run(["scan", "registry", f"{server.host}/a:1", "--insecure-registry"]) == 0
        assert "without verifying who it is" in capsys.readouterr().err
        folder = tmp_path / "home/.config/containers/certs.d" / server.host
        folder.mkdir(parents=True)
        (folder / "ca.crt").write_bytes(ca.read_bytes())
        assert run(["scan", "registry", f"{server.host}/a:1"]) == 0
        assert "without" not in capsys.readouterr().err


def test_a_registry_that_wants_a_clients_certificate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is shown where certs.d has one with its key; without it the registry does not answer."""
    ca, key = authority(tmp_path)
    with real(tmp_path / "r", tls=(key, key), clients=ca) as server:
        folder = tmp_path / "home/.config/containers/certs.d" / server.host
        folder.mkdir(parents=True)
        (folder / "ca.crt").write_bytes(ca.read_bytes())
        assert run(["scan", "registry", f"{server.host}/a:1"]) == 5
        assert "cannot be asked" in capsys.readouterr().err
        for name in ("client.cert", "client.key"):
            (folder / name).write_bytes(key.read_bytes())
        push(tmp_path, layout(tmp_path / "l", [BASE]), f"docker://{server.host}/a:1", f"--dest-cert-dir={folder}")
        assert run(["scan", "registry", f"{server.host}/a:1"]) == 0


def test_a_hostile_registry_gives_no_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever it answers, and nothing of it reaches the terminal raw."""

    def script(asked: Asked) -> None:
        asked.reply(400, b'{"errors":[{"code":"\\u001b[31mX","message":"\\u202e\\u0007"}]}')

    with scripted(script) as server:
        assert run(["scan", "registry", f"{server.host}/a:1"]) == 3
    said = "".join(capsys.readouterr())
    assert "answers 400" in said
    assert "\x1b" not in said
