"""Every error as an answer: problem+json (RFC 9457) with the next step. Decides only status codes, never retries."""

from __future__ import annotations

import errno

import msgspec
from starlette.responses import Response

from periderm.model.errors import (
    BusError,
    ConnectError,
    DeniedError,
    FormatError,
    LimitError,
    NewerError,
    NotFoundError,
    NotifierError,
    PeridermError,
    RestoredError,
    RuleError,
    StoreError,
    UsageError,
)

RETRY_SECONDS = 2
FULL = (errno.ENOSPC, errno.EDQUOT)


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457, with `next_step` as our extension member."""

    type: str
    title: str
    status: int
    detail: str
    next_step: str = ""


class SignedOutError(DeniedError):
    """The caller did not say who it is, or its session is over."""


# The first family that fits; the root comes last.
STATUS: tuple[tuple[type[PeridermError], int, str], ...] = (
    (SignedOutError, 401, "Not signed in"),
    (UsageError, 400, "Not possible as asked"),
    (NotFoundError, 404, "Not found"),
    (DeniedError, 403, "Not allowed"),
    (LimitError, 413, "Too large"),
    (FormatError, 400, "Malformed"),
    (RuleError, 400, "Malformed"),
    (RestoredError, 409, "Put back from a copy"),
    (NewerError, 503, "Newer than this server"),
    (BusError, 503, "Not durable"),
    (StoreError, 503, "Store not available"),
    (ConnectError, 503, "Not available"),
    (NotifierError, 502, "Not told"),
    (PeridermError, 500, "Failed"),
)


def problem_of(error: PeridermError) -> Problem:
    """The problem that tells a known error."""
    family, status, title = next(row for row in STATUS if isinstance(error, row[0]))
    cause = error.__cause__
    if isinstance(cause, OSError) and cause.errno in FULL and status == 503:
        status, title = 507, "No space left"
    name = family.__name__.removesuffix("Error").lower()
    return Problem(
        type=f"urn:periderm:problem:{name}", title=title, status=status, detail=error.what, next_step=error.next_step
    )


def respond(problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """The problem as a response; the caller is told when to try again where that helps."""
    extra = dict(headers or {})
    if problem.status in (503, 507, 429):
        extra["Retry-After"] = str(RETRY_SECONDS)
    if problem.status == 401:
        extra["WWW-Authenticate"] = 'Bearer realm="periderm"'
    return Response(msgspec.json.encode(problem), problem.status, headers=extra, media_type="application/problem+json")


def plain(status: int, title: str, detail: str, next_step: str = "") -> Problem:
    """A problem that no error family stands for (a wrong method, a wrong host name)."""
    return Problem(type="about:blank", title=title, status=status, detail=detail, next_step=next_step)
