"""Views that people keep: save the state of a page under a name, list them, take one away. Runs no search."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from periderm.app.application import Application, require
from periderm.app.audit import note
from periderm.model.errors import DeniedError, NotFoundError, UsageError
from periderm.model.ids import stable_id
from periderm.model.principal import Permission, Principal
from periderm.model.saved_view import LONGEST_NAME, LONGEST_STATE, MOST, PAGES, SavedView

_NOT_KEPT = ("lang", "theme", "cursor", "skip", "live")  # of the reader, or of a moment
MOST_FIELDS = 40


def list_views(app: Application, who: Principal, page: str = "") -> Sequence[SavedView]:
    """One's own and those that are shared, by name; of one page only where one is named."""
    require(who, Permission.READ)
    return app.store.views(who.name, page)


def save_view(app: Application, who: Principal, name: str, page: str, state: str = "", *, shared: bool = False) -> SavedView:
    """Keeps the state of a page; one of the same name on the same page by the same person is replaced. Raises UsageError."""
    require(who, Permission.READ)
    view = SavedView(
        id=stable_id("view", who.name, page, name.strip().casefold()),
        name=_name(name),
        page=_page(page),
        state=_state(state),
        author=who.name,
        shared=shared,
        made=app.clock.now(),
    )
    with app.store.transaction():
        own = [each for each in app.store.views(who.name) if each.author == who.name and each.id != view.id]
        if len(own) >= MOST:
            raise UsageError(f"You keep {len(own)} views, and {MOST} at most are kept.", "Take one away.")
        app.store.put_view(view)
        note(app, who, "view.save", view.id, f"{view.name}: {view.address}{' (shared)' if shared else ''}")
    return view


def remove_view(app: Application, who: Principal, view_id: str) -> None:
    """One's own; of others, what is shared may be taken away by an administrator. Raises NotFoundError, DeniedError."""
    require(who, Permission.READ)
    view = app.store.view(view_id)
    if view is None or (view.author != who.name and not view.shared):
        raise NotFoundError(f"There is no view {view_id[:80]!r}.", "`periderm search --views` lists those that exist.")
    if view.author != who.name and (not who.may(Permission.ADMIN) or who.limited):
        raise DeniedError(f"This view is {view.author}'s.", "Ask them, or an administrator.")
    with app.store.transaction():
        app.store.remove_view(view_id)
        note(app, who, "view.remove", view_id, view.name)


def _name(name: str) -> str:
    line = " ".join(name.split())
    if not 1 <= len(line) <= LONGEST_NAME or not line.isprintable():
        raise UsageError(f"A view's name has 1 to {LONGEST_NAME} characters that can be shown.", "Name it otherwise.")
    return line


def _page(page: str) -> str:
    if page not in PAGES:
        raise UsageError(f"There are no views of {page[:40]!r}.", f"There are of {', '.join(PAGES)}.")
    return page


def _state(state: str) -> str:
    """The same as one writes it here, without what is the reader's own."""
    try:
        told = parse_qsl(state.removeprefix("?"), max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise UsageError("The state of a view is not the query part of an address.", "Save it on the page itself.") from None
    kept = urlencode([(key, value) for key, value in told if key not in _NOT_KEPT])
    if len(kept) > LONGEST_STATE:
        raise UsageError(f"The state of a view is longer than {LONGEST_STATE} characters.", "Filter by less.")
    return kept
