"""One comparison of Falco's as a condition of ours; raises FormatError with the reason where there is none.

A field that is not set never compares as true there; here a guard (`kind == 'open' && …`) says when it is set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from periderm.algorithms.rules.places import shown
from periderm.formats.falco_rules.fields import DOMAINS, EVENTS, FIELDS, PTRACE, Fact, literal, reason_for
from periderm.formats.falco_rules.grammar import Compare, Field
from periderm.model.errors import FormatError

_NUMBER = re.compile(r"-?[0-9]{1,18}")
_TRUTHS = {"true": True, "false": False, "1": True, "0": False}
_EQUAL = {"=": "==", "==": "==", "!=": "!="}
_ORDER = frozenset(("<", "<=", ">", ">="))
_NONE = frozenset(("<NA>", "N/A"))
_NAME_LENGTH = 15  # TASK_COMM_LEN without its NUL: a name of this length may go on
_OPEN_FLAGS = {"O_CREAT": "creates", "O_WRONLY": "writes", "O_RDWR": "writes"}
_SETS_ID, _RUNS = ("S_ISUID", "S_ISGID"), ("S_IXUSR", "S_IXGRP", "S_IXOTH")
_CAPABILITY = re.compile(r"(?i)(?:cap_)?([a-z_]+)")


def compared(compare: Compare) -> str:
    """The comparison as a condition."""
    special = _SPECIAL.get(_key(compare.field))
    if special is not None:
        return special(compare)
    return _said(_fact(compare.field), compare)


def _key(field: Field) -> str:
    return field.name if not field.through else ""


def _fact(field: Field) -> Fact:
    found = FIELDS.get(field.name)
    if found is None:
        raise FormatError(reason_for(field.name))
    if field.argument:
        found = _indexed(field, found)
    for transformer in field.through:
        if transformer == "len":
            found = Fact(f"size({found.text})", "number", found.guard)
        elif transformer in ("tolower", "toupper") and found.kind == "text":
            found = found._replace(text=f"{found.text}.{'lowerAscii' if transformer == 'tolower' else 'upperAscii'}()")
        else:
            raise FormatError(f"the transformer {transformer}() has nothing of the same meaning")
    return found


def _indexed(field: Field, fact: Fact) -> Fact:
    if fact.kind != "texts" or not field.argument.isascii() or not field.argument.isdecimal() or len(field.argument) > 2:
        raise FormatError(f"{shown(field.name)}[{shown(field.argument)}] has nothing of the same meaning")
    place = int(field.argument) - 1
    if place < 0:
        return Fact("name" if fact.text == "ancestors" else "exe")
    return Fact(f"{fact.text}[{place}]", "text", f"size({fact.text}) > {place}")


def _said(fact: Fact, compare: Compare) -> str:
    if fact.kind == "texts":
        inner = _on_text("a", compare, name=fact.text == "ancestors")
        return f"{fact.text}.exists(a, {inner})"
    if fact.kind == "truth":
        said = _on_truth(fact.text, compare)
    elif fact.kind == "number":
        said = _on_number(fact.text, compare)
    elif fact.kind == "network":
        said = _any(f"inNetwork({fact.text}, {literal(v)})" for v in _values(compare, ("=", "==", "in")))
    else:
        said = _on_text(fact.text, compare, name=fact.text in ("name", "parent"))
    return f"({fact.guard} && {said})" if fact.guard else said


def _values(compare: Compare, signs: tuple[str, ...]) -> tuple[str, ...]:
    if compare.sign not in signs or compare.other is not None or not compare.values:
        raise FormatError(f"'{compare.sign}' is not taken for {shown(compare.field.name)}")
    return compare.values


def _any(parts: Iterable[str]) -> str:
    told = list(parts)
    return told[0] if len(told) == 1 else f"({' || '.join(told)})"


def _on_text(text: str, compare: Compare, *, name: bool) -> str:  # noqa: PLR0911 -- one return for each operator
    sign = compare.sign
    if compare.other is not None:
        other = _fact(compare.other)
        if sign not in _EQUAL or other.kind != "text" or other.guard:
            raise FormatError("two fields are compared in a way that has nothing of the same meaning")
        return f"{text} {_EQUAL[sign]} {other.text}"
    if sign == "exists":
        return f"{text} != ''"
    values = compare.values
    if sign in _EQUAL and len(values) == 1:
        value = "" if values[0] in _NONE else values[0]
        if name and len(value) == _NAME_LENGTH:
            return f"{'!' if sign == '!=' else ''}{text}.startsWith({literal(value)})"
        return f"{text} {_EQUAL[sign]} {literal(value)}"
    if sign in ("in", "intersects"):
        if not values:
            return "false"
        cut = [v for v in values if name and len(v) == _NAME_LENGTH]
        whole = f"{text} in [{', '.join(literal(v) for v in values)}]"
        return _any([whole, *(f"{text}.startsWith({literal(v)})" for v in cut)])
    if sign == "pmatch":
        return _any(_below(text, value) for value in values) if values else "false"
    if len(values) != 1:
        raise FormatError(f"'{sign}' with {len(values)} values has nothing of the same meaning")
    return _with_one(text, sign, values[0])


def _with_one(text: str, sign: str, value: str) -> str:
    match sign:
        case "contains" | "startswith" | "endswith":
            function = {"contains": "contains", "startswith": "startsWith", "endswith": "endsWith"}[sign]
            return f"{text}.{function}({literal(value)})"
        case "icontains":
            return f"{text}.lowerAscii().contains({literal(value.lower())})"
        case "glob" | "iglob" if "[" not in value and "\\" not in value:
            low = sign == "iglob"
            return f"glob({text}{'.lowerAscii()' if low else ''}, {literal(value.lower() if low else value)})"
        case "regex":
            return f"{text}.matches({literal(f'^(?:{value})$')})"
        case _:
            raise FormatError(f"the operator '{sign}' has nothing of the same meaning for {shown(value)}")


def _below(text: str, prefix: str) -> str:
    prefix = prefix.rstrip("/")
    if "[" in prefix:
        raise FormatError("'pmatch' with character classes has nothing of the same meaning")
    if "*" in prefix or "?" in prefix:
        return f"(glob({text}, {literal(prefix)}) || glob({text}, {literal(prefix + '/**')}))"
    return f"({text} == {literal(prefix)} || {text}.startsWith({literal(prefix + '/')}))"


def _on_truth(text: str, compare: Compare) -> str:
    value = _values(compare, ("=", "==", "!="))[0].lower()
    if value not in _TRUTHS:
        raise FormatError(f"{shown(value)} is neither true nor false")
    return text if _TRUTHS[value] is (compare.sign != "!=") else f"!{text}"


def _on_number(text: str, compare: Compare) -> str:
    if compare.other is not None or not all(_NUMBER.fullmatch(v) for v in compare.values) or not compare.values:
        raise FormatError(f"{shown(compare.field.name)} is compared with what is no number")
    if compare.sign in ("in", "intersects"):
        return f"{text} in [{', '.join(compare.values)}]"
    sign = _EQUAL.get(compare.sign) or (compare.sign if compare.sign in _ORDER else "")
    if not sign:
        raise FormatError(f"'{compare.sign}' is not taken for {shown(compare.field.name)}")
    return f"{text} {sign} {compare.values[0]}"


def _event(compare: Compare) -> str:
    values = _values(compare, ("=", "==", "!=", "in"))
    kinds = list(dict.fromkeys(EVENTS[v] for v in values if v in EVENTS))
    if not kinds or (compare.sign == "!=" and len(values) > 1):
        raise FormatError(f"{', '.join(map(shown, values))} {_UNSEEN}")
    said = f"kind == '{kinds[0]}'" if len(kinds) == 1 else f"kind in [{', '.join(map(literal, kinds))}]"
    return f"!({said})" if compare.sign == "!=" else said


_UNSEEN = "is an event that the sensor does not tell one by one"


def _direction(compare: Compare) -> str:
    """Our events are calls that have returned."""
    return "true" if (_values(compare, ("=", "==", "!="))[0] == "<") is (compare.sign != "!=") else "false"


def _number(compare: Compare) -> str:
    """`evt.num=0` and `evt.num>=0` are how rules say never and always."""
    value = _values(compare, ("=", "==", ">=", ">", "!="))[0]
    if value != "0":
        raise FormatError(reason_for("evt.num"))
    return "false" if compare.sign in ("=", "==") else "true"


def _result(compare: Compare) -> str:
    if _values(compare, ("=", "==", "!="))[0] != "SUCCESS":
        raise FormatError("evt.res is compared with an error's name; `result` holds its number")
    return "failed" if compare.sign == "!=" else "!failed"


def _user(compare: Compare) -> str:
    values = _values(compare, ("=", "==", "!=", "in"))
    if values != ("root",):
        raise FormatError(reason_for("user.name"))
    return "user != 0" if compare.sign == "!=" else "user == 0"


def _terminal(compare: Compare) -> str:
    value = _values(compare, ("=", "==", "!=", ">"))[0]
    if value != "0":
        raise FormatError("the number of a terminal is not carried by events")
    return "!tty" if compare.sign in ("=", "==") else "tty"


def _container(compare: Compare) -> str:
    fact = "container_id" if compare.field.name == "container.id" else "container"
    fact = "runtime" if compare.field.name == "container.type" else fact
    if compare.sign in _EQUAL and compare.values == ("host",):
        return "contained" if compare.sign == "!=" else "!contained"
    if compare.sign == "exists":
        return "contained"
    if fact == "container_id":  # the first 12 characters there
        parts = [
            "!contained" if value == "host" else f"container_id.startsWith({literal(value)})"
            for value in _values(compare, ("=", "==", "!=", "in"))
        ]
        return f"!{_any(parts)}" if compare.sign == "!=" else _any(parts)
    parts = ["!contained"] if "host" in compare.values and compare.sign in ("in", "intersects") else []
    return _any([*parts, _on_text(fact, compare, name=False)])


def _descriptor(compare: Compare) -> str:
    if compare.sign in (">", ">=") and compare.values == ("0",):
        return "!failed"
    if compare.sign == "<" and compare.values == ("0",):
        return "failed"
    return f"(kind == 'dup' && {_on_number('number', compare)})"


_TYPES = {"f": "kind == 'open'", "4": "family == 'ipv4'", "6": "family == 'ipv6'", "u": "family == 'unix'"}
_TYPES |= {"file": _TYPES["f"], "ipv4": _TYPES["4"], "ipv6": _TYPES["6"], "unix": _TYPES["u"]}


def _type(compare: Compare) -> str:
    values = _values(compare, ("=", "==", "!=", "in"))
    known = [_TYPES[v] for v in values if v in _TYPES]
    if len(known) < len(values):
        raise FormatError(f"descriptors of type {', '.join(shown(v) for v in values if v not in _TYPES)} are not told apart")
    return f"!({_any(known)})" if compare.sign == "!=" else _any(known)


def _family(compare: Compare) -> str:
    value = _values(compare, ("=", "=="))[0]
    return {"ip": "(family == 'ipv4' || family == 'ipv6')", "unix": "family == 'unix'"}.get(value, "false")


def _flags(compare: Compare) -> str:
    names = [v for value in _values(compare, ("contains", "icontains", "intersects", "in")) for v in value.split("|")]
    if any(name not in _OPEN_FLAGS for name in names):
        raise FormatError(f"the flag {', '.join(shown(n) for n in names if n not in _OPEN_FLAGS)} is not told apart")
    return _any(dict.fromkeys(_OPEN_FLAGS[name] for name in names))


def _mode(compare: Compare) -> str:
    value = _values(compare, ("contains", "icontains"))[0]
    if value in _SETS_ID:
        return "makes_setuid"
    if value in _RUNS:
        return "makes_executable"
    raise FormatError(f"the mode {shown(value)} is not told apart")


def _request(compare: Compare) -> str:
    values = _values(compare, ("=", "==", "contains", "in"))
    if any(value not in PTRACE for value in values):
        raise FormatError(f"the request {', '.join(map(shown, values))} is not known")
    return f"(kind == 'ptrace' && number in [{', '.join(str(PTRACE[v]) for v in values)}])"


def _domain(compare: Compare) -> str:
    values = [v.removeprefix("AF_").removeprefix("PF_") for v in _values(compare, ("=", "==", "contains", "in"))]
    if any(value not in DOMAINS for value in values):
        raise FormatError(f"the domain {', '.join(map(shown, values))} is not known")
    return f"(kind == 'socket' && number in [{', '.join(str(DOMAINS[v]) for v in values)}])"


def _capabilities(compare: Compare) -> str:
    value = _values(compare, ("contains", "icontains"))[0]
    match = _CAPABILITY.fullmatch(value)
    if match is None:
        raise FormatError(f"{shown(value)} is no capability")
    return f"'CAP_{match[1].upper()}' in caps"


def _port(compare: Compare) -> str:
    return f"({_PEERED} && ({_on_number('port', compare)} || {_on_number('peer_port', compare)}))"


_PEERED = "kind in ['connect', 'accept']"
_SPECIAL: dict[str, Callable[[Compare], str]] = {
    "evt.type": _event,
    "syscall.type": _event,
    "evt.dir": _direction,
    "evt.num": _number,
    "evt.res": _result,
    "evt.arg.res": _result,
    "user.name": _user,
    "proc.tty": _terminal,
    "container.id": _container,
    "container.name": _container,
    "container.type": _container,
    "fd.num": _descriptor,
    "fd.type": _type,
    "fd.typechar": _type,
    "fd.sockfamily": _family,
    "fd.port": _port,
    "evt.arg.flags": _flags,
    "evt.arg.mode": _mode,
    "evt.arg.request": _request,
    "evt.arg.domain": _domain,
    "thread.cap_effective": _capabilities,
}
