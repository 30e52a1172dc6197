"""Services that users list."""

from __future__ import annotations

import pytest

from periderm.formats.policy_files.services import read_services
from periderm.model.errors import RuleError
from periderm.model.severity import Severity

GOOD = b"""services:
  - name: Acme
    programs: [acmed]
    severity: high
    why: It asks nobody.
  - name: Old
    packages: [old-server, old]
    why: It is old.
    instead: Use the new one.
"""


def test_services_are_read() -> None:
    """With what they are known by, and a remedy where none is written."""
    acme, old = read_services(GOOD)
    assert (acme.programs, acme.severity, acme.why.en) == (("acmed",), Severity.HIGH, "It asks nobody.")
    assert (old.packages, old.severity, old.instead.en) == (("old-server", "old"), Severity.MEDIUM, "Use the new one.")
    assert acme.instead.en


@pytest.mark.parametrize(
    ("data", "line", "what"),
    [
        (b"services:\n  - name: a\n    why: b\n", 2, "names no program"),
        (b"services:\n  - name: a\n    why: b\n    program: [c]\n", 4, "programs"),
        (b"services:\n  - programs: [a]\n    why: b\n", 2, "name"),
        (b"services:\n  - name: a\n    why: b\n    programs: [c]\n    severity: hihg\n", 5, "high"),
    ],
)
def test_mistakes_are_pointed_at(data: bytes, line: int, what: str) -> None:
    """With the line, and what was meant."""
    with pytest.raises(RuleError) as caught:
        read_services(data, "services.yaml")
    assert caught.value.line == line
    assert what in str(caught.value)
