"""The fields that only runtime rules have, as they are read from a file."""

from __future__ import annotations

import pytest

from periderm.algorithms.rules.pack import PackKind, WrittenPack
from periderm.formats.policy_files.rules import read_rule_pack
from periderm.model.errors import RuleError
from periderm.model.policy import ResponseKind
from periderm.model.severity import Maturity, Severity

PACK = """\
kind: runtime
name: shop
version: "1.2"
rules:
  - id: r-1
    title: {en: Do it, zh: 做}
    condition: kind == 'exec'
    severity: informational
    technique: T1059
    techniques: [T1105]
    message: {en: a, zh: b}
    remediation: Stop it.
    response: kill-process
    maturity: experimental
    enabled: false
    tests:
      - {given: {kind: exec, argv: [a, ''], labels: {x: y}}, fires: true}
exceptions:
  - reason: why
    owner: who
    expires: 1970-01-02
    rules: r-1
    fields: name
    values: [a, [b]]
"""


def read(text: str) -> WrittenPack:
    """A runtime pack."""
    return read_rule_pack(text.encode(), "p.yaml", (PackKind.RUNTIME,))


def test_everything_is_read() -> None:
    """Each field in its type."""
    pack = read(PACK)
    (rule,) = pack.rules
    assert (pack.kind, pack.name, pack.version) == (PackKind.RUNTIME, "shop", "1.2")
    assert (rule.title, rule.title_zh, rule.severity) == ("Do it", "做", Severity.INFORMATIONAL)
    assert [t.text for t in rule.techniques] == ["T1059", "T1105"]
    assert rule.message is not None
    assert rule.message_zh is not None
    assert (rule.message.text, rule.message_zh.text, rule.remediation) == ("a", "b", "Stop it.")
    assert (rule.response, rule.maturity, rule.enabled) == (ResponseKind.KILL_PROCESS, Maturity.EXPERIMENTAL, False)
    assert {name: value for name, (value, _) in rule.tests[0].given.items()} == {
        "kind": "exec", "argv": ["a", ""], "labels": {"x": "y"},
    }  # fmt: skip
    (exception,) = pack.exceptions
    assert exception.expires == 2 * 86_400 * 10**9
    assert [[v.text for v in line] for line in exception.values] == [["a"], ["b"]]
    assert [r.text for r in exception.rules] == ["r-1"]


BAD = [
    (PACK.replace("kind: runtime\n", ""), "kind gate"),
    (PACK.replace("kind: runtime", "kind: runtme"), "Did you mean 'runtime'"),
    (PACK.replace("informational", "hihg"), "Did you mean 'high'"),
    (PACK.replace("kill-process\n", "kill-proces\n"), "Did you mean 'kill-process'"),
    (PACK.replace("experimental", "beta"), "is no maturity"),
    (PACK.replace("enabled: false", "enabled: no"), "neither true nor false"),
    (PACK.replace("severity:", "severty:"), "Did you mean 'severity'"),
    (PACK.replace("title: {en: Do it, zh: 做}", "title: {zh: 做}"), "needs 'en'"),
    (PACK.replace("1970-01-02", "tomorrow"), "is no day"),
    (PACK.replace("    reason: why\n", "").replace("  - reason: why\n", "  - id: x\n"), "needs 'reason'"),
    (PACK.replace("values: [a, [b]]", "values: []"), "hides everything"),
]


@pytest.mark.parametrize(("text", "what"), BAD)
def test_what_is_wrong(text: str, what: str) -> None:
    """With file, line and column, and the nearest word."""
    with pytest.raises(RuleError, match=r"^p\.yaml:\d+:\d+: ") as raised:
        read(text)
    assert what in str(raised.value)


def test_a_gate_takes_no_field_of_a_runtime_rule() -> None:
    """And a runtime pack none of a gate: nobody thinks that a severity fails a pipeline."""
    gate = b"rules:\n  - {id: a, condition: fixed, severity: high}\n"
    with pytest.raises(RuleError, match="has no 'severity'"):
        read_rule_pack(gate)
    with pytest.raises(RuleError, match="has no 'action'"):
        read(PACK.replace("maturity: experimental", "action: fail"))
    assert read_rule_pack(b"kind: gate\nrules:\n  - {id: a, condition: fixed}\n").rules[0].id == "a"
