"""What a detector says of itself: its whole identity in one value, from which reference and metadata are generated."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

Given = TypeVar("Given")


class Example(msgspec.Struct, Generic[Given], frozen=True):
    """A small input on which the detector fires, or stays quiet. `why` says in a sentence what it shows."""

    given: Given
    why: str


class DetectorSpec(msgspec.Struct, Generic[Given], frozen=True, kw_only=True):
    """Identity of a detector, rule or check.

    `id` is stable for ever (`IMG-…` image, `RUN-…` runtime). `title` begins with a verb. `techniques` are ATT&CK ids
    of the version named in `periderm.model.attack`. `behaviours` are row numbers of the behaviour catalogue that the
    reference is generated with, `weaknesses` CWE ids ('CWE-250'). `message` has `{names}` that the detector fills. At
    least one example of each kind.
    """

    id: str
    title: Text
    message: Text
    severity: Severity
    maturity: Maturity
    remediation: Text
    fires: tuple[Example[Given], ...]
    quiet: tuple[Example[Given], ...]
    techniques: tuple[str, ...] = ()
    behaviours: tuple[int, ...] = ()
    references: tuple[str, ...] = ()
    weaknesses: tuple[str, ...] = ()
