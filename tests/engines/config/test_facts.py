"""What detectors are made of."""

from __future__ import annotations

from periderm.engines.config.facts import Hit, check
from periderm.model.build_file import FileKind
from periderm.model.severity import Severity
from tests.engines.config.files import COMPOSE, facts


def test_a_detector_from_its_words() -> None:
    """Examples are files at the usual path of their kind, the detector's first unless they say another."""
    made = check(
        "CFG-999",
        Severity.LOW,
        (FileKind.COMPOSE, FileKind.GITLAB),
        lambda _: iter((Hit(line=1),)),
        title=("Run", "运行"),
        says=("a", "甲"),
        change=("b", "乙"),
        fires=(("x: 1", "why"),),
        quiet=(("y: 1", "why not", FileKind.GITLAB),),
    )
    assert made.spec.fires[0].given.path == COMPOSE
    assert made.spec.quiet[0].given.path == ".gitlab-ci.yml"
    assert made.kinds == {FileKind.COMPOSE, FileKind.GITLAB}


def test_facts_of_another_kind_have_no_instructions() -> None:
    """A question that does not fit has an empty answer."""
    found = facts("services: {}\n", COMPOSE)
    assert list(found.instructions("RUN")) == []
    assert list(found.commands()) == []
