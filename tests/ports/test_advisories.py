"""What every holder of advisories promises, whether they lie in a file or in memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from periderm.model.advisory import Advisory, AdvisoryHit, Exploitation, PackageName
from periderm.ports.advisories import AdvisorySource
from tests.ports.advisory_plugs import DJANGO, OPENSSL, PLUGS, AdvisoryPlug, advisory, affected

KNOWN = (
    Exploitation(cve="CVE-2024-0001", probability=0.94463, percentile=0.99987),
    Exploitation(cve="CVE-2024-0002", known_since=10**18, due=2 * 10**18, ransomware=True),
)


@pytest.fixture(params=PLUGS, ids=lambda plug: plug.name)
def plug(request: pytest.FixtureRequest) -> AdvisoryPlug:
    """Each plug in turn."""
    found: AdvisoryPlug = request.param
    return found


def filled(plug: AdvisoryPlug, folder: Path, *advisories: Advisory, known: Sequence[Exploitation] = KNOWN) -> AdvisorySource:
    """A source over these."""
    return plug.filled(folder, advisories, known)


def test_rows_of_packages(plug: AdvisoryPlug, tmp_path: Path) -> None:
    """Every row of each package that was asked for, and nothing for those without any."""
    two = advisory(2, affected=(affected(), affected(OPENSSL, "3.0-2")), upstream=("CVE-2024-0009",))
    source = filled(plug, tmp_path, advisory(1), two)
    found = source.affecting([DJANGO, OPENSSL, PackageName("PyPI", "flask"), DJANGO])
    assert set(found) == {DJANGO, OPENSSL}
    assert len(found[DJANGO]) == 2
    ids = ("PYSEC-2024-2", "CVE-2024-0002", "CVE-2024-0009")
    assert list(found[OPENSSL]) == [AdvisoryHit(ids=ids, source="osv", affected=affected(OPENSSL, "3.0-2"))]
    assert source.affecting([]) == {}
    source.close()


def test_names_are_whole(plug: AdvisoryPlug, tmp_path: Path) -> None:
    """The same name in another ecosystem or release is another package."""
    source = filled(plug, tmp_path, advisory(1, affected=(affected(OPENSSL),)))
    others = [PackageName("Debian:11", "openssl"), PackageName("Debian", "openssl"), PackageName("Debian:12", "openssl ")]
    assert source.affecting(others) == {}
    source.close()


def test_whole_advisories(plug: AdvisoryPlug, tmp_path: Path) -> None:
    """By their own ids, by an alias, by what they are about; under the name that was asked for."""
    told = advisory(3, upstream=("CVE-2024-0033",))
    source = filled(plug, tmp_path, advisory(1), told)
    found = source.advisories(["PYSEC-2024-1", "CVE-2024-0001", "CVE-2024-0033", "CVE-1999-9999"])
    assert {name: each.id for name, each in found.items()} == {
        "PYSEC-2024-1": "PYSEC-2024-1",
        "CVE-2024-0001": "PYSEC-2024-1",
        "CVE-2024-0033": "PYSEC-2024-3",
    }
    assert msgspec.structs.replace(found["CVE-2024-0033"], affected=()) == msgspec.structs.replace(told, affected=())
    source.close()


def test_an_id_of_its_own_comes_first(plug: AdvisoryPlug, tmp_path: Path) -> None:
    """Of several with one alias, the one that is it; else the one that tells most."""
    own = advisory(1, id="CVE-2024-0005", aliases=(), scores=())
    other = advisory(2, aliases=("CVE-2024-0005", "CVE-2024-0006"))
    poor = advisory(3, aliases=("CVE-2024-0006",), scores=())
    found = filled(plug, tmp_path, poor, other, own).advisories(["CVE-2024-0005", "CVE-2024-0006"])
    assert found["CVE-2024-0005"].id == "CVE-2024-0005"
    assert found["CVE-2024-0006"].id == "PYSEC-2024-2"


def test_exploitation(plug: AdvisoryPlug, tmp_path: Path) -> None:
    """As it was told, to five decimals; unknown CVEs and what is no CVE are left out."""
    source = filled(plug, tmp_path, advisory(1))
    assert source.exploitations(["CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0003", "GHSA-x", ""]) == {e.cve: e for e in KNOWN}
    source.close()


def test_info(plug: AdvisoryPlug, tmp_path: Path) -> None:
    """When it was built, and which state it is."""
    info = filled(plug, tmp_path, advisory(1)).info()
    assert info.built == 5
    assert info.digest
    assert not info.starter


def test_in_bulk(plug: AdvisoryPlug, tmp_path: Path) -> None:
    """A thousand names at once."""
    names = [PackageName("PyPI", f"p{n}") for n in range(1200)]
    advisories = [advisory(n, affected=(affected(name),)) for n, name in enumerate(names)]
    source = filled(plug, tmp_path, *advisories)
    assert set(source.affecting(names)) == set(names)
    assert len(source.advisories(a.id for a in advisories)) == 1200
    source.close()


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.text(max_size=12), min_size=1, max_size=5, unique=True))
def test_any_name(plug: AdvisoryPlug, tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    """Names of any characters are found again."""
    packages = [PackageName("npm", name) for name in names]
    made = [advisory(n, affected=(affected(p),)) for n, p in enumerate(packages)]
    source = filled(plug, tmp_path_factory.mktemp("any"), *made)
    assert set(source.affecting(packages)) == set(packages)
    source.close()
