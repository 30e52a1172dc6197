"""`periderm owners`: import, try, list, remove."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Periderm


def test_import_list_remove(periderm: Periderm, state: Path, tmp_path: Path) -> None:
    """With the columns of somebody else's export; a dry run changes nothing."""
    table = tmp_path / "export.csv"
    table.write_text("CI,Team,Service\nshop*,team-shop,shop\n", encoding="utf-8")
    columns = ("--column", "name=CI", "--column", "owner=Team", "--column", "application=Service")
    status, out, _ = periderm("owners", "import", str(table), *columns, "--dry-run")
    assert status == 0
    assert "Nothing was changed" in out
    assert "No table" in periderm("owners")[1]
    assert periderm("owners", "import", str(table), *columns)[0] == 0
    (listed,) = json.loads(periderm("owners", "--json")[1])
    assert (listed["id"], listed["rows"][0]["ownership"]["owner"]) == ("cmdb", "team-shop")
    assert str(table) in periderm("owners")[1]
    assert "Removed" in periderm("owners", "remove")[1]
    assert "No table" in periderm("owners")[1]


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["import"], 2),
        (["list", "x"], 2),
        (["import", "/nowhere.csv"], 4),
        (["import", "http://mirror.test/x.csv"], 2),
        (["import", "-", "--column", "name"], 2),
        (["import", "-", "--column", "team=x"], 2),
        (["remove"], 4),
    ],
)
def test_what_is_wrong_is_told(periderm: Periderm, state: Path, words: list[str], status: int) -> None:
    """With what to write."""
    found, _, err = periderm("owners", *words)
    assert found == status
    assert err


@pytest.mark.usefixtures("state")
def test_rules_are_tried_added_listed_and_removed(periderm: Periderm) -> None:
    """A dry run shows what it would change and changes nothing."""
    words = ("owners", "add-rule", "namespace=shop", "owner=team-shop", "grade=core")
    assert "Nothing was changed" in periderm(*words, "--dry-run")[1]
    assert "no rules" in periderm("owners", "rules")[1]
    assert periderm(*words)[0] == 0
    assert periderm("owners", "add-rule", "label=tier=web", "owner=team-web", "--first")[0] == 0
    (first, second) = json.loads(periderm("owners", "rules", "--json")[1])["rows"]
    assert (first["label"], second["namespace"]) == ("tier=web", "shop")
    assert "owner=team-web" in periderm("owners", "rules")[1]
    assert periderm("owners", "remove-rule", "1")[0] == 0
    assert "team-web" not in periderm("owners", "rules")[1]
    for wrong in ("add-rule owner", "add-rule name=x grade=best", "remove-rule x", "add-rule", "fetch no"):
        assert periderm("owners", *wrong.split())[0] in (2, 4)
    assert periderm("owners", "import", "https://127.0.0.1:9/x.csv", "--network", "10.0.0.0/8")[0] == 2
    assert periderm("owners", "import", "https://127.0.0.1:9/x.csv", "--every", "1h")[0] != 0
