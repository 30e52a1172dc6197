"""Which advisories are in force: the store that was built, else the starter set, and never one for the other in silence."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from periderm.adapters.advisories_memory import MemoryAdvisories
from periderm.adapters.advisories_sqlite.source import SqliteAdvisories
from periderm.app.advisories import build_advisories
from periderm.model.errors import AdvisoryError, UsageError
from periderm.model.settings import Settings
from periderm.wiring import advisory_source, advisory_tools
from tests.flow.test_advisory_kinds import OSV


def settings(folder: Path) -> Settings:
    """Empty folders."""
    return Settings(state=str(folder / "state"), cache=str(folder / "cache"))


def test_the_store_in_force(tmp_path: Path) -> None:
    """The starter set gives way to what is built; a damaged store is an error."""
    given = settings(tmp_path)
    assert isinstance(advisory_source(given), MemoryAdvisories)
    (tmp_path / "osv.json").write_text(json.dumps(OSV), encoding="utf-8")
    build_advisories(advisory_tools(given), [str(tmp_path / "osv.json")])
    source = advisory_source(given)
    assert isinstance(source, SqliteAdvisories)
    source.close()
    Path(given.advisories).write_bytes(b"damaged")
    with pytest.raises(AdvisoryError):
        advisory_source(given)


def test_a_store_is_looked_at_whole(tmp_path: Path) -> None:
    """`look` reads every row before a store is taken."""
    given = settings(tmp_path)
    tools = advisory_tools(given)
    (tmp_path / "osv.json").write_text(json.dumps(OSV), encoding="utf-8")
    report = build_advisories(tools, [str(tmp_path / "osv.json")])
    assert tools.look(tools.store) == report.info


def test_fetching(tmp_path: Path) -> None:
    """Only where it was asked for, and with authorities that can be read."""
    assert advisory_tools(settings(tmp_path)).fetcher is None
    assert advisory_tools(settings(tmp_path), network=True, mirror="https://mirror.example").fetcher is not None
    with pytest.raises(UsageError):
        advisory_tools(settings(tmp_path), network=True, ca_file=str(tmp_path / "none"))


def test_a_scan_loads_no_builder(tmp_path: Path) -> None:
    """Opening the advisories imports neither the network nor YAML nor SQLAlchemy."""
    code = (
        "import sys; from periderm.wiring.advising import advisory_source; from periderm.model.settings import Settings\n"
        f"advisory_source(Settings(state={str(tmp_path)!r}, cache='/x')).info()\n"
        "print([m for m in ('sqlalchemy', 'yaml', 'http.client', 'cryptography') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
