"""Pages without data: signing in, and failures that say what still works."""

from __future__ import annotations

from periderm.console.render import Ask, render


def signed_out(ask: Ask, *, used: bool = False) -> str:
    """How to get a sign-in link; `used` if a link was tried and works no more."""
    return render("sign_in.html", ask, used=used)


def failure(ask: Ask, status: int, what: str, next_step: str) -> str:
    """What happened, what to do, what still works. Asks no store, so it can always be shown."""
    return render("failure.html", ask, status=status, what=what, next_step=next_step)
