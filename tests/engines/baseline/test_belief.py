"""Who is not believed after an alert: attackers always, a workload's own first process only for what is grave."""

from __future__ import annotations

import msgspec
import pytest

from periderm.engines.baseline.belief import disbelieved, no_lesson
from periderm.model.alert import Alert
from periderm.model.severity import Severity
from tests.behaving import SHOP, rule


def of_the_first(severity: Severity, **changes: object) -> bool:
    """An alert on a container's first process; `changes` are of the process."""
    alert = rule(1, severity)
    first = msgspec.structs.replace(alert.process, how="entrypoint", **changes)
    return disbelieved(msgspec.structs.replace(alert, process=first, lineage=(first,), container_id=SHOP.container_id))


def test_whoever_a_rule_speaks_of_teaches_nothing() -> None:
    """From low severity on; a hint of less changes nothing."""
    assert [disbelieved(rule(5, severity)) for severity in (Severity.INFORMATIONAL, Severity.LOW, Severity.CRITICAL)] == [
        False, True, True,
    ]  # fmt: skip


def test_a_deviation_is_no_rule() -> None:
    """The engine has judged it already."""
    assert not disbelieved(msgspec.structs.replace(rule(5), detector="BASE-02-03"))


def test_an_ssh_server_that_serves_is_learned() -> None:
    """All of a container is below its first process: what a rule finds little worth does not end its learning for ever."""
    assert not of_the_first(Severity.LOW)
    assert not of_the_first(Severity.MEDIUM)
    assert of_the_first(Severity.HIGH)


def test_a_deed_of_the_first_is_no_lesson() -> None:
    """Only what is worth medium: what is graver ends its learning, and what is less is what it was made to do."""
    first = msgspec.structs.replace(rule(1).process, how="entrypoint")

    def alert(severity: Severity) -> Alert:
        return msgspec.structs.replace(rule(1, severity), process=first, lineage=(first,), container_id=SHOP.container_id)

    assert [no_lesson(alert(severity)) for severity in (Severity.LOW, Severity.MEDIUM, Severity.HIGH)] == [False, True, False]
    assert not no_lesson(rule(5, Severity.MEDIUM))
    assert not no_lesson(msgspec.structs.replace(alert(Severity.MEDIUM), detector="BASE-03-03"))


@pytest.mark.parametrize("changes", [{"how": "exec"}, {"how": ""}, {"drifted": True}])
def test_what_only_looks_like_the_first_is_not(changes: dict[str, object]) -> None:
    """A session, one whose way was not seen, and a file that the image did not bring."""
    alert = rule(1, Severity.MEDIUM)
    process = msgspec.structs.replace(alert.process, **{"how": "entrypoint", **changes})
    assert disbelieved(msgspec.structs.replace(alert, process=process, lineage=(process,), container_id=SHOP.container_id))


def test_a_child_of_the_first_is_not_the_first() -> None:
    """It came by the same way, and something is above it."""
    alert = rule(5, Severity.LOW)
    child = msgspec.structs.replace(alert.process, how="entrypoint")
    above = msgspec.structs.replace(child, key=1)
    assert disbelieved(msgspec.structs.replace(alert, process=child, lineage=(child, above), container_id=SHOP.container_id))
