"""What is seen of the ATT&CK matrix for containers: which detectors name each technique, and what no sensor here can see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from periderm.app.explain import Explanation, list_detectors
from periderm.model import attack
from periderm.model.severity import Maturity
from periderm.model.text import Text

NOTHING = Text("", "")


class Sight(msgspec.Struct, frozen=True):
    """A detector that sees a technique."""

    id: str
    title: Text
    capability: str
    maturity: Maturity


class Covered(msgspec.Struct, frozen=True, kw_only=True):
    """One technique. `seen` are the detectors that name it or one of its sub-techniques, `blind` says what cannot be seen
    from the machine ('' if all of it can)."""

    id: str
    name: Text
    url: str
    tactics: tuple[str, ...]
    seen: tuple[Sight, ...] = ()
    blind: Text = NOTHING


def coverage(detectors: Sequence[Explanation] | None = None) -> tuple[Covered, ...]:
    """The whole matrix, in its own order."""
    by_technique: dict[str, list[Explanation]] = {}
    for detector in list_detectors() if detectors is None else detectors:
        for named in detector.techniques:
            by_technique.setdefault(named.id, []).append(detector)
    return tuple(_covered(identity, by_technique) for identity in attack.CONTAINERS)


def _covered(identity: str, by_technique: dict[str, list[Explanation]]) -> Covered:
    technique = attack.technique(identity)
    below = [found for name, found in by_technique.items() if name == identity or name.startswith(identity + ".")]
    return Covered(
        id=identity,
        name=technique.name,
        url=technique.url,
        tactics=technique.tactics,
        seen=tuple(_sights(detector for found in below for detector in found)),
        blind=attack.BLIND_SPOTS.get(identity, NOTHING),
    )


def _sights(detectors: Iterable[Explanation]) -> Iterable[Sight]:
    each = {d.id: Sight(d.id, d.title, d.capability, d.maturity) for d in detectors}
    return (each[identity] for identity in sorted(each))
