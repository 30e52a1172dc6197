"""From a pack of runtime rules to detectors that the engine runs beside its own. Reads no files.

A rule's condition runs only on rows that its needs let through (`derive`). A condition that cannot be answered (it divides by
zero, it asks for an element that is not there) counts as a failure of the rule, which whoever loads packs tells.
"""

from __future__ import annotations

import re
import string
from functools import lru_cache
from typing import Any

from periderm.algorithms.rules.language import Language
from periderm.algorithms.rules.pack import Pack, Rule, WrittenPack, WrittenRule, load
from periderm.algorithms.rules.places import Place, nearest, shown
from periderm.engines.runtime.judging import Context, Detector, Verdict
from periderm.engines.runtime.rules.complete import complete
from periderm.engines.runtime.rules.derive import needs_of
from periderm.engines.runtime.rules.facts import NETWORK, Facts
from periderm.engines.runtime.rules.needs import interests
from periderm.model.attack import known, technique
from periderm.model.detector import DetectorSpec
from periderm.model.errors import RuleError
from periderm.model.event_facts import FAMILIES, HOWS, KINDS, EventFacts
from periderm.model.policy import ResponseKind
from periderm.model.text import Text

_ID = re.compile(r"[A-Za-z][A-Za-z0-9._-]{1,63}")
_RESERVED = re.compile(r"[A-Z]{2,5}-[0-9]")
_OF_ALERTS = frozenset(("process", "object", "subject"))
_MESSAGE = Text("{name} in {subject} met a rule: {object}.", "{subject} 中的 {name} 触发了规则：{object}。")
_REMEDIATION = Text("See what the rule's pack says of it.", "参见规则包中的说明。")


class Counts:
    """What happened to a pack's rules since they were loaded: how often each could not be answered, with the last reason,
    and how often exceptions covered it. One thread counts, others may read."""

    def __init__(self) -> None:
        self.failed: dict[str, int] = {}
        self.reasons: dict[str, str] = {}
        self.excepted: dict[str, int] = {}


@lru_cache(maxsize=1)
def language() -> Language:
    """Conditions over `model.event_facts.EventFacts`."""
    words = {
        "kind": tuple(KINDS),
        "how": HOWS,
        "family": ("", *FAMILIES.values()),
        "transport": ("", "tcp", "udp", "raw"),
    }
    return Language(EventFacts, {}, words)


def checked(written: WrittenPack) -> Pack:
    """The pack, with all that can be wrong in it found: names, types, tests' facts, messages, ids. Its tests are not run.
    Raises RuleError with the place."""
    pack = load(written, language(), complete)
    for rule in written.rules:
        _check_id(rule)
        for message in (rule.message, rule.message_zh):
            if message is not None:
                _check_message(message)
    return pack


def detectors(pack: Pack, counts: Counts | None = None) -> tuple[Detector, ...]:
    """The rules of a checked pack that are enabled, each a detector of its own."""
    latest = _Latest()
    return tuple(_detector(rule, pack, latest, counts or Counts()) for rule in pack.rules if rule.written.enabled)


def names_in(message: str) -> tuple[str, ...]:
    """The names in a template's braces. Raises ValueError for what is no plain name in braces."""
    found = []
    for _, name, spec, conversion in string.Formatter().parse(message):
        if name is None:
            continue
        if spec or conversion or not name.isidentifier():
            raise ValueError(f"'{{{shown(name)}}}' is no plain name in braces")
        found.append(name)
    return tuple(found)


def told(fact: Any) -> str:
    """A fact as a word of a message."""
    if isinstance(fact, bool):
        return "true" if fact else "false"
    return " ".join(map(str, fact)) if isinstance(fact, tuple | list) else str(fact)


class _Latest:
    """The facts of the event that is judged now, shared by all rules that look at it."""

    def __init__(self) -> None:
        self._facts: Facts | None = None

    def of(self, context: Context) -> Facts:
        facts = self._facts
        if facts is None or facts.context is not context:
            facts = self._facts = Facts(context)
        return facts


def _detector(rule: Rule, pack: Pack, latest: _Latest, counts: Counts) -> Detector:
    written, holds = rule.written, rule.condition.holds
    message = Text(written.message.text, (written.message_zh or written.message).text) if written.message else _MESSAGE
    fill = sorted({*names_in(message.en), *names_in(message.zh)} - _OF_ALERTS)
    evidence = {"pack": " ".join(filter(None, (_pack_name(pack), pack.written.version if pack.written else "")))}
    if written.response not in (ResponseKind.ALERT, ResponseKind.OBSERVE):
        evidence["response"] = written.response.value

    def judge(context: Context) -> Verdict | None:
        facts = latest.of(context)
        try:
            if not holds(facts):
                return None
        except RuleError as error:
            counts.failed[rule.id] = counts.failed.get(rule.id, 0) + 1
            counts.reasons[rule.id] = str(error)
            return None
        if rule.exceptions and rule.excepted(facts, context.event.time) is not None:
            counts.excepted[rule.id] = counts.excepted.get(rule.id, 0) + 1
            return None
        return Verdict(object=_object(facts), fill={name: told(getattr(facts, name)) for name in fill}, evidence=dict(evidence))

    return Detector(
        spec=DetectorSpec(
            id=rule.id,
            title=Text(rule.title, written.title_zh or rule.title),
            message=message,
            severity=written.severity,
            maturity=written.maturity,
            remediation=Text(written.remediation, written.remediation) if written.remediation else _REMEDIATION,
            fires=(),
            quiet=(),
            techniques=tuple(dict.fromkeys(technique(t.text).id for t in written.techniques if known(t.text))),
        ),
        interests=interests(needs_of(rule.condition)),
        judge=judge,
    )


def _pack_name(pack: Pack) -> str:
    name = pack.written.name if pack.written else ""
    return name or pack.where.rpartition("/")[2]


def _object(facts: Facts) -> str:
    event = facts.context.event
    if event.kind in NETWORK and facts.address:
        if not event.port:
            return str(facts.address)
        return f"[{facts.address}]:{event.port}" if ":" in facts.address else f"{facts.address}:{event.port}"
    return str(facts.path or facts.exe)


def _check_id(rule: WrittenRule) -> None:
    if _ID.fullmatch(rule.id) is None:
        raise rule.place.error(
            0, f"'{shown(rule.id)}' is no id.", "An id has 2 to 64 letters, digits, '.', '_' or '-', a letter first."
        )
    if _RESERVED.match(rule.id) is not None:
        raise rule.place.error(0, f"Ids like '{shown(rule.id)}' are the product's own.", "Choose another one.")


def _check_message(message: Place) -> None:
    try:
        names = names_in(message.text)
    except ValueError as error:
        raise message.error(
            0, f"The message is no template: {error}.", "Write {name} of a fact; double other braces."
        ) from None
    allowed = {*EventFacts.__struct_fields__, *_OF_ALERTS}
    for name in names:
        if name not in allowed:
            raise message.error(max(0, message.text.find(name)), f"There is no '{shown(name)}'.", nearest(name, allowed))
