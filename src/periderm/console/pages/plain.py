"""Pages without data: signing in, and failures that say what still works."""

from __future__ import annotations

from periderm.app import credentials
from periderm.app.sign_in_limits import TooManyError
from periderm.console.render import Ask, render
from periderm.model.errors import DeniedError


def signed_out(ask: Ask, *, used: bool = False, refused: DeniedError | None = None, name: str = "") -> str:
    """How to come in; `used` if a link was tried and works no more, `refused` if a password was."""
    wait = -(-refused.seconds // 60) if isinstance(refused, TooManyError) else 0
    return render("sign_in.html", ask, used=used, refused=refused is not None, wait=wait, name=name[:64])


def confirm(ask: Ask, back: str, *, refused: bool = False) -> str:
    """Who asks has to say again who they are, and goes `back` then."""
    return render("confirm.html", ask, back=back, refused=refused, session_owner=not own_password(ask))


def own_password(ask: Ask) -> bool:
    """Whether who asks has a password to say again."""
    try:
        return bool(credentials.own_account(ask.app, ask.person).password)
    except DeniedError:
        return False


def failure(ask: Ask, status: int, what: str, next_step: str) -> str:
    """What happened, what to do, what still works. Asks no store, so it can always be shown."""
    return render("failure.html", ask, status=status, what=what, next_step=next_step)
