"""Alerts say what happened in both languages, and carry nothing that could harm who reads them."""

from __future__ import annotations

import dataclasses

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.engines.runtime import DETECTORS, run_example
from periderm.engines.runtime.alerting import printable
from periderm.engines.runtime.detectors import drift, namespace_change
from periderm.engines.runtime.judging import Detector
from periderm.engines.runtime.scene import HOST, SHOP, row, runs, scene
from periderm.model import text as words
from periderm.model.event import EventFlag, EventKind, Origin
from periderm.model.text import Text


@given(st.text(alphabet=st.characters(), max_size=400), st.integers(8, 60))
def test_printable_is_one_short_line(text: str, limit: int) -> None:
    """Terminal escapes, line ends, marks that turn writing around: all become visible."""
    shown = printable(text[:limit] + "\x1b[31m\u202e", limit)
    assert shown.isprintable()
    assert printable("plain", limit) == "plain"
    assert len(printable("x" * 10_000, limit)) <= limit


def test_braces_in_foreign_names_are_only_braces() -> None:
    """A file called {object} is not a template."""
    said = run_example(drift.DETECTOR, scene(runs(2, 1, "/srv/{process.__class__}", "x", flags=EventFlag.UPPER)))
    assert "{process.__class__}" in said[0].message.en


def test_each_language_has_its_own_words() -> None:
    """What a detector says in words is said in both languages."""
    said = run_example(namespace_change.DETECTOR, scene(runs(2, 1, "/x", "x"), row(EventKind.SETNS, 2, arg0=0x20000)))
    assert "entered" in said[0].message.en
    assert "进入" in said[0].message.zh
    assert "entered" not in said[0].message.zh


def test_the_subject_and_the_entry_are_told() -> None:
    """Container, image and workload of a container's alert, nothing of the kind on a host; and the way the call came."""
    upper = row(EventKind.EXEC, 2, "/srv/x", raw="./x", flags=EventFlag.UPPER, argv=("x",))
    said = run_example(drift.DETECTOR, scene(upper))[0]
    assert (said.container_id, said.image_digest, said.workload_id) == (SHOP.container_id, SHOP.image_digest, SHOP.workload_id)
    assert said.evidence["as_written"] == "./x"
    assert said.node_id == HOST.id
    module = row(EventKind.SETNS, 2, arg0=0)
    compat = type(module)(**{f: getattr(module, f) for f in module.__struct_fields__} | {"origin": Origin.COMPAT32})
    assert run_example(namespace_change.DETECTOR, scene(runs(2, 1, "/x", "x"), compat))[0].evidence["entry"] == "compat32"


def test_a_word_that_nobody_filled_in_is_a_dash() -> None:
    """A forgotten word of a message costs that word and never the agent."""
    spec = msgspec.structs.replace(drift.DETECTOR.spec, message=Text("{nobody} ran {object}", "{nobody} 运行 {object}"))
    detector = dataclasses.replace(drift.DETECTOR, spec=spec)
    said = run_example(detector, scene(row(EventKind.EXEC, 2, "/srv/x", raw="./x", flags=EventFlag.UPPER, argv=("x",))))
    assert (said[0].message.en, said[0].message.zh) == ("- ran /srv/x", "- 运行 /srv/x")


@pytest.mark.parametrize("detector", DETECTORS, ids=lambda d: d.spec.id)
def test_every_word_of_a_message_is_filled(detector: Detector, monkeypatch: pytest.MonkeyPatch) -> None:
    """No detector relies on the dash: each example that fires fills in all that its message names."""
    lacking: list[str] = []
    monkeypatch.setattr(words._Dashes, "__missing__", lambda _, name: lacking.append(name) or words.MISSING)
    assert all(run_example(detector, example.given) for example in detector.spec.fires)
    assert lacking == []
