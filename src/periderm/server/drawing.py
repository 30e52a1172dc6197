"""What all pages of the console share: who asks, in which language and theme, drawn on a thread, known errors as pages.

A failing store gives a page too: what still works, and how to try again. Knows no page but those of failures.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from periderm.app.application import Application
from periderm.app.confirming import NotConfirmedError
from periderm.app.overview import Memo
from periderm.app.scoped import scoped
from periderm.console.assets import Assets
from periderm.console.columns import COOKIE, remember, remembered
from periderm.console.pages import plain
from periderm.console.render import Ask
from periderm.console.words import LANGUAGES, choose, words_for
from periderm.model.errors import PeridermError, UsageError
from periderm.model.principal import Principal
from periderm.server.callers import Callers
from periderm.server.cookies import cookie
from periderm.server.endpoints import SMALL_BODY, THREADS, read_body
from periderm.server.form_data import parse
from periderm.server.live import Feed
from periderm.server.page_forms import MOST_CHOSEN, UPLOADS
from periderm.server.problems import SignedOutError, problem_of

THEMES = ("light", "dark")
# Forms whose address is no page: where they stand.
PLACES = {"/authorities": "/machines", "/join-tokens": "/machines", "/groups": "/people"}
YEAR = 365 * 86400


def _with_files(media: str, body: bytes) -> Mapping[str, list[str]]:
    """Raises FormatError; ValueError for what is no text."""
    found: dict[str, list[str]] = {}
    for name, value in parse(media, body):
        found.setdefault(name, []).append(value.decode("utf-8"))
    return found


class Drawing:
    """Rendering runs on threads; at most `THREADS` at once."""

    def __init__(self, app: Application, callers: Callers, built: Assets, feed: Feed) -> None:
        self._app = app
        self._callers = callers
        self._built = built
        self._feed = feed
        self._memo: Memo = {}
        self._limiter: anyio.CapacityLimiter | None = None

    async def thread(self, work: Callable[[], Response]) -> Response:
        """Runs `work` on one of the threads of pages."""
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(THREADS)
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)

    def ask(self, request: Request, who: Principal | None = None) -> Ask:
        """What a page is asked with."""
        given = dict(request.query_params)
        wanted = (given.pop("lang", ""), cookie(request, "periderm_lang"))
        theme = given.pop("theme", "") or cookie(request, "periderm_theme")
        language = choose(wanted, request.headers.get("accept-language", ""))
        return Ask(
            app=self._app if who is None else scoped(self._app, who),
            words=words_for(language),
            static=self._built.addresses,
            path=request.url.path,
            who=who,
            parts=request.path_params,
            query=given,
            sequence=self._feed.last,
            theme=theme if theme in THEMES else "",
            kept=remembered(cookie(request, COOKIE)),
            memo=self._memo,
        )

    async def guarded(self, request: Request, work: Callable[[Principal], Response]) -> Response:
        """Runs `work` for the person who asks; a known error becomes a page."""

        def run() -> Response:
            who: Principal | None = None
            try:
                who = self._callers.person(request)
                if who is None:
                    return self.html(request, plain.signed_out(self.ask(request)), 401)
                return work(who)
            except PeridermError as error:
                return self.failed(request, error, who)

        def look() -> Response:
            with self._app.store.look():
                return run()

        # A form's page writes, and then reads what is: it sees each state as it comes.
        return await self.thread(look if request.method in ("GET", "HEAD") else run)

    async def form(self, request: Request) -> Mapping[str, list[str]] | Response:
        """The fields of a form, or the page that says what is wrong with it. Only those of UPLOADS may bring a file."""
        most = UPLOADS.get(request.url.path, 0)
        try:
            body = await read_body(request, most or SMALL_BODY)
            if most:
                return _with_files(request.headers.get("content-type", ""), body)
            return parse_qs(body.decode("utf-8"), max_num_fields=MOST_CHOSEN + 10)
        except PeridermError as error:
            return self.failed(request, error, None)
        except ValueError:
            return self.failed(request, UsageError("The form is malformed.", "Reload the page and try again."), None)

    def failed(self, request: Request, error: PeridermError, who: Principal | None) -> Response:
        """The page for an error."""
        if isinstance(error, SignedOutError):
            return self.html(request, plain.signed_out(self.ask(request)), 401)
        if isinstance(error, NotConfirmedError):
            # The page that the form stood on: what was typed there is still in the browser.
            place = PLACES.get(first := "/" + request.url.path.split("/")[1], first)
            return self.html(request, plain.confirm(self.ask(request, who), place), 403)
        problem = problem_of(error)
        page = plain.failure(self.ask(request, who), problem.status, error.what, error.next_step)
        return self.html(request, page, problem.status)

    def html(self, request: Request, text: str, status: int) -> Response:
        """A drawn page as an answer; a language, theme or choice of columns that its address names is kept."""
        response = HTMLResponse(text.encode("utf-8", "replace"), status, headers={"Vary": "Accept-Language, Cookie"})
        for name, choices in (("lang", LANGUAGES), ("theme", THEMES)):
            chosen = request.query_params.get(name, "")
            if chosen in choices:
                response.set_cookie(f"periderm_{name}", chosen, max_age=YEAR, httponly=True, samesite="strict")
        columns = request.query_params.get("cols", "")
        kept = remember(cookie(request, COOKIE), request.url.path, columns) if columns and status == 200 else None
        if kept is not None:
            response.set_cookie(COOKIE, kept, max_age=YEAR if kept else 0, httponly=True, samesite="strict")
        return response
