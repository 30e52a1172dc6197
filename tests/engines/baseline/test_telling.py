"""A deviation in words."""

from __future__ import annotations

from periderm.engines.baseline.telling import MOST_WORD, printable, record
from periderm.model.asset import Container
from tests.behaving import NGINX, SH, feed, learned, shell


def test_what_an_attacker_names_is_one_short_line() -> None:
    """Controls are written out, and the middle of what is long is left out."""
    assert printable("a\nb\x1b[0m") == "a\\nb\\x1b[0m"
    assert len(printable("x" * 10_000)) <= MOST_WORD + 1


def test_an_alert_carries_the_process_and_those_above() -> None:
    """As the table of processes has them."""
    engine = learned()
    (alert,) = feed(engine, shell(1_500.0))
    assert [each.exe for each in alert.lineage] == [SH, NGINX, NGINX]
    assert alert.process == alert.lineage[0]
    actor = engine._following.table.get(50)
    assert actor is not None
    assert isinstance(shell(1.0).subject, Container)
    assert record(actor, shell(1.0).subject) == alert.process
