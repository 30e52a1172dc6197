"""Reads what code analysers found: SARIF 2.1.0, bounded. Trusts no text of it, and resolves no reference to another file.

Source: OASIS Static Analysis Results Interchange Format 2.1.0 (sections 3.14, 3.19, 3.27, 3.28, 3.35, 3.49); GitHub's "SARIF
support for code scanning" for `security-severity` and the tags that name weaknesses.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

import msgspec

from periderm.model.analysis import Analysis, AnalysisResult
from periderm.model.errors import FormatError, LimitError
from periderm.model.severity import Severity

MOST_BYTES = 64 << 20
MOST_RESULTS = 25_000  # of all runs together, as GitHub takes of one
MOST_RUNS = 50
_LEVELS = {
    "error": Severity.HIGH,
    "warning": Severity.MEDIUM,
    "note": Severity.LOW,
    "none": Severity.INFORMATIONAL,
}
_COUNTING = frozenset({"fail", "open", "review"})
_CWE = re.compile(r"(?i)(?:^|/)cwe[-:/ ]?0{0,4}(\d{1,5})\b")
_ROOTS = frozenset({"%SRCROOT%", "SRCROOT", "%srcroot%", "ROOTPATH", "PROJECTROOT"})


class _Struct(msgspec.Struct, rename="camel", frozen=True):
    """SARIF's names."""


class _Message(_Struct, frozen=True):
    text: str = ""
    markdown: str = ""
    id: str = ""


class _Artifact(_Struct, frozen=True):
    uri: str = ""
    uri_base_id: str = ""
    index: int = -1


class _Region(_Struct, frozen=True):
    start_line: int = 0
    snippet: _Message | None = None


class _Physical(_Struct, frozen=True):
    artifact_location: _Artifact | None = None
    region: _Region | None = None


class _Location(_Struct, frozen=True):
    physical_location: _Physical | None = None


class _Suppression(_Struct, frozen=True):
    kind: str = ""
    status: str = ""
    justification: str = ""


class _Component(_Struct, frozen=True):
    name: str = ""
    index: int = -1


class _RuleReference(_Struct, frozen=True):
    id: str = ""
    index: int = -1
    tool_component: _Component | None = None


class _Result(_Struct, frozen=True):
    rule_id: str = ""
    rule_index: int = -1
    rule: _RuleReference | None = None
    level: str = ""
    kind: str = "fail"
    message: _Message | None = None
    locations: list[_Location] = []
    fingerprints: dict[str, str] = {}
    partial_fingerprints: dict[str, str] = {}
    suppressions: list[_Suppression] | None = None
    baseline_state: str = ""
    taxa: list[_RuleReference] = []
    properties: dict[str, msgspec.Raw] = {}


class _Configuration(_Struct, frozen=True):
    level: str = "warning"


class _Rule(_Struct, frozen=True):
    id: str = ""
    name: str = ""
    short_description: _Message | None = None
    full_description: _Message | None = None
    help: _Message | None = None
    help_uri: str = ""
    message_strings: dict[str, _Message] = {}
    default_configuration: _Configuration = _Configuration()
    properties: dict[str, msgspec.Raw] = {}


class _Driver(_Struct, frozen=True):
    name: str = ""
    rules: list[_Rule] = []


class _Tool(_Struct, frozen=True):
    driver: _Driver
    extensions: list[_Driver] = []


class _StoredArtifact(_Struct, frozen=True):
    location: _Artifact | None = None


class _Invocation(_Struct, frozen=True):
    execution_successful: bool = True


class _Run(_Struct, frozen=True):
    tool: _Tool
    results: list[_Result] | None = None
    artifacts: list[_StoredArtifact] = []
    original_uri_base_ids: dict[str, _Artifact] = {}
    invocations: list[_Invocation] = []


class _Log(_Struct, frozen=True):
    version: str
    runs: list[_Run]


def read(data: bytes, *, root: str = "", where: str = "") -> Analysis:
    """All results that count or are suppressed; those of an earlier state (`absent`) and those that passed are not
    listed. `root` is the folder that was analysed, for absolute addresses. Raises FormatError; LimitError beyond 64 MiB
    or 50 runs."""
    if len(data) > MOST_BYTES:
        raise LimitError(f"it is larger than {MOST_BYTES >> 20} MiB.", where=where)
    try:
        log = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Log)
    except (msgspec.MsgspecError, UnicodeError, ValueError, RecursionError) as error:
        raise FormatError(f"it is no SARIF: {_plain(str(error), 200)}.", "Give SARIF 2.1.0.", where=where) from None
    if log.version != "2.1.0":
        raise FormatError(f"it is SARIF {_plain(log.version, 20)!r}, and not 2.1.0.", where=where)
    if len(log.runs) > MOST_RUNS:
        raise LimitError(f"it holds more than {MOST_RUNS} runs.", where=where)
    found: list[AnalysisResult] = []
    left_out: list[str] = []
    for run in log.runs:
        name = _plain(run.tool.driver.name, 60) or "an analyser"
        if any(not invocation.execution_successful for invocation in run.invocations):
            left_out.append(f"{name} says that its run did not succeed: it may have found more.")
        for result in _Reader(run, name, root).results():
            if len(found) >= MOST_RESULTS:
                left_out.append(f"{name} has more than {MOST_RESULTS} results; the rest was left out.")
                break
            found.append(result)
    return Analysis(tuple(found), tuple(dict.fromkeys(left_out)))


class _Reader:
    """One run."""

    def __init__(self, run: _Run, name: str, root: str) -> None:
        self._run = run
        self._name = name
        self._root = root.rstrip("/")
        self._by_id = {rule.id: rule for part in (*run.tool.extensions, run.tool.driver) for rule in part.rules}

    def results(self) -> Iterator[AnalysisResult]:
        """Those that stand for something."""
        for result in self._run.results or ():
            if result.baseline_state != "absent" and result.kind in _COUNTING:
                yield self._result(result)

    def _rule(self, result: _Result) -> _Rule:
        told = result.rule or _RuleReference()
        part: _Driver = self._run.tool.driver
        if told.tool_component is not None and 0 <= told.tool_component.index < len(self._run.tool.extensions):
            part = self._run.tool.extensions[told.tool_component.index]
        index = told.index if told.index >= 0 else result.rule_index
        if 0 <= index < len(part.rules):
            return part.rules[index]
        name = result.rule_id or told.id
        # 3.27.5: an id may go on, after a slash, where its rule's does not.
        return self._by_id.get(name) or self._by_id.get(name.rpartition("/")[0]) or _Rule(id=name)

    def _result(self, result: _Result) -> AnalysisResult:
        rule = self._rule(result)
        name = _plain(result.rule_id or (result.rule.id if result.rule else "") or rule.id, 200) or "unnamed"
        path, line, snippet = self._place(result)
        title = _said(rule.short_description) or rule.name or _said(rule.full_description)
        return AnalysisResult(
            tool=self._name,
            rule=name,
            title=_plain(title, 300) or name,
            message=_plain(_message(result, rule) or title, 2000) or name,
            severity=_severity(result, rule),
            path=path,
            line=line,
            change=_change(rule),
            evidence=_plain(snippet, 300),
            fingerprint=_fingerprint(result),
            weaknesses=_weaknesses(result, rule),
            suppressed=_suppressed(result),
        )

    def _place(self, result: _Result) -> tuple[str, int, str]:
        """(path, line, the line's text) of the first location that names a file."""
        for location in result.locations[:20]:
            physical = location.physical_location
            if physical is None or physical.artifact_location is None:
                continue
            region = physical.region or _Region()
            snippet = region.snippet.text if region.snippet else ""
            path = self._path(physical.artifact_location)
            if path:
                return path, min(max(0, region.start_line), 10**9), snippet
        return "", 0, ""

    def _path(self, artifact: _Artifact) -> str:
        if not artifact.uri and 0 <= artifact.index < len(self._run.artifacts):
            artifact = self._run.artifacts[artifact.index].location or artifact
        uri = artifact.uri[:4000]
        try:
            scheme, path = urlsplit(uri).scheme, unquote(urlsplit(uri).path, errors="backslashreplace")
        except ValueError:
            return ""
        if scheme not in ("", "file"):
            return ""
        if not path.startswith("/"):
            base = self._base(artifact.uri_base_id)
            path = posixpath.join(base, path) if base else path
        return _plain(self._relative(path), 1000)

    def _base(self, name: str) -> str:
        """The folder of a base that is not the root itself, relative to it or absolute."""
        found, parts = name, []
        for _ in range(8):
            known = self._run.original_uri_base_ids.get(found)
            if known is None or (found in _ROOTS and not known.uri_base_id):
                break
            try:
                parts.append(unquote(urlsplit(known.uri[:4000]).path, errors="backslashreplace"))
            except ValueError:
                break
            found = known.uri_base_id
            if not found:
                break
        return posixpath.join(*reversed(parts)) if parts else ""

    def _relative(self, path: str) -> str:
        """Relative to the folder that was analysed: under its name here, or under the one that the analyser had."""
        roots = [self._root]
        for name, known in self._run.original_uri_base_ids.items():
            if name in _ROOTS and known.uri.startswith("file://"):
                roots.append(unquote(known.uri[7:], errors="backslashreplace").rstrip("/"))
        for root in roots:
            if root and path.startswith(root + "/"):
                path = path[len(root) + 1 :]
                break
        clean = posixpath.normpath(path) if path else ""
        return "" if clean in (".", "..") or clean.startswith("../") else clean.lstrip("/")


def _said(message: _Message | None) -> str:
    return (message.text or message.markdown) if message else ""


def _message(result: _Result, rule: _Rule) -> str:
    message = result.message
    if message is None:
        return ""
    return message.text or message.markdown or _said(rule.message_strings.get(message.id))


def _change(rule: _Rule) -> str:
    said = _plain(_said(rule.help) or _said(rule.full_description), 600)
    link = rule.help_uri if rule.help_uri.startswith(("https://", "http://")) and rule.help_uri.isascii() else ""
    return " ".join(part for part in (said, f"See {_plain(link, 300)}" if link else "") if part)


def _severity(result: _Result, rule: _Rule) -> Severity:
    for properties in (result.properties, rule.properties):
        score = _number(properties.get("security-severity"))
        if score is not None:
            bands = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM), (0.1, Severity.LOW))
            return next((severity for least, severity in bands if score >= least), Severity.INFORMATIONAL)
    if result.kind != "fail":
        return Severity.INFORMATIONAL
    return _LEVELS.get(result.level or rule.default_configuration.level, Severity.MEDIUM)


def _number(raw: msgspec.Raw | None) -> float | None:
    """A score: GitHub asks for a text, some write a number."""
    if raw is None:
        return None
    try:
        return min(10.0, max(0.0, float(msgspec.json.decode(raw, type=str | float | int))))
    except (msgspec.MsgspecError, ValueError):
        return None


def _weaknesses(result: _Result, rule: _Rule) -> tuple[str, ...]:
    told = [*_texts(rule.properties.get("tags")), *_texts(rule.properties.get("cwe")), *_texts(result.properties.get("cwe"))]
    told += [f"CWE-{t.id}" for t in result.taxa if t.tool_component and t.tool_component.name == "CWE" and t.id.isdigit()]
    found = (f"CWE-{int(m[1])}" for text in told[:100] if (m := _CWE.search(text[:200])))
    return tuple(dict.fromkeys(found))[:20]


def _texts(raw: msgspec.Raw | None) -> list[str]:
    if raw is None:
        return []
    try:
        found = msgspec.json.decode(raw, type=list[str] | str)
    except (msgspec.MsgspecError, ValueError, RecursionError):  # bytes of a skipped value are not looked at before
        return []
    return [found] if isinstance(found, str) else found


def _fingerprint(result: _Result) -> str:
    given = result.fingerprints or result.partial_fingerprints
    return "|".join(f"{name}={value}"[:200] for name, value in sorted(given.items())[:5])


def _suppressed(result: _Result) -> str:
    """Why it does not count; '' if it does. One that is under review or was rejected hides nothing (3.27.23)."""
    given = result.suppressions
    if not given or any(one.status in ("underReview", "rejected") for one in given):
        return ""
    said = next((one.justification for one in given if one.justification), "")
    return _plain(said, 300) or "Suppressed where the analyser ran, without a reason."


def _plain(text: str, most: int) -> str:
    """One printable line of at most `most` characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: most * 4]).split())
    return line if len(line) <= most else line[: most - 1] + "…"
