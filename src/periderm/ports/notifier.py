"""Telling somebody outside: one destination each, made with its address and secret. It renders and carries; when, how often
and what is decided by flow. Raises NotifierError."""

from __future__ import annotations

from typing import Protocol

from periderm.model.notice import Message, Ticket


class Notifier(Protocol):
    """Where messages go."""

    def deliver(self, message: Message) -> str:
        """Returns when the other side has taken it, with what it answered (one short line, '' if nothing). The same message
        (`message.id`) may come twice."""
        ...


class Tickets(Protocol):
    """A tracker of issues."""

    def put(self, message: Message, known: Ticket | None, *, open_: bool) -> Ticket:
        """The ticket of the message's subject is as the message says: made if there is none, told what is new, closed or
        opened again. One that was made before, by a try whose answer was lost, is found again."""
        ...

    def look(self, ticket: Ticket) -> Ticket | None:
        """As it is in the tracker now; None if it is gone."""
        ...

    def try_out(self) -> str:
        """Signs in and looks whether tickets can be made there, without making one; what was found, in a short line."""
        ...
