"""What Debian's Python makes of a regular expression is what it says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

SOURCES = Path(__file__).parent.parent / "src"
GROUP = re.compile(r"\)(?:[*+?]|\{\d*,?\d*\})\+")  # a possessive repetition of a whole group
CLASS = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*\]|\\.", re.DOTALL)  # where a bracket is only a character


def test_no_group_is_possessive() -> None:
    """Python before 3.11.5 (Debian 12 has 3.11.2) loses its place in `(…)*+` (gh-106052); `(?>(…)*)` holds."""
    found = []
    for path in sorted(SOURCES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
                text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
                if "+" in text and GROUP.search(CLASS.sub("x", text)):
                    found.append(f"{path.relative_to(SOURCES)}:{node.lineno}")
    assert found == []
