"""What one setting of the product is, and whether a text is a value of it. Reads no file and no environment.

A value is always carried as the text that its variable would hold: `on`, `50`, `a, b`. So whether it came from the file or
the environment, it is judged by the same words.
"""

from __future__ import annotations

import enum

import msgspec

from periderm.model.errors import UsageError
from periderm.model.text import Text

MOST_TEXT = 4096
_ON, _OFF = ("on", "yes", "true", "1"), ("off", "no", "false", "0")


class OptionKind(enum.StrEnum):
    """What a value is made of."""

    TEXT = "text"
    PATH = "path"
    SWITCH = "switch"  # on or off
    NUMBER = "number"  # a whole one
    SHARE = "share"  # from 0 to 1
    CHOICE = "choice"
    LIST = "list"  # words, by commas


_NEEDS: dict[OptionKind, Text] = {
    OptionKind.TEXT: Text("Set it to one line of text.", "请设为一行文本。"),
    OptionKind.PATH: Text("Set it to an absolute path.", "请设为绝对路径。"),
    OptionKind.SWITCH: Text("Set it to on or off.", "请设为 on 或 off。"),
    OptionKind.NUMBER: Text("Set it to a whole number from {lowest} to {most}.", "请设为 {lowest} 到 {most} 之间的整数。"),
    OptionKind.SHARE: Text("Set it to a number from 0 to 1.", "请设为 0 到 1 之间的数。"),
    OptionKind.CHOICE: Text("Set it to one of {choices}.", "请设为以下之一：{choices}。"),
    OptionKind.LIST: Text("Set it to words, separated by commas.", "请设为以逗号分隔的词。"),
}


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is SECTION.KEY as in the file, '' for what stands in the environment only; `variable` its environment
    variable. `default` is the value without either; `shown` says it in words where it depends on who runs the product.
    `live` ones are taken over by running processes. `console` ones may be changed in the console: none of what lets
    somebody in, says who may look, or switches off what is watched; `caution` is what whoever changes one ought to know."""

    name: str
    variable: str
    kind: OptionKind
    meaning: Text
    default: str = ""
    shown: Text | None = None
    lowest: int = 1
    most: int = 1 << 20
    choices: tuple[str, ...] = ()
    live: bool = False
    console: bool = False
    caution: Text | None = None

    @property
    def section(self) -> str:
        """The table of the file that it stands in."""
        return self.name.partition(".")[0]

    @property
    def key(self) -> str:
        """Its name in that table."""
        return self.name.partition(".")[2]

    def needs(self) -> Text:
        """What a value has to be, as the next step."""
        return _NEEDS[self.kind].fill(lowest=self.lowest, most=self.most, choices=", ".join(self.choices))

    def fits(self, value: str) -> bool:
        """Whether the text is a value."""
        if len(value) > MOST_TEXT or not value.isprintable():
            return False
        if self.kind is OptionKind.SWITCH:
            return value.lower() in (*_ON, *_OFF)
        if self.kind is OptionKind.NUMBER:
            # isdecimal alone would let through digits of other scripts, and a number too long to be read.
            whole = value.isascii() and value.isdecimal() and len(value) <= 8
            return whole and self.lowest <= int(value) <= self.most
        if self.kind is OptionKind.SHARE:
            return _is_share(value)
        if self.kind is OptionKind.CHOICE:
            return value in self.choices
        return True


def _is_share(value: str) -> bool:
    whole, dot, part = value.partition(".")
    if not value.isascii() or len(value) > 8 or not whole.isdecimal() or (dot and not part.isdecimal()):
        return False
    return 0.0 <= float(value) <= 1.0


def checked(option: Option, value: str) -> str:
    """The value of a variable. Raises UsageError if it is none."""
    if not option.fits(value):
        raise UsageError(f"{option.variable} is {value[:20]!r}.", option.needs().en)
    return value


def is_on(value: str) -> bool:
    """Whether the text of a switch means on."""
    return value.lower() in _ON


def words(value: str) -> tuple[str, ...]:
    """The words of a list."""
    return tuple(word.strip() for word in value.split(",") if word.strip())
