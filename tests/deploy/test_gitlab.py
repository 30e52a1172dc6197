"""The GitLab component: its shape is GitLab's, and its script runs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.pipelines import ROOT, add_key, on_path, shop

FILE = ROOT / "deploy/ci/gitlab/periderm.yml"
# docs.gitlab.com, CI/CD YAML syntax reference and "CI/CD inputs": what may stand where.
INPUT_KEYS = {"description", "options", "default", "type", "regex"}
JOB_KEYS = {"stage", "image", "variables", "cache", "script", "artifacts"}
REPORTS = {"container_scanning", "dependency_scanning", "sast", "secret_detection", "codequality", "cyclonedx", "junit"}
TYPED = ("container_scanning", "dependency_scanning", "sast", "secret_detection")


def job(**given: str) -> tuple[str, dict[str, Any]]:
    """(name, job) with the inputs filled in, as GitLab does: `$[[ inputs.x ]]` becomes text before the YAML is read."""
    head, _, body = FILE.read_text().partition("\n---\n")
    inputs = yaml.safe_load(head)["spec"]["inputs"]
    assert set(given) <= set(inputs)
    values = {name: given.get(name, told.get("default")) for name, told in inputs.items()}
    missing = [name for name, value in values.items() if value is None]
    assert not missing, missing
    for name, value in given.items():
        assert value in inputs[name].get("options", [value])
    filled = re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda m: str(values[m[1]]), body)
    ((name, told),) = yaml.safe_load(filled).items()
    return name, told


def test_the_shape() -> None:
    """A header with documented inputs, one job with known keys, reports that GitLab knows."""
    head, _, _ = FILE.read_text().partition("\n---\n")
    inputs = yaml.safe_load(head)["spec"]["inputs"]
    assert all(set(told) <= INPUT_KEYS and told["description"] for told in inputs.values())
    name, told = job(image="registry.example/periderm:1")
    assert name == "periderm"
    assert set(told) == JOB_KEYS
    assert set(told["artifacts"]["reports"]) <= REPORTS
    assert told["artifacts"]["when"] == "always"
    page = (ROOT / "docs/how-to/ci.md").read_text()
    assert [name for name in inputs if f"`{name}`" not in page] == []


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize(("bad", "status"), [(False, 0), (True, 1)])
def test_the_script(tmp_path: Path, bad: bool, status: int) -> None:
    """Run by a shell as a runner does: the reports are there whether the gate is met or not, in GitLab's own forms."""
    folder = shop(tmp_path / "shop")
    if bad:
        add_key(folder)
    _, told = job(image="x", scanners="secrets")
    environment = on_path(tmp_path / "bin")
    variables = {name: str(value).replace("$CI_PROJECT_DIR", str(folder)) for name, value in told["variables"].items()}
    done = subprocess.run(
        ["sh", "-e", "-c", "\n".join(told["script"])],
        cwd=folder,
        env={**environment, **variables},
        capture_output=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    for kind, name in told["artifacts"]["reports"].items():
        assert (folder / name).stat().st_size, kind
    for kind, name in told["artifacts"]["reports"].items():
        if kind in TYPED:
            assert json.loads((folder / name).read_bytes())["scan"]["type"] == kind
    assert bool(json.loads((folder / "gl-secrets-periderm.json").read_bytes())["vulnerabilities"]) is bad
    assert bool(json.loads((folder / "gl-codequality-periderm.json").read_bytes())) is bad
    assert all((folder / path).exists() for path in told["artifacts"]["paths"])
