"""The islands' pure parts under node's own test runner, and what the whole of them may weigh. How they behave in a browser is
in tests/e2e."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path

import pytest

from tools import build_assets

MOST_SCRIPT = 300 * 1024


def test_the_pure_parts_hold(tmp_path: Path) -> None:
    """Which rows are held and asked for, what is in sight, what the address says, how long ago."""
    node = build_assets.node()
    if node is None:
        pytest.skip("needs node: `make build` fetches the bundler with it")
    tests = sorted((build_assets.SOURCE / "tests").glob("*.test.ts"))
    assert tests
    for path in tests:
        line = [str(build_assets.bundler()), str(path), "--bundle", "--format=esm", "--platform=node", "--log-level=warning"]
        subprocess.run([*line, f"--outfile={tmp_path / path.stem}.mjs"], check=True, stdin=subprocess.DEVNULL)
    files = [str(tmp_path / f"{path.stem}.mjs") for path in tests]
    done = subprocess.run([str(node), "--test", *files], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_no_page_has_much_script(tmp_path: Path) -> None:
    """All pages load the same one file: far under 300 KiB, and not because it is compressed."""
    manifest = build_assets.build(target=tmp_path)
    scripts = [tmp_path / hashed for name, hashed in manifest.items() if name.endswith(".js")]
    assert 1000 < sum(path.stat().st_size for path in scripts) < MOST_SCRIPT
    for path in scripts:
        assert gzip.decompress((tmp_path / f"{path.name}.gz").read_bytes()) == path.read_bytes()


def test_each_template_loads_only_that_script() -> None:
    """No page brings scripts of its own, so what was weighed is all there is."""
    templates = build_assets.ROOT / "src" / "periderm" / "console" / "templates"
    found = [path.name for path in sorted(templates.glob("*.html")) for _ in range(path.read_text("utf-8").count("<script"))]
    assert found == ["base.html"]
