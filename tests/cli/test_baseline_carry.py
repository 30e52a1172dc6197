"""Baselines beside each other and in files; the way through is in test_baseline.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.cli.main import run
from tests.baseline_story import tell_baselines
from tests.story import application


def test_what_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a workload nor a file; a file that is none of ours; a key that is none."""
    app = application(tmp_path)
    tell_baselines(app)
    app.store.close()
    here = ["--state", str(tmp_path)]
    assert run(["baseline", "diff", "shop-web", "nothing", *here]) == 4
    (tmp_path / "x.yaml").write_text("kind: policy\n")
    assert run(["baseline", "diff", "shop-web", str(tmp_path / "x.yaml"), *here]) == 3
    assert run(["baseline", "import", str(tmp_path / "x.yaml"), "--unsigned", *here]) == 3
    assert run(["baseline", "import", str(tmp_path / "gone.yaml"), "--unsigned", *here]) == 4
    assert run(["baseline", "import", str(tmp_path / "x.yaml"), "--trust", str(tmp_path / "x.yaml"), *here]) != 0
    assert "periderm:" in capsys.readouterr().err
