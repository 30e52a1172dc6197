"""Falco's files together: append, override, exceptions, in the order of the files."""

from __future__ import annotations

import pytest

from periderm.formats.falco_rules import documents
from periderm.formats.falco_rules.documents import read
from periderm.model.errors import FormatError

BASE = b"""
- required_engine_version: 0.31.0
- list: tools
  items: [a, b]
- macro: started
  condition: evt.type = execve
- rule: R
  desc: one
  condition: started and proc.name in (tools)
  output: x
  priority: WARNING
  tags: [container, T1059]
  exceptions:
    - name: who
      fields: [proc.name, fd.directory]
    - name: files
      fields: fd.filename
"""
MORE = b"""
- list: tools
  append: true
  items: [c]
- macro: started
  override: {condition: append}
  condition: or evt.type = execveat
- rule: R
  condition: and not user.name = root
  priority: ERROR
  override: {condition: append, priority: replace}
- rule: R
  exceptions:
    - name: who
      values: [[sh, /tmp]]
    - name: files
      values: [x, y]
  append: true
"""


def test_files_are_put_together() -> None:
    """What is appended stands behind, what is replaced is gone."""
    found = read([("a.yaml", BASE), ("b.yaml", MORE)])
    assert found.lists == {"tools": ["a", "b", "c"]}
    assert found.macros == {"started": "evt.type = execve or evt.type = execveat"}
    rule = found.rules["R"]
    assert rule.condition == "started and proc.name in (tools) and not user.name = root"
    assert (rule.priority, rule.tags, rule.enabled) == ("ERROR", ("container", "T1059"), True)
    who, files = rule.exceptions.values()
    assert (who.comparisons, who.values, who.single) == (("=", "="), (["sh", "/tmp"],), False)
    assert (files.comparisons, files.values, files.single) == (("in",), ("x", "y"), True)


def test_redefined_and_switched() -> None:
    """Without append the whole rule is new; `enabled` alone switches."""
    off = b"- rule: R\n  enabled: false\n"
    assert not read([("a", BASE), ("b", off)]).rules["R"].enabled
    on = b"- rule: R\n  enabled: true\n  override: {enabled: replace}\n"
    assert read([("a", BASE), ("b", off), ("c", on)]).rules["R"].enabled
    new = read([("a", BASE), ("b", b"- rule: R\n  condition: evt.type = open\n")]).rules["R"]
    assert (new.condition, new.exceptions, new.tags) == ("evt.type = open", {}, ())
    assert (
        read([("a", BASE), ("b", b"- rule: R\n  exceptions: []\n  override: {exceptions: replace}\n")]).rules["R"].exceptions
        == {}
    )


@pytest.mark.parametrize("data", [b"a: b", b"- [", b"- &a x\n- *a", b"- rule: [a]\n", b"\xff", b"[" * 100 + b"]" * 100])
def test_what_is_no_rule_file(data: bytes) -> None:
    """One error with the name of the file."""
    with pytest.raises(FormatError, match=r"x\.yaml"):
        read([("x.yaml", data)])


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too large a file, too many items; an empty file is empty."""
    assert read([("x", b"")]).rules == {}
    monkeypatch.setattr(documents, "MOST_ITEMS", 3)
    with pytest.raises(FormatError, match="more than 3"):
        read([("x", BASE)])
    monkeypatch.setattr(documents, "MOST", 10)
    with pytest.raises(FormatError, match="larger"):
        read([("x", BASE)])
