"""Every condition and every file that the pages about gates show is one that the product takes, and its tests hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from periderm.algorithms.licences.policy import LicencePolicy
from periderm.algorithms.rules import gate
from periderm.algorithms.rules.pack import load
from periderm.formats.policy_files.exceptions import read_exceptions
from periderm.formats.policy_files.licences import read_licence_policy
from periderm.formats.policy_files.rules import read_rule_pack

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs/how-to/gate-a-pipeline.md").read_text(encoding="utf-8")
PIPELINE = (ROOT / "docs/how-to/scan-in-a-pipeline.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The code of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("text", blocks(PAGE, "cel"))
def test_conditions_are_taken(text: str) -> None:
    """As they are printed; and a finding of which nothing is known does not meet them."""
    assert not gate.language().compile(text.strip()).holds(gate.example())


def test_the_page_shows_conditions() -> None:
    """The test above has something to test."""
    assert len(blocks(PAGE, "cel")) >= 5


def test_the_policy_holds_its_own_tests() -> None:
    """The file as it is printed."""
    (text,) = [b for b in blocks(PAGE, "yaml") if b.startswith("lists:")]
    pack = load(read_rule_pack(text.encode()), gate.language(), gate.example())
    assert len(pack.rules) == 2
    assert all(rule.tests for rule in pack.rules)
    assert pack.run_tests() == ()


@pytest.mark.parametrize("page", [PAGE, PIPELINE], ids=["gate", "pipeline"])
def test_the_exceptions_are_taken(page: str) -> None:
    """On both pages that show some."""
    (text,) = [b for b in blocks(page, "yaml") if b.startswith("exceptions:")]
    assert len(read_exceptions(text.encode())) == 1


def test_the_licence_policy_is_taken() -> None:
    """With every kind of entry."""
    (text,) = [b for b in blocks(PAGE, "yaml") if b.startswith("licences:")]
    assert read_licence_policy(text.encode()) != LicencePolicy()
