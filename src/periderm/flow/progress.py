"""How a long work tells how far it is. Prints nothing."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float | None], None]  # (what is being done, the share that is done from 0 to 1 if it is known)


def quiet(_text: str, _done: float | None) -> None:
    """Progress for nobody."""
