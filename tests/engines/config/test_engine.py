"""Judging one file."""

from __future__ import annotations

import pytest

from periderm.engines.config import engine
from periderm.engines.config.catalogue import DETECTORS
from tests.engines.config.files import WORKFLOW, facts, judged, lines


@pytest.mark.parametrize(
    "text",
    [
        "FROM debian # periderm:ignore=CFG-001 built each night\n",
        "# periderm:ignore=CFG-004,CFG-001 built each night\nFROM debian\n",
        "# periderm:ignore=CFG-001 built each night\n# another comment\nFROM debian\n",
    ],
)
def test_a_comment_with_a_reason_ignores(text: str) -> None:
    """On the line or in the comments above it; the finding is there, with the reason."""
    (one,) = judged(text, only="CFG-001")
    assert one.ignored == "built each night"


@pytest.mark.parametrize(
    "text",
    [
        "# periderm:ignore=CFG-001\nFROM debian\n",
        "# periderm:ignore=CFG-002 reason\nFROM debian\n",
        "# periderm:ignore=CFG-001 reason\n\nFROM debian\n",
        "# periderm:ignore=CFG-0011 reason\nFROM debian\n",
    ],
)
def test_other_comments_do_not(text: str) -> None:
    """No reason, another check, another place."""
    (one,) = judged(text, only="CFG-001")
    assert one.ignored == ""


def test_a_comment_above_a_statement_holds_for_all_its_lines() -> None:
    """A continued RUN cannot hold comments on every line of it."""
    text = "FROM a:1\n# periderm:ignore=CFG-026 checked by hand\nRUN a && \\\n  curl https://x.example/i | sh\n"
    (one,) = judged(text, only="CFG-026")
    assert (one.line, one.ignored) == (4, "checked by hand")


def test_evidence_is_the_line() -> None:
    """As it stands, and masked."""
    (one,) = judged("FROM a:1\nENV API_TOKEN=Zq81kdPpW4xT90vB\n", only="CFG-034")
    assert one.evidence.startswith("ENV API_TOKEN=")
    assert "W4xT90vB" not in one.evidence + one.message.en


def test_one_detector_cannot_fill_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left out is counted."""
    monkeypatch.setattr(engine, "MOST_OF_ONE", 3)
    answer = engine.judge(facts("".join(f"FROM a{n}\n" for n in range(5))), [d for d in DETECTORS if d.spec.id == "CFG-001"])
    assert (len(answer.judged), answer.left_out) == (3, 2)


def test_hostile_words_are_printable_and_braces_are_words() -> None:
    """A file's words go into sentences, and nothing of them is read again."""
    (one,) = judged("FROM a{b}\x1b[31m\n", only="CFG-001")
    assert one.message.en.isprintable()
    assert "a{b}" in one.message.en


def test_the_change_is_computed() -> None:
    """The line that is to stand there, where it can be told."""
    (one,) = judged("FROM reg.example/a:latest\n", only="CFG-001")
    assert "FROM reg.example/a:VERSION@sha256:" in one.change.en
    assert lines("on: push\njobs: {}\n", "CFG-001", WORKFLOW) == []
