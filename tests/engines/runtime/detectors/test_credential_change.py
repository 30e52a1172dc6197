"""Rights that no call explains."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.credential_change import DETECTOR
from periderm.engines.runtime.scene import HOST, SHOP, row, runs, scene
from periderm.model.event import CredentialChange, EventKind, Subject
from periderm.model.severity import Severity


@pytest.mark.parametrize(
    ("change", "uid", "on", "expected"),
    [
        (CredentialChange.USER, 0, SHOP, [Severity.CRITICAL]),
        (CredentialChange.USER, 7, SHOP, [Severity.MEDIUM]),
        (CredentialChange.GROUP, 7, SHOP, [Severity.MEDIUM]),
        (CredentialChange.CAPABILITIES, 7, HOST, [Severity.HIGH]),
        (CredentialChange.PID_NAMESPACE, 0, SHOP, [Severity.CRITICAL]),
        (CredentialChange.MOUNT_NAMESPACE, 0, HOST, [Severity.HIGH]),
        (CredentialChange(0), 0, SHOP, []),
    ],
)
def test_what_it_is_worth(change: CredentialChange, uid: int, on: Subject, expected: list[Severity]) -> None:
    """Becoming root, or leaving a container, is the worst."""
    events = (runs(2, 1, "/app/x", "x", on=on, uid=uid), row(EventKind.CREDENTIALS, 2, arg0=int(change), uid=uid, on=on))
    assert [a.severity for a in run_example(DETECTOR, scene(*events))] == expected
