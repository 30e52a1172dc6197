"""A case says what is normal and what was done; judging it gives the alert that a person would read."""

from __future__ import annotations

from periderm.engines.baseline.cases import NGINX, PHP, SH, case, did, normal, run, situation_of
from periderm.engines.baseline.event_types import DETECTORS, EVENT_TYPES
from periderm.model.baseline import Phase
from periderm.model.behaviour import Aspect, Behaviour


def test_normal() -> None:
    """A program and the values of its aspects, by name."""
    assert normal(NGINX, listen=("tcp/80", "tcp/443"), user="33") == (
        Behaviour(Aspect.PROGRAM, NGINX),
        Behaviour(Aspect.LISTEN, NGINX, "tcp/80"),
        Behaviour(Aspect.LISTEN, NGINX, "tcp/443"),
        Behaviour(Aspect.USER, NGINX, "33"),
    )


def test_situation() -> None:
    """The judgement sees a workload that has settled, with the programs and values of the case."""
    situation = situation_of(case(did("user", SH, "0"), normal(SH, user="33")))
    assert situation.normal.phase is Phase.ALERTING
    assert set(situation.normal.programs) == {SH}
    assert list(situation.has(Aspect.USER)) == ["33"]
    assert situation.contained


def test_the_alert_of_a_case() -> None:
    """All that the issue of an alert needs: type, subject, process, user, length of its name, container, reason."""
    given = case(did("write", PHP, "/etc/cron.d/x"), normal(PHP))
    (alert,) = run(DETECTORS, given)
    assert alert.detector == "BASE-03-07"
    assert alert.deviation is not None
    assert alert.deviation.event_type == "03-07"
    assert alert.evidence["event_type"] == "03-07"
    assert alert.evidence["container"] == "shop"
    assert alert.evidence["user"] == "33"
    assert alert.evidence["process_name_length"] == str(len("php-fpm8.2"))
    assert "/etc/cron.d/x" in alert.message.en
    assert "run or trusted later" in alert.message.en


def test_others_are_left_out() -> None:
    """Only the types that were asked for, and nothing of what is normal."""
    given = case(did("write", PHP, "/etc/cron.d/x"), normal(PHP))
    assert run([EVENT_TYPES["01-01"]], given) == []
    assert run(DETECTORS, case(did("write", PHP, "/etc/cron.d/x"), normal(PHP, write="/etc/cron.d/*"))) == []
