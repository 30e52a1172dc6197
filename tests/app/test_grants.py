"""Rights as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.app.grants import checked_name, grant_of, grant_text, permission_of, reach_of, reach_text
from periderm.model.account import Grant, Role
from periderm.model.errors import UsageError
from periderm.model.principal import Permission, Reach

WORDS = st.text("abcdefgh-/.:@ü", min_size=1, max_size=9)


@given(
    st.sampled_from([r for r in Role if r is not Role.ADMIN]),
    st.text("abc", max_size=5),
    st.text("abc", max_size=5),
    st.dictionaries(WORDS, WORDS, max_size=3),
)
def test_what_is_written_is_read_again(role: Role, application: str, environment: str, labels: dict[str, str]) -> None:
    """The list shows what can be typed."""
    grant = Grant(role, Reach(application=application, environment=environment, labels=tuple(sorted(labels.items()))))
    assert grant_of(grant_text(grant)) == grant
    assert reach_of(reach_text(grant.reach)) == grant.reach


@pytest.mark.parametrize(
    "text",
    [
        "",
        "king",
        "viewer@",
        "viewer@application",
        "viewer@application=",
        "viewer@owner=me",
        "viewer@label:=x",
        "admin@application=a",
        "viewer@application=a,application=b",
        "viewer@label:a=1,label:a=2",
        "viewer@label:a=" + "x" * 300,
        "Viewer",
    ],
)
def test_what_is_no_right(text: str) -> None:
    """A part that is not understood must never become everything."""
    with pytest.raises(UsageError):
        grant_of(text)


@pytest.mark.parametrize("name", ["", "Ada", "-ada", "a" * 65, "a b", "a\n", "../x", "local", "service", "ä", "user:ada"])
def test_what_cannot_be_a_name(name: str) -> None:
    """Names stand in logs, addresses and cookies' company."""
    with pytest.raises(UsageError):
        checked_name(name)


def test_what_tokens_may_be_given() -> None:
    """Never what the product's own processes and the machine's owner have."""
    assert permission_of("read") is Permission.READ
    for text in ("ingest", "machine", "", "READ"):
        with pytest.raises(UsageError):
            permission_of(text)
