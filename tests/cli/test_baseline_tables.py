"""Baselines as tables."""

from __future__ import annotations

import io

import msgspec

from periderm.app.baselines import Review
from periderm.cli.baseline_tables import entries, review, summaries, versions
from periderm.cli.output import Output
from periderm.model.baseline import ResourceUse
from periderm.model.behaviour import Aspect
from periderm.model.query import Page
from tests.baseline_story import NGINX, baseline, entry


def output() -> tuple[Output, io.StringIO, io.StringIO]:
    """One that keeps what it is told."""
    out, err = io.StringIO(), io.StringIO()
    return Output(out=out, err=err), out, err


def test_what_is_foreign_cannot_draw() -> None:
    """A path with control characters becomes visible escapes."""
    told, out, _ = output()
    entries(baseline("w", "n", entry(Aspect.READ, NGINX, "/tmp/\x1b[31mred")), "", "", told)
    assert "\x1b" not in out.getvalue()
    assert "red" in out.getvalue()


def test_resources_are_counted() -> None:
    """They have no entries."""
    told, out, _ = output()
    use = ResourceUse(aspect=Aspect.CPU, program=NGINX, part=0)
    entries(msgspec.structs.replace(baseline(), resources=(use,)), "", "", told)
    assert "beside: 1" in out.getvalue()


def test_nothing_is_said_too() -> None:
    """An empty list says how it fills."""
    told, _, err = output()
    summaries(Page(()), told)
    versions("web", (), told)
    review(Review(workload_id="w", name="web", waiting=(), looked_at=0, whole=True), told)
    for words in ("No baseline yet", "Nobody has decided", "nothing waits"):
        assert words in err.getvalue()
