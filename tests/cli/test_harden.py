"""`periderm harden`: how narrowly a workload could be run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.cli.main import EXIT_NOT_FOUND, run
from periderm.engines.runtime.scene import SHOP
from periderm.model.behaviour import Aspect
from tests.hardened import baseline
from tests.story import application


def folder(tmp_path: Path, *without: Aspect) -> str:
    """A state with the shop's baseline."""
    app = application(tmp_path)
    app.store.put_assets([SHOP])
    app.store.put_baselines([baseline(without=without)])
    app.store.close()
    return str(app.settings.state)


def test_the_summary_tells_each_measure_and_what_proves_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In both languages, with notes where a measure is left out; without a history it says that nothing proves it."""
    state = folder(tmp_path)
    assert run(["harden", "shop", "--state", state]) == 0
    told = capsys.readouterr().out
    for part in ("CAP_NET_BIND_SERVICE", "/var/lib/nginx", "in: tcp/80; out: tcp/5432 10.0.0.7", "nothing proves it", "33"):
        assert part in told
    assert run(["harden", "shop", "--state", state, "--lang", "zh", "--no-replay"]) == 0
    assert "只读根文件系统" in capsys.readouterr().out
    assert run(["harden", "shop", "--state", state, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["hardening"]["read_only"] is True


def test_a_form_is_printed_or_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Into a folder with all that belongs to it; a folder that is not there is told."""
    state = folder(tmp_path)
    assert run(["harden", "shop", "--format", "seccomp", "--state", state]) == 0
    assert json.loads(capsys.readouterr().out)["syscalls"]
    made = tmp_path / "made"
    made.mkdir()
    assert run(["harden", "shop", "--format", "podman", "--output", str(made), "--state", state]) == 0
    assert sorted(path.name for path in made.iterdir()) == ["shop-run.sh", "shop-seccomp.json"]
    assert run(["harden", "shop", "--format", "podman", "--output", str(made / "no"), "--state", state]) == EXIT_NOT_FOUND


def test_what_was_not_watched_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A seccomp profile of nothing is refused, an unknown workload too."""
    state = folder(tmp_path, Aspect.SYSCALL, Aspect.CAPABILITY)
    assert run(["harden", "shop", "--state", state]) == 0
    assert "left as it is" in capsys.readouterr().out
    assert run(["harden", "shop", "--format", "seccomp", "--state", state]) == EXIT_NOT_FOUND
    assert run(["harden", "nobody", "--state", state]) == EXIT_NOT_FOUND
