"""What a vendor says of one rpm on one release, put together from statements about single builds. Reads no document."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, unquote

from periderm.model.advisory import Affected, PackageName, Verdict
from periderm.model.severity import Severity
from periderm.model.version_range import Scheme, VersionRange

Compare = Callable[[Scheme, str, str], int]


@dataclasses.dataclass(frozen=True, slots=True)
class Rpm:
    """A build or a whole package: `version` is 'EPOCH:VERSION-RELEASE' (no epoch if 0), '' for every build. `source` is the
    name of the source package, if told."""

    name: str
    version: str = ""
    module: str = ""
    source: str = ""


def rpm_of(purl: str) -> Rpm | None:
    """The rpm that a package URL of type rpm names; None for others, and for images in rpm's clothes (their names have
    slashes)."""
    head, _, query = purl.partition("?")
    if not head.startswith("pkg:rpm/"):
        return None
    path, _, version = head[8:].partition("@")
    _, slash, name = path.partition("/")
    name = unquote(name if slash else path)
    if not name or "/" in name:
        return None
    told = dict(parse_qsl(query.partition("#")[0], keep_blank_values=True))
    version = unquote(version)
    epoch = told.get("epoch", "")
    if version and epoch and epoch != "0" and ":" not in version:
        version = f"{epoch}:{version}"
    module = ":".join(told.get("rpmmod", "").split(":")[:2])
    source = told.get("upstream", "")
    # 'xz-5.8.1-160000.2.2.src.rpm' or 'xz.src.rpm'
    source = source.removesuffix(".src.rpm")
    source = source.rsplit("-", 2)[0] if source.count("-") >= 2 else source
    return Rpm(name, version, module, source)


Key = tuple[PackageName, str]  # the package and its module


class Said:
    """Gathers statements; the lowest of several fixes of one package is its boundary, and a fix beats every other word."""

    def __init__(self, compare: Compare) -> None:
        self._compare = compare
        self._fixed: dict[Key, str] = {}
        self._verdicts: dict[Key, tuple[Verdict, str]] = {}
        self._severity: dict[Key, Severity] = {}

    def fixed(self, package: PackageName, module: str, version: str, severity: Severity) -> None:
        """A build with the fix."""
        key = (package, module)
        known = self._fixed.get(key)
        if known is None or self._compare(Scheme.RPM, version, known) < 0:
            self._fixed[key] = version
        self._rate(key, severity)

    def unfixed(self, package: PackageName, module: str, verdict: Verdict, note: str, severity: Severity) -> None:
        """A verdict on the whole package. What was affected is not made better by a later 'not affected'."""
        key = (package, module)
        known = self._verdicts.get(key)
        if known is None or known[0] is Verdict.NOT_AFFECTED:
            self._verdicts[key] = (verdict, note)
        self._rate(key, severity)

    def drop_unfixed(self, keys: set[Key]) -> None:
        """Forgets verdicts without a fix."""
        for key in keys:
            self._verdicts.pop(key, None)

    def unfixed_keys(self) -> Iterator[tuple[Key, Verdict]]:
        """Packages with a verdict and without a fix."""
        return ((key, verdict) for key, (verdict, _) in self._verdicts.items() if key not in self._fixed)

    def _rate(self, key: Key, severity: Severity) -> None:
        self._severity[key] = max(severity, self._severity.get(key, Severity.UNKNOWN))

    def affected(self) -> Iterator[Affected]:
        """One entry for each package and module."""
        for key in {**self._fixed, **self._verdicts}:
            package, module = key
            fixed = self._fixed.get(key)
            verdict, note = (Verdict.AFFECTED, "") if fixed else self._verdicts[key]
            if fixed:
                ranges: tuple[VersionRange, ...] = (VersionRange(introduced=_begin(module, fixed), fixed=fixed),)
            else:
                ranges = () if verdict is Verdict.NOT_AFFECTED else (VersionRange(),)
            notes = (f"module {module}" if module else "", note)
            yield Affected(
                package=package,
                scheme=Scheme.RPM,
                ranges=ranges,
                verdict=verdict,
                severity=self._severity[key],
                note="; ".join(n for n in notes if n),
                module=module,
            )


def _begin(module: str, fixed: str) -> str:
    """Streams of a module are parallel: where the stream is the beginning of the version ('nodejs:18', 18.20.4), older
    streams are not in its range."""
    stream = module.partition(":")[2]
    epoch, colon, rest = fixed.rpartition(":")
    return f"{epoch}{colon}{stream}" if stream and rest.startswith(f"{stream}.") else ""
