"""Where people are with something."""

from __future__ import annotations

import msgspec

from periderm.model.handling import MOST_COMMENTS, Comment, Handling, HandlingKind, HandlingState


def test_what_is_over_asks_nobody() -> None:
    """Accepted, fixed and closed; a reopened one asks again."""
    over = {state for state in HandlingState if Handling(id="x", kind=HandlingKind.FINDING, state=state).over}
    assert over == {HandlingState.ACCEPTED, HandlingState.FIXED, HandlingState.CLOSED}


def test_it_is_the_same_after_storing() -> None:
    """With its comments."""
    handling = Handling(id="x", kind=HandlingKind.INCIDENT, comments=(Comment(author="ada", time=1, text="seen"),))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(handling), type=Handling) == handling


def test_the_oldest_comment_makes_room() -> None:
    """What is said last is there, and says when it changed; the state stays unless it is said."""
    handling = Handling(id="x", kind=HandlingKind.FINDING, state=HandlingState.ASSIGNED)
    for number in range(MOST_COMMENTS + 2):
        handling = handling.said(Comment(author="ada", time=number))
    assert [len(handling.comments), handling.comments[0].time, handling.changed] == [MOST_COMMENTS, 2, MOST_COMMENTS + 1]
    assert handling.state is HandlingState.ASSIGNED
    assert handling.said(Comment(author="ada", time=1), state=HandlingState.FIXED).state is HandlingState.FIXED
