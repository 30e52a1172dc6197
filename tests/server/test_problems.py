"""Errors as problem+json."""

from __future__ import annotations

import errno

import msgspec
import pytest

from periderm.model import errors
from periderm.server.problems import STATUS, SignedOutError, plain, problem_of, respond


def families(root: type[errors.PeridermError]) -> list[type[errors.PeridermError]]:
    """The root and all that derive from it."""
    return [root, *(f for child in root.__subclasses__() for f in families(child))]


@pytest.mark.parametrize("family", families(errors.PeridermError))
def test_every_family_has_a_status_and_its_next_step(family: type[errors.PeridermError]) -> None:
    """No known error becomes a bare 500."""
    error = family.__new__(family)  # some are made from their own words, and say them in the same two sentences
    errors.PeridermError.__init__(error, "It happened.", "Do that.")
    problem = problem_of(error)
    assert (problem.detail, problem.next_step) == ("It happened.", "Do that.")
    assert 400 <= problem.status < 600
    assert problem.type.startswith("urn:periderm:problem:")


def test_a_narrower_family_comes_first() -> None:
    """Otherwise it would never be reached."""
    for position, (family, _, _) in enumerate(STATUS):
        assert not any(issubclass(family, earlier) for earlier, _, _ in STATUS[:position])


def test_a_full_disk_is_told_as_such() -> None:
    """507, and when to try again."""
    error = errors.BusError("The spool is full.")
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    problem = problem_of(error)
    assert problem.status == 507
    response = respond(problem)
    assert response.headers["retry-after"]
    assert response.headers["content-type"] == "application/problem+json"
    assert problem_of(errors.BusError("Something else.")).status == 503


def test_being_signed_out_says_how_to_sign_in() -> None:
    """401 carries a challenge (RFC 9110, 11.6.1)."""
    response = respond(problem_of(SignedOutError("No session.")))
    assert response.status_code == 401
    assert "Bearer" in response.headers["www-authenticate"]


def test_what_no_family_stands_for() -> None:
    """about:blank, as RFC 9457 has it, and empty members are left out."""
    body = msgspec.json.decode(respond(plain(405, "Wrong method", "No.")).body)
    assert body == {"type": "about:blank", "title": "Wrong method", "status": 405, "detail": "No."}
