"""Behaviours in words."""

from __future__ import annotations

import pytest

from periderm.app import behaviour_words as w
from periderm.model.baseline import Evidence, Phase, Source, Verdict
from periderm.model.behaviour import Aspect, Behaviour, Dimension


@pytest.mark.parametrize("aspect", list(Aspect))
def test_every_aspect_is_said(aspect: Aspect) -> None:
    """In both languages, with who and what."""
    told = w.said(Behaviour(aspect, "/usr/sbin/nginx", "VALUE"))
    assert told.en.startswith("/usr/sbin/nginx ")
    assert told.zh.startswith("/usr/sbin/nginx ")
    assert aspect is Aspect.PROGRAM or "VALUE" in told.en
    assert w.said(Behaviour(Aspect.SYSCALL, "", "bpf")).en == "the workload uses the system call bpf"


def test_every_word_is_there() -> None:
    """No phase, source, verdict or dimension is without one."""
    assert set(w.PHASES) == set(w.PHASES_SAID) == set(Phase)
    assert set(w.SOURCES) == set(Source)
    assert set(w.VERDICTS) == set(Verdict)
    assert set(w.DIMENSIONS) == set(Dimension)


def test_why() -> None:
    """The sources, and their own words."""
    told = w.why(Evidence(sources=(Source.CONFIGURATION, Source.OBSERVED), because="nginx.conf:3"))
    assert told.en == "service's configuration, observed: nginx.conf:3"
    assert w.why(Evidence()).en == ""
    assert w.why(Evidence(because="x")).zh == "x"


def test_a_rhythm() -> None:
    """Of a job that comes again and again; none for what came twice, or at any time."""
    assert w.rhythm(Evidence(bursts=5, shortest=3600, longest=3700)).en == "every 1 h"
    assert w.rhythm(Evidence(bursts=5, shortest=40, longest=90)).en == "every 40 s to 2 min"
    assert w.rhythm(Evidence(bursts=2, shortest=60, longest=60)).en == ""
    assert w.rhythm(Evidence(bursts=9, shortest=60, longest=6000)).en == ""
