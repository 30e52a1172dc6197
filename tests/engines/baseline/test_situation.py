"""What a judgement of surprise may ask."""

from __future__ import annotations

from periderm.engines.baseline.actor import Actor
from periderm.engines.baseline.situation import Normal, Situation
from periderm.model.baseline import Phase
from periderm.model.behaviour import Aspect, Behaviour
from periderm.model.event import EventFlag, EventKind
from tests.behaving import HOST, NGINX, SHOP

NORMAL = Normal(
    phase=Phase.ALERTING, programs=(NGINX,), values={(Aspect.READ, NGINX): ("/a",)}, users=(0,), inventory=False,
    package=lambda path: None if path else "",
)  # fmt: skip


def test_a_situation_knows_where_it_is_and_what_is_normal() -> None:
    """Container or host, drifted by the row or by the actor, values of this program or of another."""
    actor = Actor(key=1, parent=0, pid=1, subject=SHOP.id, program=NGINX, flags=int(EventFlag.UPPER))
    here = Situation(
        behaviour=Behaviour(Aspect.WRITE, NGINX, "/x"), actor=actor, subject=SHOP, kind=EventKind.EXEC, normal=NORMAL,
        flags=int(EventFlag.MEMORY_BACKED),
    )  # fmt: skip
    assert here.contained
    assert here.drifted
    assert here.in_memory
    assert here.has(Aspect.READ) == ("/a",)
    assert here.has(Aspect.READ, "/other") == ()
    actor.flags = 0
    there = Situation(behaviour=here.behaviour, actor=actor, subject=HOST, kind=EventKind.OPEN, normal=NORMAL)
    assert not any((there.contained, there.drifted, there.in_memory))
