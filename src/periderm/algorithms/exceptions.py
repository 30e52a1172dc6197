"""Which findings an exception hides: the one matching for the whole product. Keeps nothing, and looks at no clock: the time
is given.

An exception holds until its `expires`; all fields of its scope that are given must match, in each one of its patterns is
enough. Patterns are globs; only in `paths` a '*' does not cross '/'.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from periderm.algorithms.rules.glob import matches
from periderm.model import purl as purls
from periderm.model.alert import Alert
from periderm.model.exception import Excepted, Exemption, Scope
from periderm.model.finding import Finding

_HUB = ("docker.io/library/", "docker.io/", "index.docker.io/library/", "index.docker.io/")


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What a scope is compared with. `ids` are all names of it (finding, detector, vulnerability and its aliases);
    `images` references that the image has; `digests` of it ('sha256:…': configuration, manifest); `paths` where it is.
    One finding may be about several packages: `packages` are other names of it (its source), `purls` those of the others."""

    ids: tuple[str, ...]
    images: tuple[str, ...] = ()
    digests: tuple[str, ...] = ()
    package: str = ""
    purl: str = ""
    packages: tuple[str, ...] = ()
    purls: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    asset: str = ""
    assets: tuple[str, ...] = ()  # others that it happened in: of an alert the workload and the node


class Applied(msgspec.Struct, frozen=True):
    """`kept` count; `excepted` do not, whole; `by` says of each exception what it hides, and that it is over if it is."""

    kept: tuple[Finding, ...]
    excepted: tuple[Finding, ...]
    by: tuple[Excepted, ...]


def subject_of(finding: Finding, images: Sequence[str] = (), digests: Sequence[str] = ()) -> Subject:
    """A finding in an image (or in none) as scopes see it."""
    known = finding.vulnerability
    named = (known.id, *known.aliases) if known else ()
    paths = {p for p in (finding.location, known.path if known else "") if p}
    return Subject(
        ids=(finding.id, finding.detector, *named),
        images=tuple(images),
        digests=tuple(digests),
        package=known.name if known else finding.package,
        purl=finding.purl or (known.purl if known else ""),
        packages=(known.source,) if known and known.source else (),
        purls=known.packages if known else (),
        paths=tuple(sorted(paths)),
        asset=finding.asset_id,
    )


def subject_of_alert(alert: Alert, images: Sequence[str] = ()) -> Subject:
    """An alert as scopes see it; `images` are references of its image. Its paths are what it acted on and the program."""
    return Subject(
        ids=(alert.id, alert.detector),
        images=tuple(images),
        digests=(alert.image_digest,) if alert.image_digest else (),
        package=alert.process.package,
        paths=tuple(sorted({p for p in (alert.object, alert.process.exe) if p.startswith("/")})),
        asset=alert.asset_id,
        assets=tuple(a for a in (alert.workload_id, alert.node_id) if a),
    )


def hides_alert(exemption: Exemption, subject: Subject, now: int) -> bool:
    """Whether an exception takes this alert away. Only one that names detectors (or alerts) does: what was written for the
    weaknesses of an image must not silence what happens in it."""
    named = [name for name in exemption.scope.findings if name.strip("*?")]
    return bool(named) and _any(named, [i.lower() for i in subject.ids], lower=True) and hides(exemption, subject, now)


def hides(exemption: Exemption, subject: Subject, now: int) -> bool:
    """Whether an exception takes this away at a time (Unix nanoseconds)."""
    return exemption.expires > now and covers(exemption.scope, subject)


def covers(scope: Scope, subject: Subject) -> bool:
    """Whether a scope is about this, whatever the time. An empty scope is about nothing."""
    if scope.empty:
        return False
    return (
        (not scope.findings or _any(scope.findings, [i.lower() for i in subject.ids], lower=True))
        and (not scope.images or _any(scope.images, [form for image in subject.images for form in image_forms(image)]))
        and (not scope.digests or _any(scope.digests, subject.digests))
        and (not scope.packages or any(_is_package(pattern, subject) for pattern in scope.packages))
        and (not scope.paths or _any_path(scope.paths, subject.paths))
        and (not scope.assets or _any(scope.assets, (subject.asset, *subject.assets)))
    )


def apply(
    exemptions: Iterable[Exemption],
    findings: Sequence[Finding],
    now: int,
    images: Sequence[str] = (),
    digests: Sequence[str] = (),
) -> Applied:
    """Findings of one image (or of none) with the exceptions taken off. A finding that two hide is told of both. What an
    exception would hide if it existed is asked in the same way, with that one alone."""
    given = tuple(exemptions)
    hidden: dict[int, list[str]] = {i: [] for i in range(len(given))}
    running = [(i, e) for i, e in enumerate(given) if e.expires > now]
    kept: list[Finding] = []
    excepted: list[Finding] = []
    for finding in findings:
        subject = subject_of(finding, images, digests) if running else None
        by = [i for i, e in running if subject is not None and covers(e.scope, subject)]
        (excepted if by else kept).append(finding)
        for i in by:
            hidden[i].append(finding.id)
    told = (Excepted(exemption=e, hides=tuple(hidden[i]), expired=e.expires <= now) for i, e in enumerate(given))
    return Applied(tuple(kept), tuple(excepted), tuple(told))


def image_forms(reference: str) -> tuple[str, ...]:
    """Ways to name an image: whole, without digest, without tag, and each without Docker Hub's own prefix."""
    whole = reference.strip()
    plain = whole.partition("@")[0]
    name, colon, tag = plain.rpartition(":")
    untagged = name if colon and "/" not in tag else plain
    forms = dict.fromkeys((whole, plain, untagged))
    for form in (whole, plain, untagged):
        short = next((form[len(prefix) :] for prefix in _HUB if form.startswith(prefix)), "")
        if short:
            forms[short] = None
    return tuple(f for f in forms if f)


def _any(patterns: Iterable[str], values: Iterable[str], lower: bool = False) -> bool:
    known = [v for v in values if v]
    return any(matches(v, p.lower() if lower else p, paths=False) for p in patterns for v in known)


def _any_path(patterns: Iterable[str], paths: Iterable[str]) -> bool:
    known = [p.removeprefix("/") for p in paths]
    return any(matches(path, pattern.removeprefix("/")) for pattern in patterns for path in known)


def _is_package(pattern: str, subject: Subject) -> bool:
    """By any name of what the finding is about: the package, its source, and each other package of the same source."""
    urls = dict.fromkeys(url for url in (subject.purl, *subject.purls) if url)
    known = [own for url in urls if (own := purls.parse(url)) is not None]
    if pattern.startswith("pkg:"):
        return any(_is_url(pattern, own) for own in known)
    names = {subject.package, *subject.packages}
    for own in known:
        names |= {own.name, f"{own.namespace}/{own.name}" if own.namespace else "", f"{own.namespace}:{own.name}"}
    return _any((pattern,), names)


def _is_url(pattern: str, own: purls.PackageUrl) -> bool:
    if "*" in pattern:  # a '?' begins qualifiers here; they are not compared
        bare, glob = str(msgspec.structs.replace(own, version="", qualifiers=(), subpath="")), pattern.partition("?")[0]
        return matches(bare, glob, paths=False) or matches(f"{bare}@{own.version}", glob, paths=False)
    told = purls.parse(pattern)
    if told is None or (own.type, own.namespace, own.name) != (told.type, told.namespace, told.name):
        return False
    have = dict(own.qualifiers)
    return told.version in ("", own.version) and all(have.get(name) == value for name, value in told.qualifiers)
