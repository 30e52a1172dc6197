"""`periderm incidents`: the list, the story, and the states that people set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import EFFECT, INCIDENT, Periderm


def test_the_list_says_what_where_and_how_bad(periderm: Periderm, state: Path) -> None:
    """One row an incident, with the id that `show` takes."""
    status, out, _ = periderm("incidents")
    head, row = out.splitlines()
    assert status == 0
    assert head.split() == ["SEVERITY", "LAST", "WHERE", "WHAT", "STOPPED", "STATE", "ID"]
    for part in ("C critical", "shop-web", "Attack on shop-web", "yes", "new", INCIDENT):
        assert part in row


def test_the_story_has_all_its_chapters(periderm: Periderm, state: Path) -> None:
    """Someone who has never seen the product can follow it from the shell to the image's finding."""
    status, out, _ = periderm("incidents", "show", INCIDENT)
    assert status == 0
    chapters = ["How it went", "Processes", "What made it possible", "What was done"]
    places = [out.index(chapter) for chapter in chapters]
    assert places == sorted(places)
    for part in (
        "nginx in shop-web started a shell; the kernel killed what it dropped.",
        "Two tactics in one workload.",
        "Initial Access",
        "stopped here",
        "└─ ",
        "not in the image · killed in the kernel",
        "The shell came with the image.",
        "Fix: Build from a base without one.",
        "Kill /tmp/x (102) in the kernel at its start: done · decided by policy:pol-1",
        "team-shop · shop · production · core",
    ):
        assert part in out


def test_the_story_in_chinese(periderm: Periderm, state: Path) -> None:
    """The same chapters in the other language."""
    _, out, _ = periderm("incidents", "show", INCIDENT, "--lang", "zh")
    for part in ("攻击过程", "进程", "可乘之机", "响应", "镜像自带 shell。", "在此被阻断"):
        assert part in out


def test_foreign_names_do_nothing_to_the_terminal(periderm: Periderm, state: Path) -> None:
    """Escape sequences, line breaks and direction marks of a process name are shown, not obeyed."""
    _, out, _ = periderm("incidents", "show", INCIDENT)
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "\u202e" not in out
    assert "\\x1b]0;owned" in out


def test_an_id_alone_is_enough(periderm: Periderm, state: Path) -> None:
    """What one copies from the list can be pasted as it is."""
    assert periderm("incidents", INCIDENT)[:2] == periderm("incidents", "show", INCIDENT)[:2]


def test_json_is_the_whole_story(periderm: Periderm, state: Path) -> None:
    """Other programs get all fields, with the values of the model."""
    _, out, _ = periderm("incidents", "show", INCIDENT, "--json")
    story = json.loads(out)
    assert story["incident"]["id"] == INCIDENT
    assert [e["effect"]["id"] for e in story["effects"]] == [EFFECT]
    assert json.loads(periderm("incidents", "--json")[1])["total"] == 1


def test_filters_leave_out(periderm: Periderm, state: Path) -> None:
    """`--status` and `--severity` restrict; nothing left is said, not printed as an empty table."""
    assert periderm("incidents", "--severity", "critical")[1].count("\n") == 2
    status, out, err = periderm("incidents", "--status", "resolved")
    assert (status, out) == (0, "")
    assert "No incident that matches." in err


@pytest.mark.parametrize(
    ("action", "kept"),
    [("acknowledge", "acknowledged"), ("resolve", "resolved"), ("false-alarm", "false-alarm"), ("reopen", "new")],
)
def test_where_people_are_with_it_is_kept(periderm: Periderm, state: Path, action: str, kept: str) -> None:
    """The state that a person says is there for the next reader."""
    periderm("incidents", "acknowledge", INCIDENT)
    assert periderm("incidents", action, INCIDENT)[0] == 0
    assert json.loads(periderm("incidents", INCIDENT, "--json")[1])["incident"]["state"] == kept


def test_an_unknown_id_is_told(periderm: Periderm, state: Path) -> None:
    """Exit status 4, one sentence, and what lists the known ones."""
    status, out, err = periderm("incidents", "show", "inc-none")
    assert (status, out) == (4, "")
    assert "There is no incident 'inc-none'" in err


def test_without_a_state_the_next_step_is_told(periderm: Periderm) -> None:
    """A newcomer's first command says how to begin."""
    status, _, err = periderm("incidents")
    assert status == 4
    assert "periderm up" in err


@pytest.mark.parametrize("words", [["explode", INCIDENT], ["show"], ["show", "a", "b"], ["--limit", "0"], ["--limit", "x"]])
def test_wrong_words_are_usage(periderm: Periderm, state: Path, words: list[str]) -> None:
    """Exit status 2 and what would have been right."""
    status, _, err = periderm("incidents", *words)
    assert status == 2
    assert "incidents" in err or "limit" in err


def test_an_incident_is_written_to_a_file(periderm: Periderm, state: Path, tmp_path: Path) -> None:
    """As a PDF or as JSON, by the name that it is to have; what cannot be written is told."""
    for name, begins in (("a.pdf", b"%PDF-"), ("a.json", b"{")):
        assert periderm("incidents", "export", INCIDENT, "--output", str(tmp_path / name))[0] == 0
        assert (tmp_path / name).read_bytes().startswith(begins)
    assert periderm("incidents", "export", INCIDENT)[0] == 2
    assert periderm("incidents", "export", INCIDENT, "--output", str(tmp_path / "none" / "a.pdf"))[0] == 4


def test_what_its_processes_did_besides(periderm: Periderm, state: Path) -> None:
    """Flows and files, and that no events are kept here."""
    status, out, err = periderm("incidents", "traces", INCIDENT)
    assert status == 0
    assert "PROGRAM" in out
    assert "No events of that time" in out + err
    assert json.loads(periderm("incidents", "traces", INCIDENT, "--json")[1])["incident_id"] == INCIDENT
