"""The ATT&CK catalogue: complete for what the product names, consistent in itself, and strict."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

from periderm import engines
from periderm.model import attack
from periderm.model.detector import DetectorSpec
from periderm.model.errors import UsageError

# The Containers matrix of v19, as the behaviour catalogue lists it by tactic.
CONTAINERS = {
    "TA0001": "T1078 T1078.001 T1078.003 T1133 T1190",
    "TA0002": "T1053 T1053.007 T1059 T1059.013 T1204 T1204.003 T1609 T1610",
    "TA0003": "T1053 T1053.007 T1078 T1078.001 T1078.003 T1098 T1098.006 T1133 T1136 T1136.001 T1525 T1543 T1543.005",
    "TA0004": "T1053 T1053.007 T1068 T1078 T1078.001 T1078.003 T1098 T1098.006 T1543 T1543.005 T1611",
    "TA0005": "T1036 T1036.005 T1036.010 T1070 T1078 T1078.001 T1078.003 T1612",
    "TA0112": "T1685",
    "TA0006": "T1110 T1110.001 T1110.003 T1110.004 T1528 T1552 T1552.001 T1552.007",
    "TA0007": "T1046 T1069 T1613",
    "TA0008": "T1550 T1550.001",
    "TA0040": "T1485 T1490 T1496 T1496.001 T1496.002 T1498 T1499",
}


def specs() -> Iterator[DetectorSpec[object]]:
    """The identity of every detector of every engine that has any."""
    for found in pkgutil.iter_modules(engines.__path__):
        engine = importlib.import_module(f"periderm.engines.{found.name}")
        for detector in getattr(engine, "DETECTORS", ()):
            yield detector if isinstance(detector, DetectorSpec) else detector.spec


@pytest.mark.parametrize(("tactic", "techniques"), CONTAINERS.items())
def test_the_containers_matrix_is_there(tactic: str, techniques: str) -> None:
    """Every technique of the matrix is known under the tactic in whose column it stands."""
    for technique in techniques.split():
        assert tactic in attack.tactics_of(technique)


def test_the_matrix_has_48_techniques() -> None:
    """The figure that coverage is counted against."""
    assert len({technique for column in CONTAINERS.values() for technique in column.split()}) == 48


@pytest.mark.parametrize("spec", list(specs()), ids=lambda spec: str(spec.id))
def test_detectors_name_techniques_that_exist(spec: DetectorSpec[object]) -> None:
    """What a detector is tagged with is in the catalogue, by its present id."""
    for technique in spec.techniques:
        assert attack.technique(technique).id == technique


def test_detectors_are_found() -> None:
    """The walk over the engines sees at least those of the runtime and of the image."""
    assert {spec.id.partition("-")[0] for spec in specs()} >= {"RUN", "IMG"}


@pytest.mark.parametrize("technique", attack.TECHNIQUES, ids=lambda technique: technique.id)
def test_rows_are_consistent(technique: attack.Technique) -> None:
    """An id of ATT&CK's shape, once; both names; tactics that exist in the order of an attack; its parent is known."""
    assert re.fullmatch(r"T\d{4}(\.\d{3})?", technique.id)
    assert [one.id for one in attack.TECHNIQUES].count(technique.id) == 1
    assert technique.name.en
    assert technique.name.zh
    orders = [attack.tactic_order(tactic) for tactic in technique.tactics]
    assert orders
    assert orders == sorted(set(orders))
    parent = attack.technique(technique.id.partition(".")[0])
    assert set(technique.tactics) <= set(parent.tactics)
    assert technique.url.endswith(f"/techniques/{technique.id.replace('.', '/')}/")


def test_tactics_are_those_of_v19_in_the_order_of_an_attack() -> None:
    """Fifteen: Stealth kept the id of Defense Evasion, Defense Impairment is new."""
    names = [tactic.name.en for tactic in attack.TACTICS]
    assert names == [
        "Reconnaissance",
        "Resource Development",
        "Initial Access",
        "Execution",
        "Persistence",
        "Privilege Escalation",
        "Stealth",
        "Defense Impairment",
        "Credential Access",
        "Discovery",
        "Lateral Movement",
        "Collection",
        "Command and Control",
        "Exfiltration",
        "Impact",
    ]
    assert (attack.tactic("TA0005").name.en, attack.tactic("TA0112").name.en) == ("Stealth", "Defense Impairment")
    assert [attack.tactic_order(tactic.id) for tactic in attack.TACTICS] == list(range(15))
    assert attack.VERSION == "19"


def test_old_ids_lead_to_their_successors() -> None:
    """An id that v19 revoked gives the technique that replaced it; no alias hides a living id."""
    assert attack.technique("T1562.001").id == "T1685"
    assert attack.technique("T1562.004").id == "T1686"
    assert attack.technique("T1070.002").id == "T1685.006"
    living = {technique.id for technique in attack.TECHNIQUES}
    assert not living & set(attack.ALIASES)
    assert set(attack.ALIASES.values()) <= living
    assert all(attack.known(old) for old in attack.ALIASES)


@pytest.mark.parametrize("wrong", ["", "T9999", "t1059", "TA0001", "T1059.004\n", "x" * 9999])
def test_unknown_ids_are_errors_that_help(wrong: str) -> None:
    """An unknown id is a UsageError with a next step and a bounded message, never a guess."""
    assert not attack.known(wrong)
    for ask in (attack.technique, attack.tactics_of):
        with pytest.raises(UsageError) as caught:
            ask(wrong)
        assert caught.value.next_step
        assert len(str(caught.value)) < 300
    if wrong != "TA0001":
        for ask_tactic in (attack.tactic, attack.tactic_order):
            with pytest.raises(UsageError):
                ask_tactic(wrong)
