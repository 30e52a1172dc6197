"""This machine's place with a server on another machine."""

from __future__ import annotations

from typing import Protocol


class Membership(Protocol):
    """Raises ConnectError when the server does not answer, DeniedError when it does not let this machine in."""

    def joined(self) -> bool:
        """Whether there is an identity."""
        ...

    def join(self, token: str, node_id: str, name: str) -> None:
        """Takes up a token, once; the identity is on disk when this returns."""
        ...

    def renewal_due(self) -> bool:
        """Half of the certificate's life is over."""
        ...

    def renew(self) -> None:
        """The next certificate is on disk when this returns, and is shown on every connection from then on."""
        ...
