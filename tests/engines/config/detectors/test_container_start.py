"""How builds run and programs start."""

from __future__ import annotations

from periderm.model.severity import Severity
from tests.engines.config.files import judged, lines


def test_rights_of_steps() -> None:
    """All rights are worse than the host's network."""
    found = judged("FROM a:1\nRUN --security=insecure x\nRUN --network=host y\nRUN --network=none z\n", only="CFG-023")
    assert [(one.line, one.severity) for one in found] == [(2, Severity.HIGH), (3, Severity.LOW)]


def test_health() -> None:
    """Inherited from a stage below, switched off, or missing where something runs."""
    assert lines("FROM a:1 AS b\nHEALTHCHECK CMD x\nFROM b\nCMD y\n", "CFG-024") == []
    assert lines("FROM a:1\nHEALTHCHECK NONE\n", "CFG-024") == [2]
    assert lines("FROM a:1\nRUN x\n", "CFG-024") == []


def test_the_json_form_is_written_out() -> None:
    """Where the words are plain; else the change is only told."""
    (plain,) = judged("FROM a:1\nCMD /app --port 80\n", only="CFG-025")
    assert plain.change.en == 'Write `CMD ["/app", "--port", "80"]`.'
    (other,) = judged("FROM a:1\nCMD /app $X\n", only="CFG-025")
    assert other.change.en == "Write the JSON form."
