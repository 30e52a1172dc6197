"""No pattern of an engine can be held up by a hostile text: each is run as its module runs it, over texts made to make
regular expressions try again and again."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from types import ModuleType

import pytest

_LONGEST = 3 * 4_095  # three times the longest path of an event, so that what is quadratic costs nine times as much
_ASKED = {"search", "match", "fullmatch", "finditer", "findall", "sub", "split"}
_UNITS = (
    *(
        "a",
        "/",
        "a/",
        " ",
        "-",
        ".",
        "1",
        "a b",
        "/a",
        "\n",
        "\0",
        "'",
        '"',
        "|",
        ";",
        ":",
        "\\",
        "@",
        "=",
        "../",
        "é",
        "r",
        "(",
        "{",
    ),
    *(
        "sh ",
        "a=",
        "| a ",
        "-a ",
        "/tmp/",
        "curl ",
        "base64 ",
        "/proc/",
        "exec(",
        "a.",
        "_",
        "$(",
        "&",
        "> /",
        "a@b:",
        "\t",
        "+",
        "//a",
    ),
)
_WORD = re.compile(r"[A-Za-z0-9_./<>$&={}+-]+")
_NO_WORD = re.compile(r"\(\?[:=!<>a-z]+|\\[bsSwWdD]|\[[^\]]*\]|\{\d+,?\d*\}|[\\?|()*]")
_SLOW = r"(?:[\w/.-]*/)?(?:sudo\s+)?(?:[\w/.-]*/)?sh\b"


def _hostile(pattern: str) -> Iterator[str]:
    """Repetitions that suit any pattern, and those of the pattern's own words, with an end that nothing waits for."""
    for unit in _UNITS:
        yield (unit * _LONGEST)[:_LONGEST]
        yield (unit * _LONGEST)[: _LONGEST - 1] + "\x01"
    for word in list(dict.fromkeys(_WORD.findall(_NO_WORD.sub(" ", pattern))))[:12]:
        for unit in ("", " ", "/", "|", "a", "\0"):
            yield ((word + unit) * _LONGEST)[: _LONGEST - 1] + "!"
            yield (word + " " + unit * _LONGEST)[: _LONGEST - 1] + "\x01"


def _patterns(value: object, depth: int = 0) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, dict) and depth < 3:
        yield from _patterns(tuple(value.values()), depth)
    elif isinstance(value, tuple | list | set | frozenset) and depth < 3:
        for one in value:
            yield from _patterns(one, depth + 1)


def _uses(module: ModuleType) -> tuple[dict[str, set[str]], set[str]]:
    """How a module asks its patterns: by the name of a pattern, and through any other name."""
    named: dict[str, set[str]] = {}
    others: set[str] = set()
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Attribute) and node.attr in _ASKED:
            name = getattr(node.value, "id", "")
            if name.lstrip("_").isupper():
                named.setdefault(name, set()).add(node.attr)
            elif name != "re" and node.attr not in ("sub", "split"):
                others.add(node.attr)
    return named, others


def _ask(pattern: re.Pattern[str], how: str, text: str) -> None:
    if how == "fullmatch":
        pattern.fullmatch(text)
    elif how == "match":
        pattern.match(text)
    else:
        for _ in pattern.finditer(text):
            pass


def every_pattern(package: str) -> int:
    """Every pattern of a package over its hostile texts; how many patterns there were. For the child process."""
    top = importlib.import_module(package)
    modules = [importlib.import_module(m.name) for m in pkgutil.walk_packages(top.__path__, top.__name__ + ".")]
    uses = {module.__name__: _uses(module) for module in modules}
    done: set[int] = set()
    for module in modules:
        named, others = uses[module.__name__]
        for name, value in vars(module).items():
            known = set().union(*(of.get(name, set()) for of, _ in uses.values() if name in named or name not in of))
            for pattern in _patterns(value):
                if id(pattern) in done:
                    continue
                done.add(id(pattern))
                asked = named.get(name) or known or others or {"search"}
                for text in _hostile(pattern.pattern):
                    for how in asked:
                        _ask(pattern, how, text)
    return len(done)


def _child(code: str, seconds: int) -> subprocess.CompletedProcess[str]:
    limit = partial(resource.setrlimit, resource.RLIMIT_CPU, (seconds, seconds))
    command = [sys.executable, "-c", code]
    return subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("package", "fewest"), [("runtime", 150), ("content", 0), ("config", 50), ("image", 40), ("trust", 0)])
def test_no_pattern_can_be_held_up(package: str, fewest: int) -> None:
    """Hostile texts of full length through every pattern of the engine, asked as its modules ask it: a minute of processor
    time is far more than enough."""
    code = f"import runpy; print(runpy.run_path({__file__!r})['every_pattern']('periderm.engines.{package}'))"
    child = _child(code, 60)
    assert child.returncode == 0, child.stderr or "the child used up its processor time"
    assert int(child.stdout) >= fewest


def test_a_pattern_that_tries_again_and_again_would_be_caught() -> None:
    """The limit does end a child whose pattern backtracks."""
    code = f"import re, runpy; t = runpy.run_path({__file__!r}); [t['_ask'](re.compile(w), 'search', x) for w in [{_SLOW!r}] "
    assert _child(f"{code} for x in t['_hostile'](w)]", 1).returncode < 0
