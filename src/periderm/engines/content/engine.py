"""Runs the compiled rules over one file's bytes. Compiling is slow and done once; scanning is bounded by time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from periderm.engines.content.detectors import DETECTORS
from periderm.engines.content.judging import Detector
from periderm.model.content import ContentMatch
from periderm.model.errors import FormatError
from periderm.model.severity import Severity

if TYPE_CHECKING:
    import yara_x

MOST_FOUND = 4
MOST_PIECE = 60
MOST_MATCHES = 32
SECONDS = 5
USER_SPACE = "user"
_SEVERITIES = {severity.name.lower(): severity for severity in Severity}


class UserRules(msgspec.Struct, frozen=True):
    """One file of YARA rules that a user wrote. `where` names it in errors."""

    where: str
    text: str


class ContentEngine:
    """Not thread-safe. Raises FormatError if a user's rules cannot be compiled; then there is no engine."""

    def __init__(self, user: Sequence[UserRules] = (), detectors: Sequence[Detector] = DETECTORS) -> None:
        import yara_x

        self._known = {detector.name: detector for detector in detectors}
        compiler = yara_x.Compiler()
        compiler.enable_includes(False)
        for detector in detectors:
            compiler.add_source(detector.rule(), origin=detector.spec.id)
        for number, rules in enumerate(user):
            compiler.new_namespace(f"{USER_SPACE}{number}")
            try:
                compiler.add_source(rules.text, origin=rules.where)
            except yara_x.CompileError as error:
                raise FormatError(f"these YARA rules are wrong: {_first_line(error)}", where=rules.where) from error
        self._user = tuple(rules.where for rules in user)
        self._scanner = yara_x.Scanner(compiler.build())
        self._scanner.set_timeout(SECONDS)
        self._scanner.max_matches_per_pattern(MOST_FOUND)

    def inspect(self, data: bytes) -> tuple[tuple[ContentMatch, ...], str]:
        """The rules that match, and '' or why the look was not finished."""
        import yara_x

        try:
            results = self._scanner.scan(data)
        except yara_x.TimeoutError:
            return (), f"the rules took longer than {SECONDS} s"
        except yara_x.ScanError as error:
            return (), _first_line(error)
        found = [self._match(rule, data) for rule in results.matching_rules]
        found.sort(key=lambda match: (-match.severity, match.rule))
        return tuple(found[:MOST_MATCHES]), ""

    def _match(self, rule: yara_x.Rule, data: bytes) -> ContentMatch:
        pieces = tuple(
            _piece(data[match.offset : match.offset + min(match.length, MOST_PIECE)])
            for pattern in rule.patterns
            for match in pattern.matches[:1]
        )[:MOST_FOUND]
        detector = self._known.get(rule.identifier)
        if detector is not None and not rule.namespace.startswith(USER_SPACE):
            spec = detector.spec
            return ContentMatch(
                rule=spec.id,
                title=spec.title.en,
                severity=spec.severity,
                techniques=spec.techniques,
                found=pieces,
                title_zh=spec.title.zh,
            )
        metadata = {str(name): value for name, value in rule.metadata}
        place = rule.namespace.removeprefix(USER_SPACE)
        return ContentMatch(
            rule=f"yara:{rule.identifier}",
            title=str(metadata.get("description") or metadata.get("title") or rule.identifier)[:200],
            severity=_SEVERITIES.get(str(metadata.get("severity", "high")).lower(), Severity.HIGH),
            techniques=tuple(part for part in str(metadata.get("technique", "")).replace(",", " ").split() if part)[:8],
            found=pieces,
            source=self._user[int(place)] if place.isdigit() and int(place) < len(self._user) else "",
        )


def _piece(data: bytes) -> str:
    """A matched piece as one printable word or line."""
    return "".join(chr(byte) if 32 <= byte < 127 else f"\\x{byte:02x}" for byte in data)


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return " ".join(text.split("\n")[:2])[:300] or type(error).__name__
