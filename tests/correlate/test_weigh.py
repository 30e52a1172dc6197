"""How severity comes about, reason by reason."""

from __future__ import annotations

import msgspec
import pytest

from periderm.correlate import chain, tree, weigh
from periderm.model.alert import Alert
from periderm.model.asset import Grade, Ownership
from periderm.model.severity import Severity
from tests.correlate.cases import DROPPED, DROPPED_RUN, MINER, SHADOW_READ, SHELL_STARTED, STORY

change = msgspec.structs.replace
NOTHING: frozenset[str] = frozenset()
HELD = weigh.Held()


def judged(
    *alerts: Alert, secrets: frozenset[str] = NOTHING, owner: Ownership | None = None, held: weigh.Held = HELD
) -> tuple[Severity, str]:
    """Severity and the English reasons of alerts as users, all of medium severity."""
    given = [
        change(one, severity=Severity.MEDIUM, process=change(one.process, user_id=one.process.user_id or 33)) for one in alerts
    ]
    merged = chain.merge(given)
    steps = chain.order(merged, (), NOTHING)
    processes = tree.processes(merged, steps, (), frozenset())
    severity, reasons = weigh.weigh(steps, processes, secrets, owner or Ownership(), held)
    return severity, " ".join(reason.en for reason in reasons)


def test_one_alert_is_as_bad_as_it_says() -> None:
    """Nothing else known: the alert's own severity, its title as the first reason, and that nothing stopped it."""
    severity, reasons = judged(SHELL_STARTED)
    assert severity is Severity.MEDIUM
    assert reasons == "The worst alert is medium: Title 10. Nothing was stopped."


def test_what_raises() -> None:
    """Three tactics, a known secret or a step towards the host raise by one; many facts together by two; never past
    critical."""
    assert judged(SHELL_STARTED, SHADOW_READ)[0] is Severity.MEDIUM
    assert judged(SHELL_STARTED, SHADOW_READ, MINER)[0] is Severity.HIGH
    assert judged(SHADOW_READ, secrets=frozenset({"etc/shadow"}))[0] is Severity.HIGH
    escape = change(SHADOW_READ, techniques=("T1611",))
    severity, reasons = judged(escape)
    assert severity is Severity.HIGH
    assert "A step reaches for the host itself." in reasons
    assert judged(*STORY, secrets=frozenset({"etc/shadow"}), owner=Ownership("prod"))[0] is Severity.CRITICAL
    assert judged(*STORY, escape, secrets=frozenset({"etc/shadow"}), owner=Ownership("prod"))[0] is Severity.CRITICAL


def test_facts_that_need_company() -> None:
    """A dropped program that ran, production and a core grade each weigh half a level."""
    ran = change(DROPPED_RUN, process=change(DROPPED, killed=False))
    assert judged(ran)[0] is Severity.MEDIUM
    assert judged(ran, owner=Ownership("production"))[0] is Severity.HIGH
    assert judged(SHELL_STARTED, owner=Ownership("生产", "", "", Grade.CORE))[0] is Severity.HIGH
    assert "kworkerd, which the image did not bring, ran." in judged(ran)[1]
    assert "kworkerd, which the image did not bring, was started and killed." in judged(DROPPED_RUN)[1]


def test_root_is_said_of_acting_processes() -> None:
    """Root counts when a process that acted is root, not when only an ancestor is."""
    merged = chain.merge([change(SHADOW_READ, process=change(SHADOW_READ.process, user_id=33))])
    steps = chain.order(merged, (), NOTHING)
    for acting, expected in ((33, False), (0, True)):
        processes = [change(p, user_id=acting if p.key == 12 else 0) for p in tree.processes(merged, steps, (), frozenset())]
        _, reasons = weigh.weigh(steps, processes, NOTHING, Ownership(), HELD)
        assert ("The processes run as root." in [reason.en for reason in reasons]) is expected


@pytest.mark.parametrize(
    ("alerts", "held", "last"),
    [
        ([SHELL_STARTED], weigh.Held(), "Nothing was stopped."),
        ([SHELL_STARTED], weigh.Held(dry_run=True), "Nothing was stopped: the policy only alerts; enforcing it would have."),
        ([SHELL_STARTED], weigh.Held(paused=True), "The container was paused."),
        ([DROPPED_RUN], weigh.Held(), "It was stopped."),
        (list(STORY), weigh.Held(), "1 of 4 steps was stopped."),
    ],
)
def test_the_last_reason_is_what_was_done(alerts: list[Alert], held: weigh.Held, last: str) -> None:
    """Whether it was stopped is always said, and stopping never lowers the severity."""
    severity, reasons = judged(*alerts, held=held)
    assert reasons.endswith(last)
    assert severity >= Severity.MEDIUM
