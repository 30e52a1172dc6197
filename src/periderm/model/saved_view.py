"""A page of the console as somebody wants to find it again: its name and the state that its address holds."""

from __future__ import annotations

import msgspec

LONGEST_NAME = 80
LONGEST_STATE = 2_000
MOST = 200  # of one person
PAGES = ("incidents", "findings", "events", "assets", "images", "vulnerabilities", "triage", "search", "audit")


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """`page` is one of PAGES, `state` the query part of its address ('q=severity%3E%3Dhigh&order=severity'). One that is
    `shared` is there for everyone who may sign in: its words are not secret, what it finds is what each may see. `made` is in
    Unix nanoseconds."""

    id: str
    name: str
    page: str
    state: str = ""
    author: str = ""
    shared: bool = False
    made: int = 0

    @property
    def address(self) -> str:
        """Where it leads."""
        return f"/{self.page}" + (f"?{self.state}" if self.state else "")
