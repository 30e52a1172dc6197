"""What is wrong inside a container image: secrets, weak configuration, dangerous files. Not: vulnerabilities of packages.

Charter: the engine sees each layer once, in order, as a stream of entries; it keeps names and judgements, never
contents. It opens nothing, knows no archive format, and reads no package database. One more detector is one file in
`detectors/` and one line in `DETECTORS` (catalogue.py), which is loaded when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from periderm.engines.image.catalogue import DETECTORS, run_example

__all__ = ["DETECTORS", "VERSION", "run_example"]

# Grows by one with each change of what the engine says about the same bytes: results kept from before are then stale.
VERSION = 3


def __getattr__(name: str) -> object:
    """The catalogue's names, loaded late (PEP 562)."""
    if name not in ("DETECTORS", "run_example"):
        raise AttributeError(name)
    from periderm.engines.image import catalogue

    return getattr(catalogue, name)
