"""Rights as values: what grants add up to, and what narrows them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from periderm.model.account import PERMISSIONS, Grant, Role, meet, narrowed, principal_of
from periderm.model.principal import Permission, Principal, Reach

REACHES = st.builds(
    Reach,
    application=st.sampled_from(["", "shop", "bank"]),
    environment=st.sampled_from(["", "production", "test"]),
    labels=st.sampled_from([(), (("team", "web"),), (("team", "db"),)]),
)
GRANTS = st.lists(st.builds(Grant, role=st.sampled_from([r for r in Role if r is not Role.ADMIN]), reach=REACHES), max_size=4)


def holds(reaches: tuple[Reach, ...] | None, thing: Reach) -> bool:
    """Whether a thing with these marks is in one of the parts."""
    return reaches is None or any(meet(reach, thing) == thing for reach in reaches)


def test_only_administrators_see_to_people() -> None:
    """And nobody who signs in may send records or name the machine's secrets."""
    assert [role for role in Role if Permission.ADMIN in PERMISSIONS[role]] == [Role.ADMIN]
    for role in Role:
        assert Permission.READ in PERMISSIONS[role]
        assert not {Permission.INGEST, Permission.MACHINE} & PERMISSIONS[role]


def test_no_grant_is_no_right() -> None:
    """An account without a role may do nothing at all, not everything."""
    who = principal_of("user:ada", ())
    assert who.permissions == frozenset()
    assert not any(who.may(permission) for permission in Permission)


def test_a_role_for_all_goes_before_one_for_a_part() -> None:
    """Each permission for itself."""
    who = principal_of("user:ada", (Grant(Role.VIEWER), Grant(Role.RESPONDER, Reach(application="shop"))))
    assert who.within(Permission.READ) is None
    assert who.within(Permission.RESPOND) == (Reach(application="shop"),)
    assert who.limited
    both = principal_of("user:ada", (Grant(Role.ADMIN), Grant(Role.RESPONDER, Reach(application="shop"))))
    assert not both.limited
    assert both.scope == ()


@given(GRANTS, REACHES, REACHES, st.sets(st.sampled_from(list(Permission))))
def test_narrowing_never_widens(grants: list[Grant], reach: Reach, thing: Reach, wanted: set[Permission]) -> None:
    """A token may do what its account may, and only in its own part, whatever both are."""
    account = principal_of("user:ada", tuple(grants))
    token = narrowed(account, "token:x", tuple(wanted), reach)
    assert token.permissions <= account.permissions & wanted
    for permission in token.permissions:
        if holds(token.within(permission), thing):
            assert holds(account.within(permission), thing)
            assert meet(reach, thing) == thing


def test_a_token_for_a_part_sees_to_no_people() -> None:
    """Accounts are divided into no parts, so such a token has none of that right."""
    owner = Principal("user:local", PERMISSIONS[Role.ADMIN])
    token = narrowed(owner, "token:x", (Permission.READ, Permission.ADMIN), Reach(application="shop"))
    assert token.permissions == {Permission.READ}
    whole = narrowed(owner, "token:x", (Permission.READ, Permission.ADMIN), Reach())
    assert whole.may(Permission.ADMIN)


@given(REACHES, REACHES)
def test_what_is_in_both(one: Reach, other: Reach) -> None:
    """It is the same from both sides, and in each."""
    both = meet(one, other)
    assert both == meet(other, one)
    if both is not None:
        assert meet(one, both) == both
        assert meet(other, both) == both
    assert meet(one, Reach()) == one
