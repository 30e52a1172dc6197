"""What machines saw, gathered on the server: a real sensor's rows of a machine that shares them, none of one that does not,
each row once over an outage and restarts on both sides. Who may see them is in tests/app/test_gathering.py."""

from __future__ import annotations

import json
import secrets
import subprocess
from pathlib import Path

import pytest

from tests.cli.processes import eventually
from tests.e2e.test_fleet_machines import NAME, RUN, SUBNET, Day, day, ip, networks

__all__ = ["day", "networks"]  # fixtures

pytestmark = [pytest.mark.root, pytest.mark.slow]

PATIENCE = 400
NOT_FOUND = 4  # the exit status of `periderm events` where nothing is kept
Row = tuple[int, int, str]


class Fleet:
    """The day's server and machines, and what is kept where of the programs that were run."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.run = secrets.token_hex(6)  # in every argument of this test

    def agent(self, place: str, token: str = "", *, share: bool) -> None:
        """One that keeps its history, and perhaps shares it."""
        words = {"PERIDERM_HISTORY": "on", "PERIDERM_HISTORY_SHARE": "on" if share else "off"}
        words |= {"PERIDERM_JOIN": token} if token else {}
        self.day.start(place, "agent", "--server", f"https://{SUBNET}.1:8844", **words)

    def token(self, place: str) -> str:
        """By which a machine joins."""
        return self.day.ask("join-token", "new", "--name", f"shop-{place}").strip()

    def ran(self) -> str:
        """A program that runs on the machine, once, with a password among its arguments: that word, which is looked for."""
        word = f"{self.run}{secrets.token_hex(6)}"
        subprocess.run(["/bin/echo", f"--password={word}"], check=True, stdout=subprocess.DEVNULL)
        return word

    def rows(self, place: str, *more: str) -> dict[str, list[Row]]:
        """(time, process, machine) of every start of such a program that is kept there, by its word."""
        argv = [*RUN, "events", "--kind", "exec", "--text", self.run, "--format", "json", "--limit", "1000", "--quiet", *more]
        argv += ["--state", str(self.day.folder / place)]
        asked = subprocess.run(argv, env=self.day.env, capture_output=True, text=True, check=False)
        assert asked.returncode in (0, NOT_FOUND), asked.stderr
        found: dict[str, list[Row]] = {}
        for row in map(json.loads, asked.stdout.splitlines() if asked.returncode == 0 else ()):
            command, _, word = row["process"]["cmd_line"].partition("=")
            if command == "/bin/echo --password":
                found.setdefault(word, []).append((row["time"], row["process"]["pid"], row.get("device", {}).get("uid", "")))
        return {word: sorted(rows) for word, rows in found.items()}

    def gathered(self) -> dict[str, list[Row]]:
        """On the server."""
        return self.rows("s", "--fleet")

    def seen(self, place: str) -> str:
        """A program that this machine's sensor has seen. While the agent comes up it sees nothing yet: another is run."""
        words: set[str] = set()

        def once() -> str:
            words.add(self.ran())
            return min(words & self.rows(place).keys(), default="")

        return str(eventually(once, PATIENCE))


def holds(folder: Path, text: str) -> bool:
    """Whether any file below has this in it as it is."""
    return any(text.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def test_what_a_machine_shares_is_on_the_server_once(day: Day) -> None:
    """With all arguments, as the setting says; of a machine that does not share, nothing."""
    fleet = Fleet(day)
    day.serve()
    fleet.agent("b", fleet.token("b"), share=False)
    eventually(lambda: "shop-b" in day.nodes(), PATIENCE)
    unshared = fleet.seen("b")
    fleet.agent("a", fleet.token("a"), share=True)
    eventually(lambda: day.nodes() >= {"shop-a", "shop-b"}, PATIENCE)
    first = fleet.seen("a")
    eventually(lambda: first in fleet.gathered(), PATIENCE)

    # The wire is cut; what is seen meanwhile waits on the disk, also while the agent and then the server are started anew.
    ip("-n", f"{NAME}-s", "link", "set", "to-a", "down")
    second = fleet.seen("a")
    assert day.end("a") == 0
    assert day.end("s") == 0
    fleet.agent("a", share=True)
    third = fleet.seen("a")
    day.serve()
    assert second not in fleet.gathered()
    ip("-n", f"{NAME}-s", "link", "set", "to-a", "up")

    # What a machine sends arrives in its order: behind the last of it nothing of before is under way. A row that came twice
    # would never be one again.
    last = fleet.seen("a")
    eventually(lambda: last in fleet.gathered(), PATIENCE)
    eventually(lambda: fleet.gathered() == fleet.rows("a"), PATIENCE)
    gathered = fleet.gathered()
    assert {first, second, third, last} <= gathered.keys()
    nodes = {name: node for node, name in day.nodes_by_id().items()}
    assert {machine for rows in gathered.values() for _, _, machine in rows} <= {nodes["shop-a"], ""}
    assert unshared not in gathered
    for place in ("a", "b", "s"):
        assert day.end(place) == 0
        assert b"Traceback" not in day.log(place)
    assert not holds(day.folder / "s", unshared)
