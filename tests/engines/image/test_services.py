"""The list of risky services."""

from __future__ import annotations

from periderm.engines.image.services import SERVICES


def test_each_is_known_by_something() -> None:
    """A program or a package, no name twice, a reason and a remedy in both languages."""
    names = [service.name for service in SERVICES]
    assert len(set(names)) == len(names)
    for service in SERVICES:
        assert service.programs or service.packages
        assert all(text.en and text.zh for text in (service.why, service.instead))
    programs = [program for service in SERVICES for program in service.programs]
    assert len(set(programs)) == len(programs)
