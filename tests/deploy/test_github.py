"""The GitHub action, its steps run as its own file has them, in a real repository with the real product."""

from __future__ import annotations

import base64
import gzip
import json
import shutil
from pathlib import Path

import pytest
import yaml

from tests.deploy.pipelines import ROOT, add_key, on_path, run_action, shop

ACTION = ROOT / "deploy/ci/github/action.yml"
pytestmark = pytest.mark.skipif(shutil.which("git") is None or shutil.which("bash") is None, reason="needs git and bash")


def test_a_clean_repository_passes(tmp_path: Path) -> None:
    """Status 0, all files, a summary; nothing is installed, fetched or sent."""
    run = run_action(ACTION, {"scanners": "secrets"}, shop(tmp_path / "shop"), on_path(tmp_path / "bin"))
    assert (run.status, run.outputs["status"]) == (0, "0"), run.log
    assert json.loads(Path(run.outputs["sarif"]).read_bytes())["version"] == "2.1.0"
    assert json.loads(Path(run.outputs["json"]).read_bytes())["schema"] == "periderm.report/1"
    assert json.loads(Path(run.outputs["bom"]).read_bytes())["bomFormat"] == "CycloneDX"
    assert "nothing meets the gate" in run.summary
    assert run.steps["Fetch advisories"] == run.steps["Send the findings to the code scanning page"] == -1


def test_a_secret_fails_it(tmp_path: Path) -> None:
    """With the finding in the summary, an annotation in the log, and the findings sent before the job fails."""
    folder, environment = shop(tmp_path / "shop"), on_path(tmp_path / "bin")
    add_key(folder)
    gh = tmp_path / "bin" / "gh"  # the program of the hosted machines; here it keeps what it is given
    gh.write_text(
        f'#!/bin/sh\nfor each; do printf "%s\\n" "$each"; done >{tmp_path}/sent\nprintf "%s" "$GH_TOKEN" >>{tmp_path}/sent\n'
    )
    gh.chmod(0o755)
    run = run_action(ACTION, {"upload-sarif": "true"}, folder, environment)
    assert (run.status, run.outputs["status"]) == (1, "1"), run.log
    assert "deploy.pem" in run.summary
    assert "::error" in run.log or "::warning" in run.log
    sent = (tmp_path / "sent").read_text().splitlines()
    assert "/repos/team/shop/code-scanning/sarifs" in sent
    assert sent[-1] == "made-up-token"
    packed = Path(next(line for line in sent if line.startswith("sarif=@")).removeprefix("sarif=@"))
    assert json.loads(gzip.decompress(base64.b64decode(packed.read_bytes())))["version"] == "2.1.0"


def test_what_cannot_be_scanned_is_no_pass(tmp_path: Path) -> None:
    """Its status is kept, the job fails, and there are no files to upload."""
    given = {"what": "image", "target": "nothing.tar", "upload-sarif": "true"}
    run = run_action(ACTION, given, shop(tmp_path / "shop"), on_path(tmp_path / "bin"))
    assert (run.status, run.outputs["status"], run.outputs["sarif"]) == (4, "4", "")
    assert "not scanned" in run.summary


@pytest.mark.parametrize("name", ["target", "fail-on", "policy", "exceptions", "scanners"])
def test_inputs_are_no_commands(tmp_path: Path, name: str) -> None:
    """Whatever stands in them."""
    evil = f"$(touch {tmp_path}/caught)`touch {tmp_path}/caught`; touch {tmp_path}/caught \"'"
    run = run_action(ACTION, {name: evil}, shop(tmp_path / "shop"), on_path(tmp_path / "bin"))
    assert run.status not in (0, 1)
    assert not (tmp_path / "caught").exists()


def test_every_input_is_explained() -> None:
    """In the file that GitHub shows."""
    action = yaml.safe_load(ACTION.read_text())
    assert all(told["description"] for told in (*action["inputs"].values(), *action["outputs"].values()))
    page = (ROOT / "docs/how-to/ci.md").read_text()
    assert [name for name in action["inputs"] if f"`{name}`" not in page] == []
