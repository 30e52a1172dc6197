"""Programs belong to families by their names, versions and scripts aside; names that say nothing belong to none."""

from __future__ import annotations

import pytest

from periderm.engines.baseline import families as kinds
from periderm.engines.baseline.families import WORDS, acting, base, families, script


@pytest.mark.parametrize(
    ("program", "family"),
    [
        ("/bin/sh", kinds.SHELL),
        ("/bin/busybox", kinds.SHELL),
        ("/bin/sh /etc/cron.daily/x", kinds.SHELL),
        ("/usr/bin/python3.11", kinds.INTERPRETER),
        ("/usr/bin/python3.11 /app/x.py", kinds.INTERPRETER),
        ("/usr/bin/curl", kinds.CLIENT),
        ("/usr/sbin/php-fpm8.2", kinds.SERVER),
        ("/usr/bin/gcc-12", kinds.COMPILER),
        ("/usr/bin/node", kinds.INTERPRETER),
        ("/usr/bin/node", kinds.SERVER),
        ("/usr/bin/whoami", kinds.LOOKING),
        ("/usr/bin/sudo", kinds.PRIVILEGE),
    ],
)
def test_of_a_family(program: str, family: str) -> None:
    """By name, with and without a version or a script."""
    assert family in families(program)


@pytest.mark.parametrize("program", ["", "runtime", "/app/run", "/usr/bin/convert", "/tmp/shx"])
def test_of_none(program: str) -> None:
    """Nothing is read into a name."""
    assert families(program) == frozenset()


def test_parts() -> None:
    """The acting file's name, the script, and what of both decides."""
    assert base("/bin/sh /x/y.sh") == "sh"
    assert script("/bin/sh /x/y.sh") == "/x/y.sh"
    assert acting("/bin/sh /x/y.sh") == "/x/y.sh"
    assert acting("/bin/sh") == "/bin/sh"


def test_every_family_has_words() -> None:
    """Whatever is said of a family can be said in both languages."""
    assert {kinds.SHELL, kinds.INTERPRETER, kinds.CLIENT, kinds.SERVER} <= set(WORDS)
    assert all(text.en and not text.zh.isascii() for text in WORDS.values())
