"""What programs use by part of the day."""

from __future__ import annotations

import msgspec
import pytest

from periderm.algorithms.quantiles import bucket
from periderm.app.application import Application
from periderm.app.resource_uses import resource_uses
from periderm.model.baseline import ResourceUse
from periderm.model.behaviour import Aspect
from periderm.model.errors import DeniedError, NotFoundError
from periderm.model.principal import LOCAL_ADMIN, Principal
from tests.baseline_story import NGINX, WEB, baseline

MIB = 1 << 20
USES = (
    ResourceUse(
        aspect=Aspect.MEMORY,
        program=NGINX,
        part=1,
        buckets={"a": ((bucket(10 * MIB), 99),), "b": ((bucket(10 * MIB), 99), (bucket(40 * MIB), 2))},
    ),
    ResourceUse(aspect=Aspect.CPU, program=NGINX, part=5, buckets={"a": ((bucket(0.0), 20), (bucket(80.0), 5))}),
    ResourceUse(aspect=Aspect.CPU, program="/bin/cron", part=0, buckets={"a": ((bucket(3.0), 1),)}),
)


def with_uses(app: Application) -> None:
    """The web server's, on two nodes."""
    app.store.put_baselines([msgspec.structs.replace(baseline(), resources=USES)])


def test_nodes_are_counted_together_for_each_part(empty: Application) -> None:
    """In the order of programs and measures; parts without figures stay empty; a figure is at most 5 % off."""
    with_uses(empty)
    told, uses = resource_uses(empty, LOCAL_ADMIN, "shop-web")
    assert told.workload_id == WEB
    assert [(use.program, use.aspect) for use in uses] == [
        ("/bin/cron", Aspect.CPU),
        (NGINX, Aspect.CPU),
        (NGINX, Aspect.MEMORY),
    ]
    memory = uses[2]
    assert [part.begins for part in memory.parts] == [0, 4, 8, 12, 16, 20]
    assert [part.figures for part in memory.parts] == [0, 200, 0, 0, 0, 0]
    part = memory.parts[1]
    assert part.median == pytest.approx(10 * MIB, rel=0.05)
    assert part.high == pytest.approx(10 * MIB, rel=0.05)
    assert part.most == pytest.approx(40 * MIB, rel=0.05)
    assert memory.most == part.most
    assert uses[1].parts[5].median == 0.0
    assert (memory.unit, uses[1].unit) == ("B", "%")


def test_it_takes_the_right_to_read(empty: Application) -> None:
    """And a workload that is there."""
    with pytest.raises(NotFoundError):
        resource_uses(empty, LOCAL_ADMIN, "none")
    with pytest.raises(DeniedError):
        resource_uses(empty, Principal("user:nobody", frozenset()), WEB)
