"""Words as a POSIX shell takes them, unchanged whatever they hold. Runs nothing."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[\w@%+=:,./-]+", re.ASCII)


def quoted(word: str) -> str:
    """In single quotes where it needs them (IEEE 1003.1, Shell Command Language 2.2.2)."""
    return word if _PLAIN.fullmatch(word) else "'" + word.replace("'", "'\"'\"'") + "'"
