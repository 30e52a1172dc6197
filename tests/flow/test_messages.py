"""Notices as messages: in both languages, by own templates, with everything an attacker wrote as plain text."""

from __future__ import annotations

import pytest

from periderm.flow.messages import NAMES, SAID, SEVERITIES, TITLE, render, template, when
from periderm.model.notice import Channel, Destination, Occasion
from periderm.model.severity import Severity
from tests.told import NOW, hostile_notice, message, notice


def test_a_message_says_it_all() -> None:
    """What, where, how bad, whose, when, and where to read on."""
    made = message()
    assert made.title == "[CRITICAL] New incident: shop-web started a shell"
    for part in ("A shell was started and killed.", "Node: shop-01", "Stages: Execution", "Owner: team-shop"):
        assert part in made.text
    assert made.link == "https://periderm.test/incidents/inc-shop"
    assert made.link in made.text


def test_it_speaks_chinese() -> None:
    """Title, labels, and the words of ours in values."""
    made = message(language="zh")
    assert made.title == "[严重] 新事件：shop-web 启动了 shell"
    assert "节点：shop-01" in made.text
    assert "阶段：执行" in made.text


def test_several_are_one_message() -> None:
    """By the worst, with their number; what is left out is counted."""
    destination = Destination(name="d", channel=Channel.SLACK)
    mild = notice(subject_id="inc-2", severity=Severity.LOW, path="/incidents/inc-2")
    made = render(destination, [mild, notice()], identity="i", now=NOW, link="", version="1", more=7)
    assert made.title == "[CRITICAL] New incident: 9 notices, the worst: shop-web started a shell"
    assert "7 more are in the console." in made.text
    assert made.link == ""


def test_own_templates_write_it() -> None:
    """With every name that there is."""
    every = "".join(f"{{{{{name}}}}}" for name in sorted(NAMES[""] - {"facts"}))
    made = message(title="{{place}}!", body="{{#notices}}{{#facts}}{{label}}={{value}};{{/facts}}{{/notices}}")
    assert (made.title, made.text) == ("shop-web-1!", "Node=shop-01;Stages=Execution;")
    assert "team-shop" in message(body=every).text


def test_every_word_is_there() -> None:
    """In both languages."""
    assert set(SAID) == set(Occasion)
    assert set(SEVERITIES) == set(Severity)
    assert template(TITLE.zh)


def test_a_template_in_a_name_is_text() -> None:
    """Values are not read again."""
    made = message(notice(place="{{owner}}"), title="{{place}}")
    assert made.title == "{{owner}}"
    assert message(hostile_notice()).text.count("Owner:") == 1


@pytest.mark.parametrize(("time", "text"), [(NOW, "2026-11-25T09:46:40Z"), (2**63 - 1, "2262-04-11T23:47:16Z"), (10**30, "")])
def test_times_are_told_in_utc(time: int, text: str) -> None:
    """One that no calendar has is left out."""
    assert when(time) == text
