"""Fuzz target: any bytes as a bill of materials of every form. Only FormatError may come out, in bounded time."""

from __future__ import annotations

import contextlib

from periderm.formats.cyclonedx import reading as cyclonedx
from periderm.formats.spdx import reading as spdx
from periderm.model.errors import FormatError


def fuzz(data: bytes) -> None:
    """One round."""
    for read in (cyclonedx.read, spdx.read):
        with contextlib.suppress(FormatError):
            made = read(data, "fuzz")
            if any(not package.purl for package in made.packages):
                raise AssertionError("a package without a package URL")
