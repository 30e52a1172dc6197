"""What a person asks of a detector: what it looks for, when it fires, when it stays quiet, what to change.

All from the detector's own file; an id of an incident, alert or finding leads to the detectors behind it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from periderm.app.alerts import show_alert
from periderm.app.application import Application
from periderm.app.findings import show_finding
from periderm.app.incidents import read_incident
from periderm.engines import baseline, content, image, runtime, trust, vulnerability
from periderm.engines.config import catalogue as config
from periderm.engines.runtime.judging import Detector as RuntimeDetector
from periderm.model.attack import known, technique
from periderm.model.detector import DetectorSpec
from periderm.model.errors import NotFoundError
from periderm.model.principal import Principal
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text


class NamedTechnique(msgspec.Struct, frozen=True):
    """An ATT&CK technique with its name and page; the name is the id itself where the catalogue lacks it."""

    id: str
    name: Text
    url: str = ""


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """A detector as a person reads it. `capability` is the engine's name. `fires` and `quiet` say what each example
    shows."""

    id: str
    capability: str
    title: Text
    message: Text
    severity: Severity
    maturity: Maturity
    remediation: Text
    fires: tuple[str, ...]
    quiet: tuple[str, ...]
    techniques: tuple[NamedTechnique, ...] = ()
    behaviours: tuple[int, ...] = ()
    references: tuple[str, ...] = ()
    weaknesses: tuple[str, ...] = ()


def list_detectors() -> tuple[Explanation, ...]:
    """All detectors, in the order in which their engines run them."""
    return tuple(_all())


def _all() -> Iterator[Explanation]:
    engines = (
        ("image", image.DETECTORS),
        ("vulnerability", vulnerability.DETECTORS),
        ("runtime", runtime.DETECTORS),
        ("content", content.DETECTORS),
        ("config", config.DETECTORS),
        ("trust", trust.DETECTORS),
        ("baseline", baseline.DETECTORS),
    )
    for capability, detectors in engines:
        for detector in detectors:
            yield _explained(capability, detector.spec)


def _explained(capability: str, spec: DetectorSpec[Any]) -> Explanation:
    return Explanation(
        id=spec.id,
        capability=capability,
        title=spec.title,
        message=spec.message,
        severity=spec.severity,
        maturity=spec.maturity,
        remediation=spec.remediation,
        fires=tuple(example.why for example in spec.fires),
        quiet=tuple(example.why for example in spec.quiet),
        techniques=tuple(_named(t) for t in spec.techniques),
        behaviours=spec.behaviours,
        references=spec.references,
    )


def explain_rules(rules: Sequence[RuntimeDetector]) -> tuple[Explanation, ...]:
    """The rules that users wrote, as the product's own detectors are explained."""
    return tuple(_explained("rule", rule.spec) for rule in rules)


def _named(technique_id: str) -> NamedTechnique:
    if not known(technique_id):
        return NamedTechnique(technique_id, Text(technique_id, technique_id))
    found = technique(technique_id)
    return NamedTechnique(found.id, found.name, found.url)


_ADVISORY = re.compile(r"CVE-\d{4}-\d{4,19}|GHSA(-[0-9a-z]{4}){3}", re.IGNORECASE)


def explain_detector(detector_id: str, rules: Sequence[Explanation] = ()) -> Explanation:
    """One detector, by its id in any case, or one of these rules. Raises NotFoundError, with the ids that are nearest."""
    catalogue = {explanation.id.upper(): explanation for explanation in (*rules, *_all())}
    found = catalogue.get(detector_id.upper())
    if found is not None:
        return found
    if _ADVISORY.fullmatch(detector_id):
        hint = f"A published vulnerability: `periderm advisories search {detector_id.upper()}`."
        raise NotFoundError(f"{detector_id!r} is no detector.", hint)
    near = difflib.get_close_matches(detector_id.upper()[:80], catalogue, n=3, cutoff=0.5)
    hint = f"Nearest: {', '.join(near)}. " if near else ""
    raise NotFoundError(f"No detector is called {detector_id!r}.", hint + "`periderm explain` lists all.")


def is_record(identifier: str) -> bool:
    """Whether this is the id of something that was detected, and not of a detector."""
    return identifier.startswith(("inc-", "alt-", "fnd-"))


def explain_record(
    app: Application, who: Principal, record_id: str, rules: Sequence[Explanation] = ()
) -> tuple[Explanation, ...]:
    """The detectors and rules behind an incident, an alert or a finding, each once. Raises NotFoundError."""
    if record_id.startswith("inc-"):
        ids = [step.detector for step in read_incident(app, who, record_id).chain]
    elif record_id.startswith("alt-"):
        ids = [show_alert(app, who, record_id).detector]
    else:
        ids = [show_finding(app, who, record_id).detector]
    return tuple(explain_detector(detector_id, rules) for detector_id in dict.fromkeys(ids))
