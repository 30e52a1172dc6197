"""What tests of pipelines share: a real git repository, `periderm` on a PATH, and a runner for composite actions."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.building import pem

ROOT = Path(__file__).resolve().parents[2]
_EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")


def on_path(folder: Path) -> dict[str, str]:
    """An environment in which `periderm` is this product, with a state of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "periderm"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m periderm "$@"\n')
    program.chmod(0o755)
    kept = {name: os.environ[name] for name in ("PYTHONPATH", "HOME") if name in os.environ}
    return {
        **kept,
        "PATH": f"{folder}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.environ.get("PYTHONPATH", str(ROOT / "src")),
        "PERIDERM_STATE": str(folder / "state"),
        "PERIDERM_CACHE": str(folder / "cache"),
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.org",
    }


def shop(folder: Path) -> Path:
    """A repository with a harmless file and a private key that nobody uses."""
    folder.mkdir()
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    (folder / "main.py").write_text("print('hello')\n")
    return folder


def add_key(folder: Path) -> None:
    """The key, made up here."""
    (folder / "deploy.pem").write_bytes(pem(b"7" * 32)[0])


@dataclass
class Run:
    """What a composite action left: each step's status (-1: not run), outputs, the summary, the log."""

    status: int = 0
    steps: dict[str, int] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    log: str = ""


def run_action(path: Path, given: dict[str, str], folder: Path, environment: dict[str, str]) -> Run:
    """Interprets a composite action as GitHub documents it: inputs with defaults, `run` steps with bash, `if`, `env`, the files
    of outputs, summary and path. It knows no `uses`: the action must have none."""
    action: dict[str, Any] = yaml.safe_load(path.read_text())
    assert action["runs"]["using"] == "composite"
    unknown = set(given) - set(action["inputs"])
    assert not unknown, unknown
    inputs = {name: str(given.get(name, told.get("default", ""))) for name, told in action["inputs"].items()}
    temporary = folder.parent / "runner"
    temporary.mkdir(exist_ok=True)
    files = {name: temporary / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_PATH")}
    for file in files.values():
        file.write_text("")
    outputs: dict[str, dict[str, str]] = {}
    run = Run()

    def value(expression: str) -> str:
        found = re.fullmatch(r"inputs\.([\w-]+)", expression)
        if found:
            return inputs[found[1]]
        found = re.fullmatch(r"steps\.([\w-]+)\.outputs\.([\w-]+)", expression)
        if found:
            return outputs.get(found[1], {}).get(found[2], "")
        assert expression == "github.token", expression
        return "made-up-token"

    def filled(text: str) -> str:
        return _EXPRESSION.sub(lambda m: value(m[1]), text)

    inputs = {name: text if name in given else filled(text) for name, text in inputs.items()}  # defaults may ask for more

    def holds(condition: str) -> bool:
        for part in condition.split("&&"):
            left, operator, right = part.strip().partition(" == ") if " == " in part else part.strip().partition(" != ")
            same = value(left.strip()) == right.strip().strip("'")
            if same != (operator == " == "):
                return False
        return True

    failed = False
    for step in action["runs"]["steps"]:
        assert "uses" not in step
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "an input would become a part of the script"
        if failed or ("if" in step and not holds(step["if"])):
            run.steps[step["name"]] = -1
            continue
        files["GITHUB_OUTPUT"].write_text("")
        told = {
            **environment,
            **{name: str(file) for name, file in files.items()},
            "RUNNER_TEMP": str(temporary),
            "GITHUB_REPOSITORY": "team/shop",
            "GITHUB_SHA": "0" * 40,
            "GITHUB_REF": "refs/heads/main",
            **{name: filled(str(text)) for name, text in step.get("env", {}).items()},
        }
        # https://docs.github.com, workflow syntax: `bash` is run as `bash --noprofile --norc -eo pipefail {0}`
        script = temporary / "step.sh"
        script.write_text(step["run"])
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=folder,
            env=told,
            capture_output=True,
            text=True,
            check=False,
        )
        run.log += done.stdout + done.stderr
        run.steps[step["name"]] = done.returncode
        lines = files["GITHUB_OUTPUT"].read_text().splitlines()
        outputs[step.get("id", step["name"])] = dict(line.split("=", 1) for line in lines)
        if done.returncode:
            failed, run.status = True, done.returncode
    run.outputs = {name: filled(told["value"]) for name, told in action["outputs"].items()}
    run.summary = files["GITHUB_STEP_SUMMARY"].read_text()
    return run
