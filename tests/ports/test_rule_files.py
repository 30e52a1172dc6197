"""What every plug for rule files keeps: nothing is raised by reading, the stamp follows the files, memory holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from periderm.adapters.rule_files import LocalRuleFiles
from periderm.ports.rule_files import RuleFiles


@pytest.fixture(params=["local"])
def plug(request: pytest.FixtureRequest, tmp_path: Path) -> RuleFiles:
    """Each plug over one folder."""
    (tmp_path / "rules").mkdir()
    return LocalRuleFiles(str(tmp_path / "rules"), "", str(tmp_path / "kept"))


def test_files_by_name_with_their_bytes(plug: RuleFiles, tmp_path: Path) -> None:
    """In order, and a file that cannot be used is one with a problem."""
    assert list(plug.files()) == []
    for name in ("b.yaml", "a.yaml"):
        (tmp_path / "rules" / name).write_text(name)
    (tmp_path / "rules" / "c.yaml").mkdir()
    found = plug.files()
    assert [(file.name, file.data, bool(file.problem)) for file in found] == [
        ("a.yaml", b"a.yaml", False),
        ("b.yaml", b"b.yaml", False),
        ("c.yaml", b"", True),
    ]


def test_the_stamp_follows(plug: RuleFiles, tmp_path: Path) -> None:
    """Equal while nothing changes, another one when something did."""
    before = plug.stamp()
    assert plug.stamp() == before
    (tmp_path / "rules" / "a.yaml").write_text("x")
    assert plug.stamp() != before


def test_memory(plug: RuleFiles) -> None:
    """What was kept is known again; the last word counts."""
    assert dict(plug.kept()) == {}
    plug.keep({"a.yaml": b"1", "b.yaml": b"2"})
    plug.keep({"a.yaml": b"3"})
    assert dict(plug.kept()) == {"a.yaml": b"3"}


def test_no_key_is_no_error(plug: RuleFiles) -> None:
    """Where none was named."""
    assert list(plug.keys()) == []
