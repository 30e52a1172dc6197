"""The error families: each says what happened and what to do next. Nothing else in the product defines an error root."""

from __future__ import annotations


class PeridermError(Exception):
    """The root of all errors that a user may see.

    `what` is one sentence that says what happened; `next_step` one that says what to do now (may be empty).
    """

    def __init__(self, what: str, next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.what} {self.next_step}".strip()


class UsageError(PeridermError):
    """What was asked for is not possible as it was asked (wrong argument, unknown name)."""


class NotFoundError(PeridermError):
    """A thing that was named does not exist."""


class DeniedError(PeridermError):
    """The caller may not do this."""


class FormatError(PeridermError):
    """Foreign bytes are not what their format promises. `where` names the file, the layer or the offset."""

    def __init__(self, what: str, next_step: str = "", *, where: str = "") -> None:
        super().__init__(f"{where}: {what}" if where else what, next_step)
        self.where = where


class LimitError(FormatError):
    """A documented limit on size, count, depth or ratio was reached; what lies beyond was not looked at."""


class ImageSourceError(PeridermError):
    """An image, archive or folder cannot be opened."""


class AdvisoryError(PeridermError):
    """Advisories cannot be fetched, built, verified or read. The store that was there before stays in force."""


class RuleError(PeridermError):
    """A condition, rule, exception or policy that a person wrote is wrong. `line` and `column` count from 1."""

    def __init__(self, what: str, next_step: str = "", *, where: str = "", line: int = 0, column: int = 0) -> None:
        place = ":".join(str(p) for p in (where, line, column) if p)
        super().__init__(f"{place}: {what}" if place else what, next_step)
        self.where, self.line, self.column = where, line, column


class SignatureError(PeridermError):
    """What was signed is not as it was signed, nobody who is trusted signed it, or a key cannot be used."""


class SandboxError(PeridermError):
    """The sandboxed scan child ended before its answer (a limit, a crash, a signal)."""


class ContainerRuntimeError(PeridermError):
    """The container runtime or its records cannot be used."""


class SensorError(PeridermError):
    """The kernel sensor cannot be loaded, read or controlled."""


class HistoryError(PeridermError):
    """The history of events cannot be written or read."""


class StoreError(PeridermError):
    """The store refused or lost its medium. Nothing that was acknowledged is lost."""


class BusError(PeridermError):
    """A message could not be made durable; it was not acknowledged."""


class FullError(BusError):
    """So much waits already that no more is taken: something must be read, or given up."""


class ResponderError(PeridermError):
    """A response could not be carried out, or not be undone."""


class RefusedError(PeridermError):
    """Another process of the product refuses what it was sent, and would refuse it again."""


class RestoredError(PeridermError):
    """The server was put back from a copy: what it had acknowledged since the copy was made is to be sent again first."""


class NewerError(PeridermError):
    """Another process of the product is of a later version than this one; what it sent is to be sent again later."""


class ConnectError(PeridermError):
    """Another process of the product does not answer."""


class NotifierError(PeridermError):
    """A notice or ticket did not reach whom it was for. `again` says that another try may succeed, `wait` after how many
    seconds the other side wants it (0: it did not say)."""

    def __init__(self, what: str, next_step: str = "", *, again: bool = True, wait: float = 0.0) -> None:
        super().__init__(what, next_step)
        self.again = again
        self.wait = wait
