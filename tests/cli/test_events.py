"""`periderm events`: past, live, what is kept, and the words for what does not go."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from periderm.adapters.history_parquet.history import ParquetHistory
from periderm.cli import events
from periderm.model.errors import UsageError
from tests.adapters.crash import environment
from tests.cli.conftest import Periderm
from tests.flow.rows import batch
from tests.past import history, some

ATTACK = "/tmp/\x1b]0;owned\x07\u202e"


@pytest.fixture
def past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ParquetHistory]:
    """A state folder in which a container and the host did something."""
    monkeypatch.setenv("PERIDERM_STATE", str(tmp_path))
    monkeypatch.setenv("PERIDERM_HISTORY_DAYS", "3650")  # the rows are of a fixed day
    made = history(tmp_path)
    made.append(some(60))
    made.append(
        batch(
            {"at": 2, "kind": 1, "subject": 1, "exe": "/bin/dash", "text": "/bin/dash", "args": "sh\0-c\0id", "pid": 77},
            {"at": 3, "kind": 4, "subject": 1, "exe": "/bin/cat", "text": ATTACK, "flags": 4096, "ret": -13, "count": 3},
            {"at": 4, "kind": 5, "exe": "/usr/bin/curl", "text": "192.0.2.7", "port": 443, "family": 2},
        )
    )
    made.flush()
    yield made
    made.close()


def test_the_newest_last_in_a_table(periderm: Periderm, past: ParquetHistory) -> None:
    """As a log is read; that there is more is said beside."""
    status, out, err = periderm("events", "--limit", "3")
    head, *rows = out.splitlines()
    assert status == 0
    assert head.split() == ["TIME", "WHERE", "PROGRAM", "PID", "KIND", "WHAT"]
    assert "web" in rows[0]
    assert "sh -c id" in rows[0]
    assert "EACCES x3" in rows[1]
    assert "the host" in rows[2]
    assert "192.0.2.7:443" in rows[2]
    assert "there are more" in err


def test_hostile_names_do_nothing_to_the_terminal(periderm: Periderm, past: ParquetHistory) -> None:
    """Neither in the table nor in JSON."""
    for arguments in ((), ("--format", "json"), ("--json",)):
        _, out, _ = periderm("events", *arguments)
        assert not any(sign in out for sign in ("\x1b", "\x07"))
        assert "owned" in out
    assert "\u202e" not in periderm("events")[1]


def test_json_lines(periderm: Periderm, past: ParquetHistory) -> None:
    """Each line one activity; with --json one document."""
    _, out, _ = periderm("events", "--format", "json", "--kind", "exec,connect")
    told = [json.loads(line) for line in out.splitlines()]
    assert [each["class_uid"] for each in told] == [1007, 4001]
    _, out, _ = periderm("events", "--json", "--limit", "2")
    document = json.loads(out)
    assert document["more"] is True
    assert document["events"][1] == told[1]


def test_filters(periderm: Periderm, past: ParquetHistory) -> None:
    """Each alone."""
    for arguments, count in (
        (("--container", "w*"), 2),
        (("--text", "SH -C"), 1),
        (("--where", "contained && failed"), 1),
        (("--asset", "ctr-1"), 2),
        (("--asset", "ctr-1", "--asset", "node-1", "--kind", "open"), 51 - 1),
        (("--process", "5"), 0),
        (("--since", "1s"), 0),
        (("--until", "2020-01-01"), 0),
    ):
        status, out, err = periderm("events", *arguments)
        assert status == 0
        assert max(len(out.splitlines()) - 1, 0) == count
        assert ("No event" in err) == (count == 0)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("--since", "yesterday-ish"), 2),
        (("--limit", "0"), 2),
        (("--limit", "100001"), 2),
        (("--where", "kind ="), 2),
        (("--where", 'kimd == "exec"'), 2),
    ],
)
def test_what_cannot_be_is_told(periderm: Periderm, past: ParquetHistory, arguments: tuple[str, ...], status: int) -> None:
    """With the documented status."""
    assert periderm("events", *arguments)[0] == status


@pytest.mark.parametrize("arguments", [("--kind", "exce"), ("--kind", "exec,"), ("--process", "-1"), ("--process", "1" * 30)])
def test_argparse_refuses(past: ParquetHistory, arguments: tuple[str, ...]) -> None:
    """Before anything is read."""
    parser = argparse.ArgumentParser()
    events.configure(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(arguments)


def test_where_nothing_is_kept(periderm: Periderm, tmp_path: Path) -> None:
    """Not found, and what to do; following waits instead."""
    for arguments in ((), ("info",)):
        status, _, err = periderm("events", *arguments, "--state", str(tmp_path))
        assert status == 4
        assert "periderm up" in err


def test_info_and_keep(periderm: Periderm, past: ParquetHistory) -> None:
    """What is kept, in both languages and as values; putting it in order changes no answer."""
    before = periderm("events")[1]
    _, out, _ = periderm("events", "info")
    assert "63" in out
    past.close()
    status, _, _ = periderm("events", "keep")
    assert status == 0
    assert periderm("events")[1] == before
    _, out, _ = periderm("events", "info", "--json")
    assert json.loads(out)["by_kind"] == {"process": 1, "file": 61, "network": 1}
    assert "未分区" not in periderm("events", "info", "--lang", "en")[1]
    assert "尚未分区" in periderm("events", "info", "--lang", "zh")[1]


def test_following_another_process(past: ParquetHistory, tmp_path: Path) -> None:
    """What is written while it runs is printed once; Ctrl-C is its end, with status 0."""
    command = [sys.executable, "-m", "periderm", "events", "--follow", "--format", "json", "--limit", "1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**environment(), "PERIDERM_STATE": str(tmp_path)}
    ) as child:
        try:
            assert child.stdout is not None
            first = json.loads(child.stdout.readline())
            past.append(some(2, at=9, text="/fresh"))
            past.flush()
            fresh = [json.loads(child.stdout.readline()) for _ in range(2)]
            time.sleep(0.6)
            os.kill(child.pid, signal.SIGINT)
            rest, _ = child.communicate(timeout=180)
        finally:
            child.kill()  # whoever ignores Ctrl-C, as a job in the background may have been told to, is not waited for
    assert first["unmapped"]["kind"] == "connect"
    assert [each["file"]["path"] for each in fresh] == ["/fresh", "/fresh"]
    assert rest == ""
    assert child.returncode == 0


def test_questions_are_made_of_options() -> None:
    """A limit of its own for those who follow."""
    parser = argparse.ArgumentParser()
    events.configure(parser)
    assert events.query_of(parser.parse_args(["--follow"])).limit == events.SHOWN_FIRST
    assert events.query_of(parser.parse_args([])).limit == 50
    with pytest.raises(UsageError):
        events.query_of(parser.parse_args(["--limit", "-1"]))
