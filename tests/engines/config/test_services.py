"""Services of Compose files."""

from __future__ import annotations

from periderm.engines.config.services import environment, is_true, pairs, references, services, with_its_bases
from periderm.model.build_file import Mapping
from tests.engines.config.files import COMPOSE, facts


def tree(text: str) -> Mapping:
    """The values of a Compose file."""
    return facts(text, COMPOSE).tree


def test_services_and_their_variables() -> None:
    """Mappings, lists and names without a value."""
    told = facts(
        "services:\n  a:\n    image: x\n    environment: {K: v, N: }\n    build:\n      args: ['T=1', U]\n  b: null\n", COMPOSE
    ).tree
    (one,) = services(told)
    assert (one.name, one.line) == ("a", 2)
    assert list(environment(one)) == [("K", "v", 4), ("N", "", 4)]
    assert list(pairs(one.body, "build", "args")) == [("T", "1", 6)]


def test_the_first_version() -> None:
    """Services stood at the top once."""
    assert [s.name for s in services(facts("web:\n  image: x\n", COMPOSE).tree)] == ["web"]
    assert list(services(facts("volumes: {a: {}}\n", COMPOSE).tree)) == []


def test_words_for_true() -> None:
    """YAML 1.1 has several."""
    assert is_true("Yes")
    assert not is_true("off")


def test_which_files_it_takes_in() -> None:
    """Included in both forms, extended; not what lies behind an address, a variable, or at the root."""
    told = tree(
        "include:\n  - a.yml\n  - path: [b/c.yml, ../d.yml]\n  - path: e.yml\n  - oci://x.example/y\n  - /etc/x.yml\n  - ${F}\n"
        "services:\n  w:\n    extends: {file: common.yml, service: w}\n  v:\n    extends: w\n"
    )
    assert references(told) == ("a.yml", "b/c.yml", "../d.yml", "e.yml", "common.yml")
    assert references(tree("include: a.yml\n")) == ()


def test_what_a_service_extends() -> None:
    """In the same file it is followed, in a circle once; what stands in another file is not known."""
    told = tree(
        "services:\n  a:\n    extends: b\n  b:\n    extends: {service: a}\n  c:\n    extends: {file: x.yml, service: b}\n"
        "  d:\n    extends: c\n"
    )
    known = told.mapping("services")
    found = {service.name: with_its_bases(service, known) for service in services(told)}
    assert [(len(bodies), whole) for bodies, whole in found.values()] == [(2, True), (2, True), (1, False), (2, False)]
