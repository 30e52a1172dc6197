"""`periderm packages`: where a package is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.cli.main import run
from periderm.cli.packages import split
from tests.scanned import tell_scans
from tests.story import FixedClock, application


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A state with three scanned images."""
    app = application(tmp_path, FixedClock())
    tell_scans(app)
    app.store.close()
    return str(Path(app.settings.state))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("openssl", ("openssl", "")),
        ("openssl@3.0.11", ("openssl", "3.0.11")),
        ("@types/node", ("@types/node", "")),
        ("@types/node@20.1.0", ("@types/node", "20.1.0")),
        ("=lodash@4.17.20", ("=lodash", "4.17.20")),
        ("", ("", "")),
    ],
)
def test_name_and_version(given: str, expected: tuple[str, str]) -> None:
    """An npm scope is no version."""
    assert split(given) == expected


def test_every_place_is_told(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """In a table and as JSON; with a version only that one."""
    assert run(["packages", "=lodash", "--state", folder]) == 0
    table = capsys.readouterr().out
    assert table.count("lodash") >= 2
    assert run(["packages", "=lodash", "--state", folder, "--json"]) == 0
    page = json.loads(capsys.readouterr().out)
    version = page["items"][0]["version"]
    assert run(["packages", f"=lodash@{version}", "--state", folder, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {item["version"] for item in found["items"]} == {version}
    assert found["total"] == len(found["items"])


def test_nothing_is_said_so(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Not an empty table; a version that nobody has neither."""
    for name in ("no-such-thing", "lodash@0.0.0"):
        assert run(["packages", name, "--state", folder]) == 0
        assert "No package" in capsys.readouterr().err
