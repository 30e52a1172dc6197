"""Whole rules of Falco's: macros, lists, exceptions, outputs; what is not translated says why."""

from __future__ import annotations

from periderm.engines.runtime.rules.pack import language
from periderm.formats.falco_rules.documents import read
from periderm.formats.falco_rules.translate import Translated, translate
from periderm.model.severity import Severity

RULES = """
- list: inner
  items: [sh, bash]
- list: shells
  items: [inner, zsh]
- macro: container
  condition: (container.id != host)
- macro: started
  condition: (evt.type in (execve, execveat) and evt.dir=<)
- macro: loop
  condition: loop2
- macro: loop2
  condition: not loop
- macro: hidden
  condition: proc.cwd = /x
- rule: A shell!
  desc: Somebody started a shell
  condition: started and container and proc.name in (shells) and not proc.pname = cron
  output: "*Shell %proc.name in %container.name at %evt.time {by} %proc.aname[2]"
  priority: CRITICAL
  tags: [mitre_execution, T1059.004]
  exceptions:
    - name: who
      fields: [proc.name, proc.cmdline]
      comps: [=, startswith]
      values: [[sh, "sh -c ok"], [bash, "bash -c ok"]]
    - name: empty
      fields: [proc.name]
"""
OTHERS = """
- rule: A shell?
  condition: started and proc.cmdline contains "&&"
  enabled: false
- rule: Loops
  condition: started and loop
- rule: Hidden
  condition: started and not hidden
- rule: Missing
  condition: nothing_here
- rule: Audit
  source: k8s_audit
  condition: ka.verb = create
- rule: Broken
  condition: started and (
- rule: Crooked
  condition: started
  exceptions:
    - name: e
      fields: [proc.name, proc.pname]
      values: [[a]]
"""


def translated(text: str) -> Translated:
    """The rules of a file."""
    return translate(read([("f.yaml", text.encode())]), language().fields)


def test_a_rule() -> None:
    """Condition, severity, technique, message, exceptions; a macro that is called like a fact gets another name."""
    pack = translated(RULES).pack
    rule = pack.rules[0]
    assert {name: place.text for name, place in pack.macros} == {"started": "kind == 'exec'", "container_macro": "contained"}
    assert rule.condition.text == (
        "(started && container_macro && name in ['sh', 'bash', 'zsh'] && !(parent == 'cron'))"
        " && !(name == 'sh' && cmdline.startsWith('sh -c ok')) && !(name == 'bash' && cmdline.startsWith('bash -c ok'))"
    )
    assert (rule.id, rule.severity, [t.text for t in rule.techniques]) == ("falco-a-shell", Severity.CRITICAL, ["T1059.004"])
    assert rule.message is not None
    assert rule.message.text == "Shell {name} in {container} at evt time {{by}} {ancestors}"
    assert rule.remediation == "Somebody started a shell"


def test_reasons() -> None:
    """Each that is left out says why, also through a macro; the others are not touched by them."""
    found = translated(RULES + OTHERS)
    assert [rule.id for rule in found.pack.rules] == ["falco-a-shell", "falco-a-shell-2"]
    assert not found.pack.rules[1].enabled
    reasons = {outcome.name: " ".join(outcome.reasons) for outcome in found.outcomes if not outcome.id}
    assert "uses itself" in reasons["Loops"]
    assert "macro hidden" in reasons["Hidden"]
    assert "no macro nothing_here" in reasons["Missing"]
    assert "k8s_audit" in reasons["Audit"]
    assert "the condition" in reasons["Broken"]
    assert "another length" in reasons["Crooked"]


def test_lists_that_eat_themselves_end() -> None:
    """A list in itself, and one of too many values."""
    text = "- list: a\n  items: [a, b]\n- rule: R\n  condition: proc.name in (a) and evt.type = open\n"
    assert len(translated(text).pack.rules) == 1
    many = f"- list: a\n  items: [{', '.join(map(str, range(3000)))}]\n- rule: R\n  condition: proc.name in (a)\n"
    assert "more than" in " ".join(translated(many).outcomes[0].reasons)
