"""What a scan or a build is asked to fail on: the condition of `--fail-on`, and what is said of the rules of a policy."""

from __future__ import annotations

from collections.abc import Sequence

from periderm.app.gate import Gate, read_gate
from periderm.app.rule_gate import RuleResult
from periderm.cli.output import Output
from periderm.model.errors import RuleError
from periderm.model.text import Text

_FAILED = Text(
    "Policy: {id} fails, {count} findings: {title} ({names})", "策略：{id} 未通过，{count} 个弱点：{title}（{names}）"
)
_WARNED = Text("Policy: {id} warns, {count} findings: {title} ({names})", "策略：{id} 警告，{count} 个弱点：{title}（{names}）")
_PASSED = Text("Policy: none of {count} rules is met.", "策略：{count} 条规则均未触发。")


def asked_gate(condition: str, out: Output) -> Gate | None:
    """The condition of `--fail-on`, None without one; what is wrong with it is pointed at. Raises RuleError."""
    if not condition:
        return None
    try:
        return read_gate(condition)
    except RuleError as error:
        if error.column and "\n" not in condition:
            out.point(condition, error.column)
        raise


def rule_lines(results: Sequence[RuleResult], out: Output) -> bool:
    """Says which rules are met and by what; whether one of them fails the pipeline."""
    met = [result for result in results if result.findings]
    if results and not met:
        out.note(out.say(_PASSED.fill(count=len(results))))
    for result in met:
        names = list(dict.fromkeys(f.vulnerability.id if f.vulnerability else f.detector for f in result.findings))
        told = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
        text = _FAILED if result.fails else _WARNED
        out.note(out.say(text.fill(id=result.id, count=len(result.findings), title=result.title, names=told)))
    return any(result.fails for result in met)
