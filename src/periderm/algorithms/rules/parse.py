"""From words to an expression: the grammar of CEL. Source: cel-spec, doc/langdef.md, Syntax and Macros. Checks no names.

Differs from CEL on purpose: words that CEL reserves for host languages are names here ('package' is a field of facts), and
there are no messages to build (`Type{…}`). Bounded: 100 levels of nesting, 5,000 parts.
"""

from __future__ import annotations

import msgspec

from periderm.algorithms.rules import syntax
from periderm.algorithms.rules.places import Place, shown
from periderm.algorithms.rules.syntax import Node
from periderm.algorithms.rules.tokens import INT_MAX, INT_MIN, Kind, Token, tokens
from periderm.model.errors import RuleError

DEEPEST = 100
MOST = 5_000
MACROS = {"all": (2,), "exists": (2,), "exists_one": (2,), "map": (2, 3), "filter": (2,)}
_RELATIONS = frozenset(("<", "<=", ">=", ">", "==", "!="))
_CONSTANTS = {"true": (True, "bool"), "false": (False, "bool"), "null": (None, "null")}
_LITERALS = {Kind.INT: "int", Kind.UINT: "uint", Kind.DOUBLE: "double", Kind.STRING: "string", Kind.BYTES: "bytes"}
_WORDS = {"and": "&&", "or": "||", "AND": "&&", "OR": "||", "not": "!", "=": "=="}


def parse(place: Place) -> Node:
    """The expression. Raises RuleError with the place of the first wrong word."""
    parser = _Parser(place)
    if parser.ended():
        raise place.error(0, "The condition is empty.")
    node = parser.expression()
    if not parser.ended():
        raise parser.wrong("the end")
    return node


class _Parser:
    def __init__(self, place: Place) -> None:
        self._place = place
        self._tokens = tokens(place)
        self._next = 0
        self._level = 0
        self._parts = 0

    @property
    def now(self) -> Token:
        """The word that is next."""
        return self._tokens[self._next]

    def ended(self) -> bool:
        """Whether all words are read."""
        return self.now.kind is Kind.END

    def _take(self) -> Token:
        token = self.now
        self._next += 1
        return token

    def _is(self, *signs: str) -> bool:
        return self.now.kind is Kind.SIGN and self.now.text in signs

    def _accept(self, sign: str) -> bool:
        if self._is(sign):
            self._next += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._accept(sign):
            raise self.wrong(f"'{sign}'")

    def wrong(self, wanted: str) -> RuleError:
        """The error that something else was expected here."""
        found = self.now
        step = f"'{found.text}' is written {_WORDS[found.text]} here." if found.text in _WORDS else ""
        what = "the condition ends" if found.kind is Kind.END else f"there is '{shown(found.text)}'"
        return self._place.error(found.at, f"Here {wanted} was expected, but {what}.", step)

    def _made(self, node: Node, *inside: Node) -> Node:
        """The node with its depth, if it is not too deep."""
        depth = 1 + max((n.depth for n in inside), default=0)
        self._parts += 1
        if depth > DEEPEST or self._parts > MOST:
            raise self._place.error(node.at, "The condition is nested too deeply or too long.", f"{DEEPEST} levels are read.")
        return msgspec.structs.replace(node, depth=depth)

    def expression(self) -> Node:
        """Expr: a choice or anything below it."""
        self._level += 1
        if self._level > DEEPEST // 2:
            raise self._place.error(self.now.at, "The condition is nested too deeply.", f"{DEEPEST // 2} levels are read.")
        node = self._logic("||")
        if self._is("?"):
            at = self._take().at
            yes = self._logic("||")
            self._expect(":")
            no = self.expression()
            node = self._made(syntax.Choice(at=at, condition=node, yes=yes, no=no), node, yes, no)
        self._level -= 1
        return node

    def _logic(self, sign: str) -> Node:
        first = self._below(sign)
        if not self._is(sign):
            return first
        at, operands = self.now.at, [first]
        while self._accept(sign):
            operands.append(self._below(sign))
        return self._made(syntax.Logic(at=at, sign=sign, operands=tuple(operands)), *operands)

    def _below(self, sign: str) -> Node:
        return self._logic("&&") if sign == "||" else self._relation()

    def _relation(self) -> Node:
        left = self._sum()
        while (self.now.kind is Kind.SIGN and self.now.text in _RELATIONS) or self.now.text == "in":
            token = self._take()
            right = self._sum()
            left = self._made(syntax.Operation(at=token.at, sign=token.text, left=left, right=right), left, right)
        return left

    def _sum(self) -> Node:
        left = self._product()
        while self._is("+", "-"):
            token = self._take()
            right = self._product()
            left = self._made(syntax.Operation(at=token.at, sign=token.text, left=left, right=right), left, right)
        return left

    def _product(self) -> Node:
        left = self._unary()
        while self._is("*", "/", "%"):
            token = self._take()
            right = self._unary()
            left = self._made(syntax.Operation(at=token.at, sign=token.text, left=left, right=right), left, right)
        return left

    def _unary(self) -> Node:
        signs: list[Token] = []
        while self._is("!", "-") and (not signs or self.now.text == signs[0].text):
            signs.append(self._take())
            if len(signs) > DEEPEST:
                raise self.wrong("an operand")
        if signs and signs[-1].text == "-" and self.now.kind in (Kind.INT, Kind.DOUBLE):
            token = self._tokens[self._next]
            value = -token.value  # type: ignore[operator]  # the kind says that it is a number
            self._tokens[self._next] = Token(token.kind, f"-{token.text}", signs.pop().at, value)
        node = self._member()
        for token in reversed(signs):
            node = self._made(syntax.Unary(at=token.at, sign=token.text, operand=node), node)
        return node

    def _member(self) -> Node:
        node = self._primary()
        while self._is(".", "["):
            at = self._take().at
            if self._tokens[self._next - 1].text == "[":
                index = self.expression()
                self._expect("]")
                node = self._made(syntax.Index(at=at, operand=node, index=index), node, index)
                continue
            name = self._name()
            if self._is("("):
                node = self._call(name, node)
            else:
                node = self._made(syntax.Select(at=name.at, operand=node, field=name.text), node)
        return node

    def _name(self) -> Token:
        if self.now.kind is not Kind.NAME or self.now.text in (*_CONSTANTS, "in"):
            raise self.wrong("a name")
        return self._take()

    def _primary(self) -> Node:
        token = self.now
        if token.kind in _LITERALS:
            self._next += 1
            if token.kind is Kind.INT and not INT_MIN <= token.value <= INT_MAX:  # type: ignore[operator]  # a number
                raise self._place.error(token.at, f"The number {token.text} does not fit 64 bits.")
            return self._made(syntax.Literal(at=token.at, value=token.value, kind=_LITERALS[token.kind]))
        if token.text in _CONSTANTS and token.kind is Kind.NAME:
            self._next += 1
            value, kind = _CONSTANTS[token.text]
            return self._made(syntax.Literal(at=token.at, value=value, kind=kind))
        if self._accept("("):
            node = self.expression()
            self._expect(")")
            return node
        if self._accept("["):
            items = self._list("]")
            return self._made(syntax.Items(at=token.at, items=items), *items)
        if self._accept("{"):
            return self._entries(token.at)
        self._accept(".")  # '.name' is a name of the root, and there is only one scope
        if self.now.kind is not Kind.NAME or self.now.text == "in" or self.now.text in ("and", "or", "not"):
            raise self.wrong("a value")
        name = self._name()
        return self._call(name, None) if self._is("(") else self._made(syntax.Name(at=name.at, name=name.text))

    def _list(self, end: str) -> tuple[Node, ...]:
        items: list[Node] = []
        while not self._accept(end):
            items.append(self.expression())
            if not self._accept(","):
                self._expect(end)
                break
        return tuple(items)

    def _entries(self, at: int) -> Node:
        entries: list[tuple[Node, Node]] = []
        while not self._accept("}"):
            key = self.expression()
            self._expect(":")
            entries.append((key, self.expression()))
            if not self._accept(","):
                self._expect("}")
                break
        return self._made(syntax.Entries(at=at, entries=tuple(entries)), *(n for entry in entries for n in entry))

    def _call(self, name: Token, target: Node | None) -> Node:
        self._expect("(")
        arguments = self._list(")")
        if target is None and name.text == "has":
            if len(arguments) != 1 or not isinstance(arguments[0], syntax.Select):
                raise self._place.error(name.at, "has() takes one field: has(a.b).")
            asked = arguments[0]
            return self._made(syntax.Select(at=name.at, operand=asked.operand, field=asked.field, test=True), asked.operand)
        if target is not None and len(arguments) in MACROS.get(name.text, ()):
            variable = arguments[0]
            if not isinstance(variable, syntax.Name):
                raise self._place.error(name.at, f"{name.text}() takes a variable first: x.{name.text}(v, …).")
            second = arguments[2] if len(arguments) > 2 else None
            node = syntax.Comprehension(
                at=name.at, macro=name.text, operand=target, variable=variable.name, first=arguments[1], second=second
            )
            return self._made(node, target, *arguments)
        node_call = syntax.Call(at=name.at, name=name.text, target=target, arguments=arguments)
        return self._made(node_call, *(target,) if target else (), *arguments)
