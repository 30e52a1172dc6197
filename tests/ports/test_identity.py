"""What a plug for single sign-on will promise (see `periderm/ports/identity.py`), tried on a plug that knows one person."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

import pytest

from periderm.model.errors import DeniedError
from periderm.ports.identity import Begun, IdentityProvider, Known

SECOND = 10**9


class OnePerson:
    """Vouches for ada, to whoever comes back with what was handed out."""

    name = "one"

    def begin(self, back: str, now: int) -> Begun:
        """The proof is what only this sign-in knows."""
        return Begun(address=f"https://idp.test/?back={back}", kept=b"proof", expires=now + 60 * SECOND)

    def complete(self, begun: Begun, given: Mapping[str, str], now: int) -> Known:
        """Refuses what is late or not ours."""
        if now >= begun.expires or not hmac.compare_digest(given.get("proof", "").encode(), begun.kept):
            raise DeniedError("The other system does not vouch for this sign-in.", "Begin again.")
        return Known(provider=self.name, subject="00u1", name="ada", groups=("web",))


PLUGS: list[IdentityProvider] = [OnePerson()]


@pytest.mark.parametrize("plug", PLUGS, ids=lambda plug: plug.name)
def test_who_comes_back_is_known_and_gets_no_rights(plug: IdentityProvider) -> None:
    """A name, a subject that stays, groups: rights are our own accounts' and groups'."""
    begun = plug.begin("http://127.0.0.1:8843/sign-in", 0)
    assert begun.expires > 0
    known = plug.complete(begun, {"proof": begun.kept.decode()}, SECOND)
    assert (known.provider, known.name) == (plug.name, "ada")
    assert not {"grants", "permissions", "roles"} & set(Known.__struct_fields__)


@pytest.mark.parametrize("plug", PLUGS, ids=lambda plug: plug.name)
@pytest.mark.parametrize(("proof", "now"), [("other", 1), ("", 1), ("proof", 10**12)])
def test_what_is_late_or_not_ours_is_refused(plug: IdentityProvider, proof: str, now: int) -> None:
    """Whoever has somebody else's answer is nobody."""
    with pytest.raises(DeniedError):
        plug.complete(plug.begin("http://127.0.0.1:8843/sign-in", 0), {"proof": proof}, now)
