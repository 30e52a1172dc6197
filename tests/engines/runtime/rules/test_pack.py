"""Packs become detectors: what an alert says, exceptions, failures, and what is refused on load."""

from __future__ import annotations

import pytest

from periderm.algorithms.rules.pack import PackKind
from periderm.engines.runtime.engine import RuntimeEngine
from periderm.engines.runtime.rules.pack import Counts, checked, detectors, names_in, told
from periderm.engines.runtime.scene import HOST, SHOP, batch_of, connects, runs
from periderm.formats.policy_files.rules import read_rule_pack
from periderm.model.alert import Alert
from periderm.model.errors import RuleError
from periderm.model.event import Event
from periderm.model.severity import Maturity, Severity

PACK = """
kind: runtime
name: shop
version: "3"
macros:
  a_tool: name in tools
lists:
  tools: [nc, ncat]
rules:
  - id: tool
    title: {en: Run a tool, zh: 运行工具}
    condition: kind == 'exec' && a_tool
    severity: critical
    techniques: [T1059, T1562.004, T9999]
    message: {en: "{name} ({args}) in {subject}: {tty}", zh: "{subject} 中的 {name}"}
    remediation: Remove it.
    response: pause-container
    maturity: incubating
  - id: off
    condition: kind == 'exec'
    enabled: false
  - id: broken
    condition: kind == 'exec' && argv[7] == 'x'
  - id: out
    condition: kind == 'connect' && port == 4444
exceptions:
  - reason: The probe
    owner: o
    expires: 2023-11-14
    rules: [tool]
    fields: [cmdline]
    values: ["nc -z *"]
"""


def engine(text: str = PACK, counts: Counts | None = None) -> RuntimeEngine:
    """An engine with nothing but the pack."""
    made = RuntimeEngine(HOST, ())
    made.use_rules(detectors(checked(read_rule_pack(text.encode(), "p.yaml", (PackKind.RUNTIME,))), counts))
    return made


def alerts(*events: Event, counts: Counts | None = None) -> list[Alert]:
    """What is said of these events."""
    return list(engine(counts=counts).feed(batch_of(events)))


def test_an_alert_says_what_the_rule_says() -> None:
    """Title, message in both languages, severity, present ids of techniques, the pack, and what it asks for."""
    (alert,) = alerts(runs(2, 1, "/usr/bin/nc", "nc", "-l", "1"))
    assert (alert.detector, alert.severity, alert.maturity) == ("tool", Severity.CRITICAL, Maturity.INCUBATING)
    assert (alert.title.en, alert.title.zh) == ("Run a tool", "运行工具")
    assert (alert.message.en, alert.message.zh) == ("nc (-l 1) in shop: false", "shop 中的 nc")
    assert alert.techniques == ("T1059", "T1686")
    assert alert.evidence == {"pack": "shop 3", "response": "pause-container"}
    assert alert.object == "/usr/bin/nc"


def test_rules_without_words() -> None:
    """A rule of id and condition has a message all the same; the object of a connection is its address."""
    (alert,) = alerts(connects(2, "::1", 4444))
    assert alert.object == "[::1]:4444"
    assert alert.message.en
    assert alert.message.zh
    assert alert.severity is Severity.MEDIUM


def test_exceptions_hold_until_their_end() -> None:
    """By the time of the event; what they cover is counted."""
    counts = Counts()
    probe = runs(2, 1, "/usr/bin/nc", "nc", "-z", "x")
    assert alerts(probe, counts=counts) == []
    assert counts.excepted == {"tool": 1}
    late = runs(2, 1, "/usr/bin/nc", "nc", "-z", "x", at=3 * 86_400)
    assert [a.detector for a in alerts(late)] == ["tool"]


def test_what_cannot_be_answered_is_counted_and_harms_nobody() -> None:
    """The other rules go on."""
    counts = Counts()
    assert [a.detector for a in alerts(runs(2, 1, "/usr/bin/nc", "nc", "x"), counts=counts)] == ["tool"]
    assert counts.failed == {"broken": 1}
    assert "p.yaml" in counts.reasons["broken"]


def test_hostile_names_in_messages_are_plain_text() -> None:
    """What a process calls itself is not a template."""
    (alert,) = alerts(runs(2, 1, "/usr/bin/nc", "nc", "{args}{0.__class__}", "\x1b[31m"))
    assert "{args}{0.__class__}" in alert.message.en
    assert "\x1b" not in alert.message.en


def rule(**changes: str) -> str:
    """A pack of one rule."""
    fields = {"id": "r-1", "condition": "kind == 'exec'"} | changes
    return "kind: runtime\nrules:\n  - " + "\n    ".join(f"{name}: {value}" for name, value in fields.items()) + "\n"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (rule(id="RUN-002"), "product's own"),
        (rule(id="'a b'"), "is no id"),
        (rule(message="'{nome}'"), "Did you mean 'name'"),
        (rule(message="'{name.x}'"), "no template"),
        (rule(message="'{name!r}'"), "no template"),
        (rule(message="'{name:>9}'"), "no template"),
        (rule(message="'{0}'"), "no template"),
        (rule(message="'{'"), "no template"),
        (rule(condition="kind == 'exce'"), "Did you mean 'exec'"),
        (rule(condition="shells.exists(s, s == name)"), "no 'shells'"),
        (rule(condition="how == 'ssh'"), "never 'ssh'"),
    ],
)
def test_what_is_wrong_is_found_on_load(text: str, what: str) -> None:
    """With file, line and column."""
    with pytest.raises(RuleError, match=r"p\.yaml:\d+:\d+: .*") as raised:
        engine(text)
    assert what in str(raised.value)


def test_words_of_messages() -> None:
    """Names in a template, and facts as words."""
    assert names_in("{name} {{x}} {path}") == ("name", "path")
    assert [told(v) for v in (True, ("a", "b"), 7, "x")] == ["true", "a b", "7", "x"]
    assert SHOP.name == "shop"
