"""`periderm diff`."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
import pytest

from periderm.cli.diff import show
from periderm.cli.main import run
from periderm.cli.output import Output, width
from periderm.model.difference import BehaviourChange, BehaviourKind, Difference, PackageChange
from periderm.model.severity import Severity
from periderm.model.text import Text
from tests.images import AWS_KEY, base_layer, docker_archive, tar
from tests.reports import HOSTILE, many, packages, report

DIFFERENCE = Difference(
    before="shop:1",
    after="shop:2",
    added=packages(),
    removed=packages()[:1],
    changed=(PackageChange(name=HOSTILE, type="npm", before=("2",), after=("1",), downgrade=True),),
    new=report().findings,
    gone=report().not_affected,
    kept=report().excepted,
    behaviour=(
        BehaviourChange(
            kind=BehaviourKind.USER,
            what=Text("It runs as root now.", "现在以 root 运行。"),
            before="1000",
            severity=Severity.HIGH,
        ),
    ),
)


def shown(found: Difference, *, whole: bool = False, language: str = "en") -> str:
    """What the terminal would show."""
    out = Output(out=io.StringIO(), err=io.StringIO())
    out.language = language
    show(found, out, whole=whole)
    assert isinstance(out.out, io.StringIO)
    return out.out.getvalue()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("columns", [40, 60, 200])
def test_fits_the_window(monkeypatch: pytest.MonkeyPatch, columns: int, language: str) -> None:
    """No line is wider than the window, and nothing foreign reaches the terminal raw."""
    monkeypatch.setenv("COLUMNS", str(columns))
    text = shown(DIFFERENCE, language=language)
    assert max(width(line) for line in text.splitlines()) <= columns
    assert "\x1b" not in text


def test_what_matters_first() -> None:
    """Behaviour and new findings come before lists of packages; a downgrade says so."""
    text = shown(DIFFERENCE)
    words = (
        "It runs as root now.",
        "NEW FINDINGS (8)",
        "GONE (1)",
        "OTHER VERSIONS (1)",
        "(older)",
        "ADDED (8)",
        "REMOVED (1)",
    )
    places = [text.index(word) for word in words]
    assert places == sorted(places)
    assert "1 findings are in both." in text


def test_many_are_bounded() -> None:
    """Long lists end in a number, unless all are asked for."""
    found = Difference(before="a", after="b", new=many(100).findings)
    assert shown(found).count("CVE-2025-") == 25
    assert "75 more" in shown(found)
    assert shown(found, whole=True).count("CVE-2025-") == 100


def test_the_same() -> None:
    """Nothing differs is said."""
    assert "Nothing differs." in shown(Difference(before="a", after="b"))


def test_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Table, JSON and the exit status for new findings."""
    monkeypatch.setenv("PERIDERM_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PERIDERM_CACHE", str(tmp_path / "cache"))
    one = str(docker_archive(tmp_path / "a", [base_layer()]))
    two = str(docker_archive(tmp_path / "b", [base_layer(), tar([("key", AWS_KEY)])]))
    assert run(["diff", one, two]) == 0
    assert "IMG-001" in capsys.readouterr().out
    assert run(["diff", one, two, "--fail-on-new", "--json"]) == 1
    found = msgspec.json.decode(capsys.readouterr().out, type=Difference)
    assert found.new[0].detector == "IMG-001"
    assert run(["diff", two, one, "--fail-on-new"]) == 0
    assert run(["diff", one, str(tmp_path / "gone.tar"), "--json"]) == 4
