"""`periderm baseline`: from what waits to a decision and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from periderm.cli.main import run
from tests.baseline_story import SHELL, WEB, tell_baselines
from tests.story import FixedClock, application

Said = tuple[int, str, str]


class Shop:
    """A state folder with two baselines, and the command on it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._folder, self._capsys = folder, capsys
        app = application(folder, FixedClock())
        tell_baselines(app)
        app.store.close()

    def __call__(self, *words: str) -> Said:
        self._capsys.readouterr()
        code = run(["baseline", *words, "--state", str(self._folder)])
        told = self._capsys.readouterr()
        return code, told.out, told.err


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    """Told."""
    return Shop(tmp_path, capsys)


def test_the_list(shop: Shop) -> None:
    """Phase, size and what waits, in both languages; a filter by phase."""
    code, out, _ = shop()
    assert code == 0
    assert "shop-web" in out
    assert "alerting" in out
    assert "告警中" in shop("list", "--lang", "zh")[1]
    assert "No baseline yet" in shop("list", "--phase", "born")[2]
    page = json.loads(shop("list", "--json")[1])
    assert {each["name"]: each["alerts"] for each in page["items"]} == {"shop-web": 5, "shop-db": 0}
    assert "1 of 2" in shop("list", "--limit", "1")[2]


def test_what_is_normal(shop: Shop) -> None:
    """By dimension and program, with why; one dimension or program alone."""
    _, out, _ = shop("show", "shop-web")
    for words in (
        "entries: 4, programs: 1",
        "Files (2)",
        "listens on tcp/80",
        "service's configuration: /etc/nginx/nginx.conf:3",
    ):
        assert words in out
    assert "Files" not in shop("show", "shop-web", "--dimension", "network")[1]
    assert "listens" not in shop("show", "shop-web", "--program", "/bin/other")[1]
    assert shop("show", "nothing")[0] == 4
    assert json.loads(shop("show", WEB, "--json")[1])["name"] == "shop-web"


def test_from_review_to_undo(shop: Shop) -> None:
    """What waits, what a decision would hide, the decision, its version, and taking it back."""
    _, out, err = shop("review")
    assert "/bin/sh runs" in out
    assert "normal if it were nginx" in out
    assert "accept|reject" in err
    code, out, err = shop("generalise", "shop-web", "--type", "03-02", "--try")
    assert (code, "/srv/uploads/*.jpg" in out, "would have hidden: 4" in out, "Nothing was changed" in err) == (
        0,
        True,
        True,
        True,
    )
    assert shop("generalise", "shop-web", "--type", "03-02")[0] == 2
    code, out, err = shop("generalise", "shop-web", "--type", "03-02", "--reason", "uploads")
    assert code == 0
    decision = out.split()[-1]
    assert f"undo shop-web {decision}" in err
    assert "uploads" in shop("show", "shop-web", "--versions")[1]
    shop("accept", "shop-web", "--all", "--reason", "it was me")
    assert "nothing waits" in shop("review", "shop-web")[2]
    assert "No deviation" in shop("review")[2]
    assert shop("undo", "shop-web", decision, "--reason", "wrong")[0] == 0
    assert "taken back" in shop("show", "shop-web", "--versions")[1]
    assert len(json.loads(shop("review", "shop-web", "--json")[1])["waiting"]) == 4


def test_behaviour_in_words(shop: Shop) -> None:
    """Aspect, program, value; what is no aspect is told with those that there are."""
    told = ("--behaviour", "read", "/usr/sbin/nginx", "/srv/**", "--reason", "r", "--json")
    assert json.loads(shop("accept", "shop-web", *told)[1])["behaviours"] == [["read", "/usr/sbin/nginx", "/srv/**"]]
    assert "connect" in shop("accept", "shop-web", "--behaviour", "reads", "x", "y")[2]
    assert shop("accept", "shop-web", "--behaviour", "read", "x", "/**", "--reason", "r")[0] == 2
    assert json.loads(shop("reject", "shop-web", "alt-base01", "--try", "--json")[1])["behaviours"][0][1] == SHELL.program


def test_what_nobody_needed(shop: Shop) -> None:
    """Is listed with the command that removes it."""
    # The story's clock stands in November 2026; entries are as old as the machine's clock says.
    _, out, err = shop("unused", "shop-web", "--days", "3660")
    assert (out, "every entry was needed" in err) == ("", True)
    assert shop("unused", "shop-web", "--days", "0")[0] == 2
    assert shop("forget", "shop-web", "--behaviour", "read", "/usr/sbin/nginx", "/usr/share/*", "--reason", "old")[0] == 0
    assert "old.html" not in shop("show", "shop-web")[1]
    assert "may teach again" in shop("release", "shop-web", "--reason", "a false alert")[1]
    assert shop("relearn", "shop-web", "--reason", "new release")[0] == 0


def test_beside_each_other_and_in_files(shop: Shop, tmp_path: Path) -> None:
    """Two workloads, or files; a file is taken from whom one trusts."""
    _, out, _ = shop("diff", "shop-web", "shop-db")
    assert "Only in shop-db: 1" in out
    assert "/srv/db" in out
    file = str(tmp_path / "db.yaml")
    _, out, err = shop("export", "shop-db", "--out", file)
    assert "entries: 5" in out
    public = err.split()[-1]
    assert "Only in shop-web: 0" in shop("diff", "shop-web", file)[1]
    assert json.loads(shop("diff", file, file, "--json")[1])["both"] == 5
    assert shop("import", file, "--for", "shop-web")[0] == 2
    assert "new here: 1;" in shop("import", file, "--for", "shop-web", "--trust", public, "--try")[1]
    _, out, err = shop("import", file, "--for", "shop-web", "--trust", public)
    assert "signed by" in out
    assert "undo shop-web dec-" in err
    assert "kind: periderm-baseline" in shop("export", "shop-web", "--unsigned")[1]
