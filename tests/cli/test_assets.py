"""`periderm assets`: all kinds, with owners, and what bears on one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.cli.assets import KINDS, about, kind_of
from periderm.model.asset import Process, User
from tests.cli.conftest import CONTAINER, DIGEST, INCIDENT, NODE, Periderm


def test_the_list_says_who_answers(periderm: Periderm, state: Path) -> None:
    """The owner where one is known; that none is known is said, because it is a gap."""
    _, out, _ = periderm("assets")
    rows = {line.split()[0]: line for line in out.splitlines()[1:]}
    assert "team-shop · shop · production · core" in rows["container"]
    assert "owner unknown" in rows["node"]
    assert set(rows) == {"node", "image", "container", "workload"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_restricts(periderm: Periderm, state: Path, kind: str) -> None:
    """`--kind` takes every kind that exists, and gives only that."""
    page = json.loads(periderm("assets", "--kind", kind, "--json")[1])
    assert {item["type"] for item in page["items"]} <= {kind}


def test_one_asset_with_what_bears_on_it(periderm: Periderm, state: Path) -> None:
    """A container leads to its incidents and to its image's findings."""
    _, out, _ = periderm("assets", CONTAINER)
    assert INCIDENT in out
    assert f"periderm findings --image {DIGEST}" in out
    assert "Nobody is known to answer" in periderm("assets", "show", NODE)[1]
    assert json.loads(periderm("assets", NODE, "--json")[1])["asset"]["hostname"] == "node-1"


def test_text_restricts(periderm: Periderm, state: Path) -> None:
    """A part of the name is enough."""
    assert json.loads(periderm("assets", "--text", "NODE", "--json")[1])["total"] == 1


def test_every_kind_can_be_told() -> None:
    """Processes and users too, although the sample has none."""
    process = Process(id="prc-1", name="x", key=1, pid=7, executable="/bin/x", node_id=NODE)
    user = User(id="usr-1", name="root", user_id=0, shell="/bin/sh")  # noqa: S604 -- a login shell of the model, nothing is run
    assert (kind_of(process), about(process).en) == ("process", "/bin/x (7)")
    assert (kind_of(user), about(user).en) == ("user", "uid 0 /bin/sh")


def test_what_hangs_together_is_a_table(periderm: Periderm, state: Path) -> None:
    """Each line from what to what; the same as JSON."""
    status, out, _ = periderm("assets", "graph", CONTAINER)
    assert status == 0
    assert "holds" in out
    assert json.loads(periderm("assets", "graph", CONTAINER, "--json")[1])["centre"] == CONTAINER
    assert periderm("assets", "graph", "ctr-none")[0] == 4
