"""Permissions are asked for in one way, and a refusal says who and what."""

from __future__ import annotations

import pytest

from periderm.app.application import require
from periderm.model.errors import DeniedError
from periderm.model.principal import LOCAL_ADMIN, Permission, Principal


@pytest.mark.parametrize("permission", Permission)
def test_only_who_holds_it_may(permission: Permission) -> None:
    """The machine's owner may all, nobody may nothing, and one permission is not another."""
    require(LOCAL_ADMIN, permission)
    require(Principal("user:ann", frozenset({permission})), permission)
    others = Principal("user:bob", frozenset(Permission) - {permission})
    with pytest.raises(DeniedError, match=f"user:bob may not {permission.value}"):
        require(others, permission)
