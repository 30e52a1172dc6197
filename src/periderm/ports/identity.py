"""The place of single sign-on: another system says who someone is. No plug fills it yet; passwords and links need none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in on its way: where the browser is sent, and what must come back unchanged (kept by the server, never shown)."""

    address: str
    kept: bytes
    expires: int


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the other system knows: `subject` is its own name for them, which never changes; `name` and `groups` are what our
    accounts and groups are matched by."""

    provider: str
    subject: str
    name: str
    full_name: str = ""
    groups: Sequence[str] = ()


class IdentityProvider(Protocol):
    """OpenID Connect, SAML or LDAP, one plug each. What it says gives no rights: an account or group of ours does. Raises
    DeniedError if it does not vouch for them, ConnectError if it does not answer."""

    name: str

    def begin(self, back: str, now: int) -> Begun:
        """`back` is our own address to which the browser returns."""
        ...

    def complete(self, begun: Begun, given: Mapping[str, str], now: int) -> Known:
        """`given` are the parameters with which it returned."""
        ...
