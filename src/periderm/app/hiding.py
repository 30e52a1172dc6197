"""Which findings the store's exceptions take away, and by which of them. The matching itself is `algorithms.exceptions`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from periderm.algorithms.exceptions import apply, hides, subject_of
from periderm.app.application import Application
from periderm.model.exception import Excepted, Exemption
from periderm.model.finding import Finding
from periderm.model.places import ImageState


class Hidden(msgspec.Struct, frozen=True):
    """`left` count, `findings` do not; `by` says which exception hides which, those that hide nothing here left out."""

    left: tuple[Finding, ...]
    findings: tuple[Finding, ...] = ()
    by: tuple[Excepted, ...] = ()


def names_of(image: ImageState | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """References and digests by which an exception may name an image."""
    if image is None:
        return (), ()
    return tuple(dict.fromkeys(name for name in (image.name, *image.references) if name)), (image.digest,)


def hide(app: Application, findings: Sequence[Finding], images: Mapping[str, ImageState]) -> Hidden:
    """Puts the store's exceptions to these findings; `images` says in which image each is, by the finding's id."""
    exemptions = app.store.exemptions()
    if not exemptions:
        return Hidden(tuple(findings))
    now = app.clock.now()
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        image = images.get(finding.id)
        groups.setdefault(image.digest if image else "", []).append(finding)
    gone: dict[str, Finding] = {}
    by: dict[str, tuple[str, ...]] = {}
    for group in groups.values():
        references, digests = names_of(images.get(group[0].id))
        applied = apply(exemptions, group, now, references, digests)
        gone.update((f.id, f) for f in applied.excepted)
        for one in applied.by:
            by[one.exemption.id] = (*by.get(one.exemption.id, ()), *one.hides)
    return Hidden(
        left=tuple(f for f in findings if f.id not in gone),
        findings=tuple(gone.values()),
        by=tuple(Excepted(exemption=e, hides=by[e.id]) for e in exemptions if by.get(e.id)),
    )


def hidden_by(exemption: Exemption, finding: Finding, image: ImageState | None, now: int) -> bool:
    """Whether this exception takes this finding away at this time."""
    references, digests = names_of(image)
    return hides(exemption, subject_of(finding, references, digests), now)
