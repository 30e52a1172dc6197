"""What detectors of trust look at and what they say: one image under one rule, with the signatures that were verified."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from periderm.model.base_image import BaseImage
from periderm.model.detector import DetectorSpec
from periderm.model.finding import FindingKind
from periderm.model.registry import ImageReference
from periderm.model.severity import Severity
from periderm.model.text import Text
from periderm.model.trust import Refused, TrustPolicy, TrustRule, Vouched

NOW = 1_790_000_000  # the time of examples: 2026-09-21


class BuildStart(msgspec.Struct, frozen=True, kw_only=True):
    """An image that a build file begins with. `reference` None: it cannot be told (a variable)."""

    path: str
    line: int
    text: str
    reference: ImageReference | None = None


class TrustFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One image and what a policy asks of it. `name` is what it is called here, `reference` the same as registries say it
    (None: no registry's name). `digests` are its manifest's and its indexes', computed. `created` and `base_created` are
    Unix seconds (0: not known). `unseen` says which signatures could not be fetched. `judged` is false for what is no image
    (a source folder), of which only `starts` are asked. `broken` says why there is no
    policy where there should be one. `now` is Unix seconds."""

    policy: TrustPolicy = TrustPolicy()
    rule: TrustRule | None = None
    name: str = ""
    reference: ImageReference | None = None
    image_digest: str = ""
    digests: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    base: BaseImage = BaseImage()
    created: int = 0
    base_created: int = 0
    vouched: tuple[Vouched, ...] = ()
    refused: tuple[Refused, ...] = ()
    unseen: tuple[Text, ...] = ()
    starts: tuple[BuildStart, ...] = ()
    judged: bool = True
    broken: Text | None = None
    now: int = NOW


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that the policy does not allow. `key` makes the finding itself, beside its detector and asset; `values` fill
    the `{names}` of the message; `remediation` replaces the detector's own."""

    key: str
    location: str
    values: Mapping[str, str | Text] = {}
    evidence: str = ""
    severity: Severity | None = None
    message: Text | None = None
    remediation: Text | None = None


class Detector(msgspec.Struct, frozen=True):
    """A detector: its identity and its judgement over the facts."""

    spec: DetectorSpec[TrustFacts]
    judge: Callable[[TrustFacts], Iterator[Hit]]
    kind: FindingKind = FindingKind.UNTRUSTED


def plain(text: str, most: int = 120) -> str:
    """A foreign string in one printable line."""
    short = text if len(text) <= most else f"{text[: most - 1]}…"
    return "".join(letter if letter.isprintable() else "?" for letter in short)


def listed(names: tuple[str, ...], most: int = 4) -> str:
    """Names for a sentence, the first few of them."""
    shown = ", ".join(plain(name, 80) for name in names[:most])
    return f"{shown}, …" if len(names) > most else shown
