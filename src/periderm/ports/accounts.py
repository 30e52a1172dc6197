"""Where accounts, groups, tokens and sessions are kept. Secrets come as digests or hashes only. Raises StoreError."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from periderm.model.account import Account, ApiToken, Group, SignedIn


class AccountStore(Protocol):
    """By name, all of them at once: there are hundreds, not millions. A put stores or replaces."""

    def put_account(self, account: Account) -> None: ...
    def remove_account(self, name: str) -> None:
        """With its tokens and sessions."""
        ...

    def account(self, name: str) -> Account | None: ...
    def accounts(self) -> Sequence[Account]:
        """By name."""
        ...

    def put_group(self, group: Group) -> None: ...
    def remove_group(self, name: str) -> None: ...
    def groups(self) -> Sequence[Group]:
        """By name."""
        ...

    def put_token(self, digest: str, token: ApiToken) -> None: ...
    def token(self, digest: str) -> ApiToken | None:
        """Also one that has expired: whoever asks decides."""
        ...

    def tokens(self) -> Sequence[ApiToken]:
        """By account, the newest first."""
        ...

    def use_token(self, digest: str, now: int) -> None:
        """It was used now."""
        ...

    def remove_token(self, token_id: str) -> bool:
        """False if there is none with this id."""
        ...


class SignedInStore(Protocol):
    """Sign-in links that work once, sessions that end, and browsers that signed in before; by digests of their secrets."""

    def put_sign_in(self, digest: str, name: str, expires: int) -> None: ...
    def use_sign_in(self, digest: str, now: int) -> str | None:
        """The name it was made for, once; None if unknown, used or expired."""
        ...

    def put_session(self, digest: str, session: SignedIn) -> None: ...
    def session(self, digest: str, now: int) -> SignedIn | None:
        """None if it is unknown or over."""
        ...

    def see_session(self, digest: str, now: int) -> None:
        """It asked for something."""
        ...

    def change_session(self, session: SignedIn) -> None:
        """Replaces what is known of the one with this id; nothing if it is over."""
        ...

    def sessions(self, now: int) -> Sequence[SignedIn]:
        """Those that are not over, the latest seen first."""
        ...

    def end_session(self, digest: str) -> None: ...
    def end_sessions(self, *, name: str = "", session_id: str = "", but: str = "") -> int:
        """Of an account, or the one with this id, but for the one with the id `but`; how many there were."""
        ...

    def put_device(self, digest: str, name: str, expires: int, now: int) -> None:
        """A browser by which this account has signed in."""
        ...

    def device(self, digest: str, name: str, now: int) -> bool: ...
