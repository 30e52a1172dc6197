"""Pages without data."""

from __future__ import annotations

import msgspec
import pytest

from periderm.console.pages.plain import failure, signed_out
from tests.console.conftest import Asks
from tests.console.markup import texts


def test_signing_in_is_explained(ask: Asks) -> None:
    """Whether a link was used, or none was."""
    alone = msgspec.structs.replace(ask("/sign-in"), who=None)
    assert "This link was used already" in texts(signed_out(alone, used=True))
    assert "You are not signed in." in texts(signed_out(alone))
    assert "sudo periderm status --link" in texts(signed_out(alone))


@pytest.mark.parametrize("status", [400, 403, 404, 413, 500, 503, 507])
def test_failures_say_what_next(ask: Asks, status: int) -> None:
    """And, when it is ours, what still works."""
    said = texts(failure(ask("/gaps"), status, "It <happened>.", "Do that."))
    assert "It <happened>. Do that." in said
    assert ("The sensor keeps watching" in said) == (status >= 500)
