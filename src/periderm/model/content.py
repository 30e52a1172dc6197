"""What was found in a file's bytes, and which files are worth a look."""

from __future__ import annotations

import msgspec

from periderm.model.severity import Severity


class ContentMatch(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that matched. `rule` is a detector's id, or `yara:NAME` of a user's rule; `found` are a few of the matched
    pieces, printable and short. `source` names the file of a user's rule. `title_zh` is '' where nobody translated it."""

    rule: str
    title: str
    severity: Severity = Severity.HIGH
    techniques: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    source: str = ""
    title_zh: str = ""


class Suspect(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was executed, dropped or written by whom the image did not bring. `process` and `pid` are the process
    that did it, `root` a pid in whose file system `path` lies (with `host`, the machine's own if that one has ended);
    `memory` asks for the program of `pid` itself."""

    path: str
    subject: str
    process: int
    pid: int
    root: int
    time: int
    memory: bool = False
    host: bool = False
    parent: int = 0
    uid: int = 0
    exe: str = ""


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """The bytes of a suspect, or why there are none. `size` is the file's; `data` may be cut at the limit."""

    suspect: Suspect
    data: bytes = b""
    size: int = 0
    digest: str = ""
    missing: str = ""


class Inspected(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at one payload found. `unfinished` says why it could not be looked at to the end."""

    suspect: Suspect
    digest: str
    size: int
    matches: tuple[ContentMatch, ...] = ()
    unfinished: str = ""
