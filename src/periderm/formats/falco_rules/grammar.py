"""Falco's conditions as a tree. Knows no fields and resolves no macros.

Source: falco.org/docs/concepts/rules/conditions (operators, transformers, pmatch). Bounded: 20,000 characters, 60 levels.
"""

from __future__ import annotations

import re

import msgspec

from periderm.model.errors import FormatError

LONGEST, DEEPEST = 20_000, 60
_BINARY = frozenset(
    ("=", "==", "!=", "<", "<=", ">", ">=", "contains", "icontains", "bcontains", "startswith", "bstartswith", "endswith",
     "glob", "iglob", "in", "intersects", "pmatch", "regex")
)  # fmt: skip
_WORDS = re.compile(
    r"""\s+ | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*') | (?P<sign><=|>=|!=|==|=|<|>|\(|\)|,)
    | (?P<word>(?:[^\s"'()=!<>,\[]|\[[^\]]*\]|!(?!=))+)""",
    re.VERBOSE,
)
_TRANSFORMERS = frozenset(("tolower", "toupper", "b64", "basename", "len", "val"))
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_FIELD = re.compile(r"([a-zA-Z_][\w]*(?:\.[\w]+)+)(?:\[([^\]]*)\])?")


class Field(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A field, its argument in brackets ('' if none), and the transformers around it, the innermost first."""

    name: str
    argument: str = ""
    through: tuple[str, ...] = ()


class Compare(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A field compared with values, or with another field (then `other` is it)."""

    field: Field
    sign: str
    values: tuple[str, ...] = ()
    other: Field | None = None


class Named(msgspec.Struct, frozen=True, tag=True):
    """A macro that is used."""

    name: str


class Negated(msgspec.Struct, frozen=True, tag=True):
    """`not part`."""

    part: Condition


class Joined(msgspec.Struct, frozen=True, tag=True):
    """Parts joined by 'and' or by 'or'."""

    sign: str
    parts: tuple[Condition, ...]


Condition = Compare | Named | Negated | Joined


class _Token(msgspec.Struct, frozen=True):
    text: str
    quoted: bool = False


def parse(text: str, where: str = "") -> Condition:
    """The condition. Raises FormatError with what was expected."""
    if len(text) > LONGEST:
        raise FormatError(f"the condition is longer than {LONGEST} characters.", where=where)
    parser = _Parser(_tokens(text, where), where)
    found = parser.alternatives(0)
    if parser.now is not None:
        raise parser.wrong("the end")
    return found


def _tokens(text: str, where: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while at < len(text):
        match = _WORDS.match(text, at)
        if match is None:
            raise FormatError(f"the condition has a sign that is not understood: {text[at : at + 20]!r}.", where=where)
        at = match.end()
        if match["string"] is not None:
            found.append(_Token(_ESCAPE.sub(r"\1", match["string"][1:-1]), quoted=True))
        elif match["sign"] or match["word"]:
            found.append(_Token(match["sign"] or match["word"]))
    return found


class _Parser:
    def __init__(self, tokens: list[_Token], where: str) -> None:
        self._tokens, self._at, self._where = tokens, 0, where

    @property
    def now(self) -> _Token | None:
        """The next word, None at the end."""
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _is(self, *words: str) -> bool:
        now = self.now
        return now is not None and not now.quoted and now.text in words

    def _take(self, wanted: str) -> _Token:
        if self.now is None:
            raise self.wrong(wanted)
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, sign: str) -> None:
        if not self._is(sign):
            raise self.wrong(f"'{sign}'")
        self._at += 1

    def wrong(self, wanted: str) -> FormatError:
        """The error that something else was expected."""
        found = f"there is {self.now.text[:40]!r}" if self.now is not None else "the condition ends"
        return FormatError(f"the condition should have {wanted} where {found}.", where=self._where)

    def alternatives(self, level: int) -> Condition:
        """Parts between 'or'."""
        return self._joined("or", level)

    def _joined(self, sign: str, level: int) -> Condition:
        if level > DEEPEST:
            raise FormatError(f"the condition is nested more than {DEEPEST} deep.", where=self._where)
        parts = [self._joined("and", level) if sign == "or" else self._part(level)]
        while self._is(sign):
            self._at += 1
            parts.append(self._joined("and", level) if sign == "or" else self._part(level))
        return parts[0] if len(parts) == 1 else Joined(sign, tuple(parts))

    def _part(self, level: int) -> Condition:
        if level > DEEPEST:
            raise FormatError(f"the condition is nested more than {DEEPEST} deep.", where=self._where)
        if self._is("not"):
            self._at += 1
            return Negated(self._part(level + 1))
        if self._is("("):
            self._at += 1
            inner = self.alternatives(level + 1)
            self._expect(")")
            return inner
        token = self._take("a field or a macro")
        if token.quoted or token.text in (")", ",", *_BINARY):
            self._at -= 1
            raise self.wrong("a field or a macro")
        field = self._field(token, 0)
        if field is None:
            return Named(token.text)
        if self._is("exists"):
            self._at += 1
            return Compare(field=field, sign="exists")
        return self._compared(field)

    def _compared(self, field: Field) -> Condition:
        sign = self._take("an operator")
        if sign.quoted or sign.text not in _BINARY:
            self._at -= 1
            raise self.wrong("an operator")
        if self._is("("):
            return Compare(field=field, sign=sign.text, values=self._values())
        value = self._take("a value")
        other = self._field(value, 0) if not value.quoted and self._is("(") and value.text in _TRANSFORMERS else None
        if other is not None:
            return Compare(field=field, sign=sign.text, other=other)
        if not value.quoted and value.text in (")", ","):
            self._at -= 1
            raise self.wrong("a value")
        return Compare(field=field, sign=sign.text, values=(value.text,))

    def _field(self, token: _Token, level: int) -> Field | None:
        """A field, also inside of transformers; None for a word that is none."""
        if token.text in _TRANSFORMERS and self._is("("):
            if level > DEEPEST:
                raise self.wrong("a field")
            self._at += 1
            inner = self._field(self._take("a field"), level + 1)
            self._expect(")")
            if inner is None:
                raise self.wrong("a field in the transformer")
            through = inner.through if token.text == "val" else (*inner.through, token.text)
            return Field(name=inner.name, argument=inner.argument, through=through)
        match = _FIELD.fullmatch(token.text)
        return Field(name=match[1], argument=match[2] or "") if match is not None else None

    def _values(self) -> tuple[str, ...]:
        self._expect("(")
        values: list[str] = []
        while not self._is(")"):
            token = self._take("a value")
            if token.text != "," or token.quoted:
                values.append(token.text)
        self._expect(")")
        return tuple(values)
