"""Looking into a layer's files with the content rules."""

from __future__ import annotations

import subprocess
import sys

import pytest

from periderm.flow.contents import MOST_TEXT, ContentLook, prepare
from periderm.flow.reading import NoCache
from periderm.model.contents import COSTLY, DATA, LARGE
from periderm.model.errors import FormatError
from periderm.model.image import FileType, LayerEntry
from periderm.model.limits import DEFAULT_LIMITS, ScanLimits

# Put together here, so that no scanner takes this file for one.
SHELL = b"<?php ev" + b"al($_PO" + b"ST['c']); ?>"
USER = (("own.yar", 'rule own { meta: severity = "low" strings: $a = "acme-internal" condition: $a }'),)


def entry(path: str, size: int, mode: int = 0o644) -> LayerEntry:
    """A file."""
    return LayerEntry(path, FileType.REGULAR, mode, 0, 0, size, 0)


def test_only_what_is_chosen_is_examined() -> None:
    """All kinds that run are sifted; what holds the words of a rule is given to the rules; the rest is counted."""
    look = ContentLook(DEFAULT_LIMITS, 1 << 20)
    files = [
        ("var/www/x.php", SHELL),
        ("usr/bin/x", b"\x7fELF" + bytes(100)),
        ("srv/data", b"\0" * 40),
        ("srv/a.txt", b"an ordinary text of no interest"),
        ("srv/empty", b""),
    ]
    for number, (path, data) in enumerate(files):
        look.look(number, entry(path, len(data)), data)
    told = look.contents()
    assert [(f.entry, f.kind, [m.rule for m in f.matches]) for f in told.found] == [(0, "script", ["CON-001"])]
    looked = told.looked
    assert (looked.sifted, looked.programs, looked.scripts, looked.examined) == (3, 1, 1, 1)
    assert looked.sifted_bytes == sum(len(files[n][1]) for n in (0, 1, 3))
    assert looked.left == {DATA: 1}
    assert not told.limited


def test_users_rules_see_every_file() -> None:
    """Their words are not known, so nothing is sifted away; they count in every kind."""
    look = ContentLook(DEFAULT_LIMITS, 1 << 20, USER)
    look.look(0, entry("srv/notes", 60), b"the words acme-internal stand here")
    told = look.contents()
    assert [m.rule for f in told.found for m in f.matches] == ["yara:own"]
    assert told.looked.examined == 1


def test_a_rule_counts_in_its_kinds_alone() -> None:
    """A web shell in a text that no server runs is none."""
    look = ContentLook(DEFAULT_LIMITS, 1 << 20, USER)
    look.look(0, entry("srv/notes.txt", len(SHELL)), b"an example: " + SHELL)
    assert look.contents().found == ()


def test_limits() -> None:
    """A file that is too large, and the sum of all: both are counted, the second makes the layer's facts no property of
    the layer."""
    look = ContentLook(ScanLimits(content_file=100), 3 * len(SHELL))
    look.look(0, entry("a.php", MOST_TEXT + 1), SHELL + bytes(1) + b" " * MOST_TEXT)
    look.look(1, entry("p", 200), b"\x7fELF" + bytes(200))
    for number in range(5):
        look.look(2 + number, entry("a.php", len(SHELL)), SHELL)
    told = look.contents()
    assert told.looked.left == {LARGE: 2, COSTLY: 2}
    assert len(told.found) == 3
    assert told.limited


def test_wrong_rules_are_told_at_once() -> None:
    """Before anything is read, with the file's name."""
    with pytest.raises(FormatError, match=r"bad\.yar"):
        prepare(user=(("bad.yar", "rule x { condition: nothing }"),))


def test_compiled_words_are_kept() -> None:
    """What was compiled once is taken from where it is kept by the next process; damage is a miss."""
    kept: dict[str, bytes] = {}

    class Cache(NoCache):
        def get(self, kind: str, key: str) -> bytes | None:
            return kept.get(f"{kind}:{key}")

        def put(self, kind: str, key: str, data: bytes) -> None:
            kept[f"{kind}:{key}"] = data

    prepare(Cache())
    assert len(kept) == 3
    first = dict(kept)
    prepare(Cache())
    assert kept == first
    for key in kept:
        kept[key] = b"damaged"
    prepare(Cache())


def test_who_keeps_nothing_loads_nothing() -> None:
    """A process that reads images has no place to load compiled words from: it inherits them, or compiles them."""
    prepare()
    look = ContentLook(DEFAULT_LIMITS, 1 << 20)
    assert not look.contents().found


def test_yara_is_loaded_late() -> None:
    """An image in which nothing is chosen never pays for the rule engine."""
    code = (
        "import sys\n"
        "from periderm.flow.contents import ContentLook, prepare\n"
        "from periderm.model.image import FileType, LayerEntry\n"
        "from periderm.model.limits import DEFAULT_LIMITS\n"
        "prepare()\n"
        "look = ContentLook(DEFAULT_LIMITS, 1 << 20)\n"
        "data = b'#!/bin/sh\\nset -e\\nexec /srv/app\\n'\n"
        "look.look(0, LayerEntry('a.sh', FileType.REGULAR, 0o755, 0, 0, len(data), 0), data)\n"
        "assert look.contents().looked.sifted == 1\n"
        "assert 'yara_x' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
