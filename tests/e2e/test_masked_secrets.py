"""One image with every kind of secret, in every place: no output, cache or store holds one of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.adapters.scan_cache_files import _opened
from periderm.app.write_report import FORMS
from periderm.cli.main import run
from periderm.engines.image import DETECTORS
from periderm.engines.image.secrets import Matcher, SecretPattern
from tests.images import base_layer, config_of, docker_archive, tar

ALL = [p for d in DETECTORS for p in d.patterns]
ANYWHERE = [p for p in ALL if p.quick and p.paths is None and b"\\A" not in p.exact]
_MATCHER = Matcher(ALL)


def secret_of(pattern: SecretPattern) -> bytes:
    """The secret in a kind's first example."""
    return next(s for p, _, s in _MATCHER.find(pattern.examples()[0], pattern.place) if p is pattern)


SECRETS = {p.name: secret_of(p) for p in ALL}


def hidden(pattern: SecretPattern) -> bytes:
    """What must be seen nowhere: the end of the secret, behind all that may be shown."""
    secret = SECRETS[pattern.name]
    return secret[max(pattern.show, len(secret) // 2) :]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file for each kind, deleted by the next layer; and environment, labels, history, command and a file's name."""
    files = [
        (f"srv/kinds/{p.name}/{p.place.rpartition('/')[2]}" if p.quick else f"{p.name}/{p.place}", p.examples()[0]) for p in ALL
    ]
    gone = [(f"{folder}/.wh.{name}", b"") for folder, _, name in (path.rpartition("/") for path, _ in files)]
    told = [p.examples()[0].decode().strip() for p in ANYWHERE]
    named = next(p for p in ALL if p.name == "github-token")
    layers = [base_layer(), tar(files), tar([(f"srv/{SECRETS[named.name].decode()}.txt", b"x")]), tar(gone)]
    config = json.loads(
        config_of(
            layers,
            Env=["PATH=/usr/bin", *(f"V{n}={text}" for n, text in enumerate(told))],
            Labels={f"l{n}": text for n, text in enumerate(told)},
            Cmd=told,
        )
    )
    config["history"] += [{"created_by": f"RUN y {text}", "empty_layer": True} for text in told]
    return str(docker_archive(tmp_path_factory.mktemp("image") / "every.tar", layers, config=json.dumps(config).encode()))


@pytest.fixture(autouse=True)
def own_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's own state is used or written."""
    monkeypatch.setenv("PERIDERM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PERIDERM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("GITHUB_SHA", "0" * 40)
    monkeypatch.setenv("GITHUB_REF", "refs/heads/main")
    monkeypatch.chdir(tmp_path)


def shown(data: bytes) -> list[str]:
    """The kinds whose secret, or its second half, is in the data; as it is, and as JSON writes it."""
    found = []
    for pattern in ALL:
        end = hidden(pattern)
        spelt = json.dumps(end.decode("latin-1"))[1:-1].encode()
        if len(end) >= 5 and end.decode("latin-1").isprintable() and (end in data or spelt in data):
            found.append(pattern.name)
    return found


def test_no_output_holds_a_secret(archive: str, tmp_path: Path) -> None:
    """Every form of the report, the kept facts of layers, and the store's rows; in a scan for all there is."""
    outputs = [f"--output={form}={tmp_path / form}.out" for form in FORMS]
    assert run(["scan", "image", archive, "--all", "--store", "--quiet", *outputs]) == 0
    for form in FORMS:
        data = (tmp_path / f"{form}.out").read_bytes()
        assert data, form
        assert (form, shown(data)) == (form, [])
    kept = [
        _opened(p.read_bytes(), p.name) for p in (tmp_path / "cache").rglob("*") if p.is_file() and not p.name.startswith(".")
    ]
    facts = [value for value in kept if value and b"srv/kinds" in value]
    assert facts
    assert [shown(value) for value in kept if value and shown(value)] == []
    stored = [p for p in (tmp_path / "state").rglob("*.sqlite*") if p.is_file()]
    assert stored
    assert [(p.name, shown(p.read_bytes())) for p in stored if shown(p.read_bytes())] == []


def test_a_scan_for_packages_alone_shows_none_either(archive: str, tmp_path: Path) -> None:
    """What an inventory says of the image's configuration is masked, whatever was looked for."""
    path = tmp_path / "report.json"
    assert run(["scan", "image", archive, "--scanners", "packages", "--quiet", "--no-cache", f"--output=json={path}"]) == 0
    data = path.read_bytes().replace(SECRETS["github-token"], b"")  # names of files are masked where secrets are looked for
    assert shown(data) == []


def test_every_kind_is_told(archive: str, tmp_path: Path) -> None:
    """Of each family at least one finding, and each says that the file is gone and the layer still holds it."""
    path = tmp_path / "report.json"
    assert run(["scan", "image", archive, "--scanners", "secrets", "--quiet", "--no-cache", f"--output=json={path}"]) == 0
    findings = json.loads(path.read_bytes())["findings"]
    told = {f["detector"] for f in findings}
    assert {d.spec.id for d in DETECTORS if d.patterns and d.spec.id != "IMG-011"} <= told
    assert {"IMG-012", "IMG-013", "IMG-014"} <= told
