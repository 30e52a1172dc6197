"""Every alert can be said in a sentence."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from periderm.correlate import phrases
from periderm.correlate.incident import build
from periderm.engines import runtime
from periderm.model import attack
from periderm.model.alert import Alert
from periderm.model.incident import ChainStep
from periderm.model.text import Text
from tests import strategies
from tests.correlate.cases import SHADOW_READ

change = msgspec.structs.replace
EVERY = {**phrases.BY_TECHNIQUE, **phrases.BY_DETECTOR}


@pytest.mark.parametrize("name", EVERY)
def test_phrases_fit_after_a_name(name: str) -> None:
    """A phrase begins with a verb in lower case, ends without a stop, has Chinese words, and one place at most."""
    for text in (EVERY[name].bare, EVERY[name].said("/x")):
        assert text.en[0].islower()
        assert not text.en.endswith(".")
        assert not text.zh.endswith("。")
        assert not text.zh.isascii()
        assert "{" not in text.en + text.zh


@pytest.mark.parametrize("detector", runtime.DETECTORS, ids=lambda detector: str(detector.spec.id))
def test_every_runtime_detector_has_its_phrase(detector: runtime.Detector) -> None:
    """What a detector of ours saw is said in plain words, and never only quoted from its title."""
    spec = detector.spec
    assert spec.id in phrases.BY_DETECTOR or any(one in phrases.BY_TECHNIQUE for one in spec.techniques)


@pytest.mark.parametrize("detector", runtime.DETECTORS, ids=lambda detector: str(detector.spec.id))
def test_what_detectors_really_say_becomes_a_story(detector: runtime.Detector) -> None:
    """The alerts of every detector's own firing examples give an incident whose sentence names a deed and whose step has
    a tactic of the detector's techniques."""
    for example in detector.spec.fires:
        alerts = runtime.run_example(detector, example.given)
        assert alerts
        incident = build("inc-1", alerts)
        assert "did what" not in incident.summary.en
        assert incident.summary.en.endswith(".")
        assert all(step.technique for step in incident.chain)
        assert all(step.tactic in attack.tactics_of(step.technique) for step in incident.chain)


def alike(one: ChainStep, other: ChainStep) -> bool:
    """The same process and thing; one may name a folder's many things as '/tmp/…'."""
    first, folded, _ = one.object.partition("…")
    same = one.object == other.object or (bool(folded) and other.object.startswith(first))
    return one.process_key == other.process_key and same


def weak(step: ChainStep) -> bool:
    """Whether its phrase is not said beside another."""
    return step.detector == "RUN-008"


@given(
    st.lists(
        st.builds(
            change,
            st.just(build("inc-1", [SHADOW_READ]).chain[0]),
            detector=st.sampled_from(("RUN-008", "RUN-010")),
            process_key=st.integers(0, 2),
            object=st.sampled_from(("", "/tmp/…", "/tmp/x", "/tmp/y", "/t…", "…", "/srv/z", "/tmp/x…y")),
            stopped=st.booleans(),
        ),
        max_size=8,
    )
)
def test_what_is_told_is_what_stands_against_each_other_step(steps: list[ChainStep]) -> None:
    """A weak step is left out where a strong one is about its thing; what stopped one of those stopped the thing."""
    kept = [one for one in steps if not weak(one) or not any(alike(one, each) for each in steps if not weak(each))]
    stopped = [one for one in steps if one.stopped]
    assert phrases.telling(steps) == [change(one, stopped=any(alike(each, one) for each in stopped)) for one in kept]


def test_the_detector_decides_then_the_technique_then_the_title() -> None:
    """A phrase is found for known detectors, for known techniques, and for none."""
    assert phrases.of_alert(change(SHADOW_READ, detector="RUN-001")).en == "opened an interactive shell"
    assert phrases.of_alert(SHADOW_READ).en == "read /etc/shadow"
    assert phrases.of_alert(change(SHADOW_READ, object="")).en == "read the password hashes"
    unknown = change(SHADOW_READ, techniques=(), title=Text("Do a thing.", "做某事。"))
    assert phrases.of_alert(unknown) == Text("did what “Do a thing” names", "触发了“做某事”")


def test_what_was_done_to_a_credential_file_is_said() -> None:
    """Writing is not called reading, and a miner that ran is not called a connection."""
    assert phrases.of_alert(change(SHADOW_READ, evidence={"access": "opened to write"})).en == "opened /etc/shadow to write"
    ran = change(SHADOW_READ, detector="RUN-054", object="/tmp/xmrig")
    assert phrases.of_alert(ran).en == "ran the coin miner /tmp/xmrig"
    assert phrases.of_alert(change(ran, object="10.0.0.1:3333")).en == "reached for a mining pool (10.0.0.1:3333)"


@given(strategies.alerts(strategies.undecodable_text))
@settings(deadline=None)
def test_objects_cannot_break_a_sentence(alert: Alert) -> None:
    """Braces, controls and length in what was acted on stay harmless."""
    said = phrases.of_alert(alert)
    assert said.en.isprintable()
    assert said.zh.isprintable()
    assert len(said.en) < 200
