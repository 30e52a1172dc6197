"""One syslog message (RFC 5424), and its frame on a stream (octet counting: RFC 6587, 3.4.1, and RFC 5425, 4.3)."""

from __future__ import annotations

import datetime

from periderm.model.severity import Severity

FACILITIES = {f"local{n}": 16 + n for n in range(8)} | {"user": 1, "daemon": 3, "auth": 4, "authpriv": 10, "audit": 13}
# RFC 5424, 6.2.1: critical, error, warning, notice, informational.
_LEVELS = {Severity.CRITICAL: 2, Severity.HIGH: 3, Severity.MEDIUM: 4, Severity.LOW: 5}


def message(text: str, *, severity: Severity, time: int, host: str, process: int, kind: str, facility: int = 16) -> bytes:
    """`time` is Unix nanoseconds, `kind` the MSGID. The text has no line break when it comes here."""
    priority = facility * 8 + _LEVELS.get(severity, 6)
    head = f"<{priority}>1 {_moment(time)} {_name(host, 255)} periderm {process} {_name(kind, 32)} - "
    return head.encode("ascii") + text.encode("utf-8", "replace")


def framed(data: bytes) -> bytes:
    """With its length before it."""
    return b"%d %s" % (len(data), data)


def _name(text: str, most: int) -> str:
    """PRINTUSASCII without blanks; '-' for nothing."""
    return "".join(c for c in text if "!" <= c <= "~")[:most] or "-"


def _moment(nanoseconds: int) -> str:
    seconds, rest = divmod(nanoseconds, 10**9)
    moment = datetime.datetime.fromtimestamp(max(0, min(seconds, 253_402_300_799)), datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{rest // 1000:06d}Z"
