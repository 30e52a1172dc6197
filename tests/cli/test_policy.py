"""`periderm policy`: nothing is enforced before it was seen for whom, and a misspelt field is no policy."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Periderm

TOML = """
id = "pol-shop"
name = "the shop"
workload = "shop-*"
mode = "enforce"
kill_drift = true
priority = 10
reason = "The shop's images are immutable."
[on_alert]
RUN-054 = "pause-container"
"""


@pytest.fixture
def policy(tmp_path: Path) -> str:
    """A file with one policy."""
    file = tmp_path / "shop.toml"
    file.write_text(TOML, encoding="utf-8")
    return str(file)


def test_trying_says_for_whom_and_sets_nothing(periderm: Periderm, state: Path, policy: str) -> None:
    """The names of what it would hold for, and how to undo it."""
    status, out, _ = periderm("policy", "try", policy)
    assert status == 0
    assert "It holds for 1 of 2: shop-web" in out
    assert "periderm policy remove pol-shop" in out
    assert "pol-shop" not in periderm("policy")[1]


def test_set_list_remove(periderm: Periderm, state: Path, policy: str) -> None:
    """What was set is listed with what it acts on, and can be taken back."""
    assert "Set: pol-shop" in periderm("policy", "set", policy)[1]
    row = periderm("policy")[1].splitlines()[1]
    for part in ("pol-shop", "enforce", "shop-*", "drift, RUN-054: pause-container", "10", "immutable"):
        assert part in row
    (kept,) = json.loads(periderm("policy", "--json")[1])
    assert kept["author"] == "local"
    assert kept["changed"] > 0
    assert periderm("policy", "remove", "pol-shop")[0] == 0
    assert periderm("policy", "remove", "pol-shop")[0] == 4
    assert json.loads(periderm("policy", "--json")[1]) == []


def test_json_files_too(periderm: Periderm, state: Path, tmp_path: Path) -> None:
    """The same fields as the API's."""
    file = tmp_path / "p.json"
    file.write_text(json.dumps({"type": "policy", "id": "pol-x", "name": "x", "workload": "nobody"}), encoding="utf-8")
    status, out, _ = periderm("policy", "try", str(file))
    assert status == 0
    assert "It holds for none of the 2" in out
    assert json.loads(periderm("policy", "try", str(file), "--json")[1])["subjects"] == []


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        (TOML.replace("kill_drift", "kil_drift"), 3, "kil_drift"),
        (TOML.replace('"enforce"', '"destroy"'), 3, "mode"),
        (TOML.replace('"pause-container"', '"explode"'), 3, "on_alert"),
        ("not toml at all [", 3, "no policy"),
        ("\x00\xff", 3, "no policy"),
        ("{" * 100_000, 3, "no policy"),
        ("[1]", 3, "no policy"),
        (TOML.replace("The shop's images are immutable.", ""), 2, "reason"),
    ],
)
def test_a_wrong_file_is_told(periderm: Periderm, state: Path, tmp_path: Path, text: str, status: int, told: str) -> None:
    """With the field that is wrong, and nothing is set."""
    file = tmp_path / "p.toml"
    file.write_bytes(text.encode("latin-1"))
    got, _, err = periderm("policy", "set", str(file))
    assert got == status
    assert told in err
    assert json.loads(periderm("policy", "--json")[1]) == []


@pytest.mark.parametrize("words", [["try"], ["put", "x"], ["set", "a", "b"]])
def test_wrong_words(periderm: Periderm, state: Path, words: list[str]) -> None:
    """Exit status 2, and what would be right."""
    assert periderm("policy", *words)[0] == 2


def test_a_file_that_is_not_there(periderm: Periderm, state: Path, tmp_path: Path) -> None:
    """Exit status 4."""
    for name in (tmp_path / "none.toml", tmp_path):
        assert periderm("policy", "set", str(name))[0] in (2, 4)
