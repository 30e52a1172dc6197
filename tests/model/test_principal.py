"""Who may do what."""

from __future__ import annotations

from hypothesis import given

from periderm.model.principal import LOCAL_ADMIN, Permission, Principal
from tests.strategies import of_type


@given(of_type(Permission), of_type(Permission))
def test_a_permission_gives_only_itself(held: Permission, asked: Permission) -> None:
    """No permission implies another; without any, nothing may be done."""
    assert Principal("user:a", frozenset({held})).may(asked) == (held is asked)
    assert not Principal("user:a", frozenset()).may(asked)


def test_the_local_admin_may_everything() -> None:
    """Whoever has the machine has the product; new permissions are included."""
    assert all(LOCAL_ADMIN.may(permission) for permission in Permission)
