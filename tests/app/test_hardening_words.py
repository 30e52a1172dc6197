"""What a workload needs, in words."""

from __future__ import annotations

import msgspec
import pytest

from periderm.app.hardening_words import MEASURES, needed
from periderm.model.hardening import Door, Hardening, Measure, Writable

NOTHING = Hardening(workload_id="w", name="shop")
TIGHT = Hardening(
    workload_id="w",
    name="shop",
    system_calls=("read", "write"),
    capabilities=(),
    read_only=True,
    user="33:33",
    no_new_privileges=True,
    programs=("/usr/sbin/nginx",),
    listens=(Door("tcp", 80),),
    connects=(Door("tcp", 5432, "10.0.0.7"),),
    resolves=True,
)


@pytest.mark.parametrize("measure", Measure)
def test_every_measure_is_said_in_both_languages(measure: Measure) -> None:
    """Also of a workload of which nothing is known."""
    for text in (MEASURES[measure], needed(NOTHING, measure), needed(TIGHT, measure)):
        assert text.en
        assert text.zh


def test_what_is_not_proposed_is_left() -> None:
    """And what needs nothing says so, which is not the same."""
    assert needed(NOTHING, Measure.CAPABILITIES).en == "left as it is"
    assert needed(TIGHT, Measure.CAPABILITIES).en == "none"
    assert needed(TIGHT, Measure.READ_ONLY).en == "yes, nothing writable"
    written = msgspec.structs.replace(TIGHT, writable=(Writable("/run", lasting=False), Writable("/data", lasting=True)))
    assert needed(written, Measure.READ_ONLY).en == "/run /data"
    assert needed(TIGHT, Measure.NETWORK).en == "in: tcp/80; out: tcp/5432 10.0.0.7 dns"
    assert needed(TIGHT, Measure.SYSTEM_CALLS).en.startswith("2 of its own")
