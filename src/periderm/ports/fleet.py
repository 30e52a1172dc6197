"""Machines that joined, and who issues their certificates. Raises StoreError (the store), UsageError, FormatError (the
authority)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from periderm.model.fleet import AuthorityInfo, IssuedCertificate, JoinedNode, JoinToken, Peer


class FleetStore(Protocol):
    """Tokens, nodes and certificates, each by its id; a put replaces."""

    def put_join_token(self, token: JoinToken) -> None: ...
    def join_token(self, token_id: str) -> JoinToken | None: ...
    def join_tokens(self) -> Sequence[JoinToken]:
        """The newest first; at most 1000."""
        ...

    def put_joined_node(self, node: JoinedNode) -> None: ...
    def joined_node(self, node_id: str) -> JoinedNode | None: ...
    def joined_nodes(self) -> Sequence[JoinedNode]:
        """By name; at most 100,000."""
        ...

    def put_certificate(self, certificate: IssuedCertificate) -> None: ...
    def certificate(self, serial: str) -> IssuedCertificate | None: ...
    def certificates(self, node_id: str) -> Sequence[IssuedCertificate]:
        """The newest first."""
        ...

    def remove_certificates(self, before: int) -> int:
        """Forgets those that ended before a time; how many."""
        ...


class Authority(Protocol):
    """The server's own certificate authority: any thread may call."""

    def known(self) -> Sequence[AuthorityInfo]:
        """The one that issues first."""
        ...

    def certificates(self) -> tuple[str, ...]:
        """Of all that are trusted, in PEM, the one that issues first."""
        ...

    def issue(self, request: str, node_id: str, name: str, now: int, seconds: int) -> tuple[str, Peer]:
        """A certificate in PEM for the key in a PKCS 10 request, and what it says. Of the request only the key is taken.
        Raises FormatError for what is no request, or is not signed by its own key."""
        ...

    def peer(self, certificate: bytes) -> Peer | None:
        """What a client's certificate (DER) says; None if none of ours signed it. Looks at no clock."""
        ...

    def roll(self, now: int) -> AuthorityInfo:
        """A new authority issues from now on; the one before stays trusted, and vouches for the new one."""
        ...

    def retire(self, fingerprint: str) -> AuthorityInfo:
        """It is trusted no more. Raises UsageError for the one that issues, or for one that is not known."""
        ...
