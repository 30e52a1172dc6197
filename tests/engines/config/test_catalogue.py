"""The list of detectors."""

from __future__ import annotations

import pkgutil

from periderm.engines.config import catalogue, detectors


def test_every_file_is_listed() -> None:
    """No file of detectors is forgotten, and their ids ascend without gaps or doubles."""
    ids = [detector.spec.id for detector in catalogue.DETECTORS]
    assert sorted(ids) == [f"CFG-{number:03}" for number in range(1, len(ids) + 1)]
    for info in pkgutil.iter_modules(detectors.__path__):
        assert hasattr(catalogue, info.name)
