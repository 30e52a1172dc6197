"""The console's addresses: finds the language, lets only people with a session in, draws on a thread, takes forms.

A failing store gives a page too: what still works, and how to try again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, quote

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from periderm.app import exemptions, incidents, scan_again, sign_in
from periderm.app.application import Application
from periderm.app.overview import Memo
from periderm.console.assets import Assets
from periderm.console.pages import (
    assets,
    coverage,
    detectors,
    events,
    exceptions,
    findings,
    gaps,
    images,
    incident,
    overview,
    packages,
    plain,
    responses,
    sessions,
    vulnerabilities,
)
from periderm.console.pages import incidents as incident_list
from periderm.console.pages import respond as respond_page
from periderm.console.render import Ask
from periderm.console.words import LANGUAGES, choose, words_for
from periderm.model.errors import DeniedError, PeridermError, StoreError, UsageError
from periderm.model.incident import IncidentState
from periderm.model.principal import Principal
from periderm.server.callers import Callers
from periderm.server.endpoints import SMALL_BODY, THREADS, read_body
from periderm.server.live import Feed
from periderm.server.problems import SignedOutError, problem_of

THEMES = ("light", "dark")
YEAR = 365 * 86400
MOST_CHOSEN = 1000

Page = Callable[[Ask], str]

PAGES: tuple[tuple[str, Page], ...] = (
    ("/", overview.page),
    ("/incidents", incident_list.page),
    ("/incidents/{id}", incident.page),
    ("/incidents/{id}/respond", respond_page.page),
    ("/events", events.page),
    ("/images", images.page),
    ("/images/{id}", images.one),
    ("/vulnerabilities", vulnerabilities.page),
    ("/vulnerabilities/{id}", vulnerabilities.one),
    ("/packages", packages.page),
    ("/exceptions", exceptions.page),
    ("/exceptions/preview", exceptions.preview),
    ("/findings", findings.page),
    ("/findings/{id}", findings.one),
    ("/assets", assets.page),
    ("/assets/{id}", assets.one),
    ("/coverage", coverage.page),
    ("/gaps", gaps.page),
    ("/detectors", detectors.page),
    ("/detectors/{id}", detectors.one),
    ("/responses", responses.page),
    ("/responses/{id}", respond_page.one),
    ("/sessions", sessions.page),
)


class Pages:
    """Holds what all pages share. Rendering runs on threads; at most `THREADS` at once."""

    def __init__(self, app: Application, callers: Callers, built: Assets, feed: Feed) -> None:
        self._app = app
        self._callers = callers
        self._built = built
        self._feed = feed
        self._memo: Memo = {}
        self._limiter: anyio.CapacityLimiter | None = None

    def routes(self) -> list[Route]:
        """All addresses of the console."""
        drawn = [Route(path, self._draw(page), methods=["GET"]) for path, page in PAGES]
        return [
            *drawn,
            Route("/sign-in", self.sign_in, methods=["GET"]),
            Route("/sign-out", self.sign_out, methods=["POST"]),
            Route("/incidents/state", self.change_states, methods=["POST"]),
            Route("/incidents/{id}/respond", self.order, methods=["POST"]),
            Route("/responses/{id}/undo", self.undo, methods=["POST"]),
            Route("/sessions", self.announce, methods=["POST"]),
            Route("/sessions/{id}/end", self.end_session, methods=["POST"]),
            Route("/images/{id}/scan", self.scan_image, methods=["POST"]),
            Route("/exceptions", self.add_exception, methods=["POST"]),
            Route("/exceptions/{id}/remove", self.remove_exception, methods=["POST"]),
            Route("/static/{name}", self.static, methods=["GET"]),
            Route("/favicon.ico", self.icon, methods=["GET"]),
        ]

    async def _thread(self, work: Callable[[], Response]) -> Response:
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(THREADS)
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)

    def ask(self, request: Request, who: Principal | None = None) -> Ask:
        """What a page is asked with."""
        given = dict(request.query_params)
        wanted = (given.pop("lang", ""), request.cookies.get("periderm_lang", ""))
        theme = given.pop("theme", "") or request.cookies.get("periderm_theme", "")
        language = choose(wanted, request.headers.get("accept-language", ""))
        return Ask(
            app=self._app,
            words=words_for(language),
            static=self._built.addresses,
            path=request.url.path,
            who=who,
            parts=request.path_params,
            query=given,
            sequence=self._feed.last,
            theme=theme if theme in THEMES else "",
            memo=self._memo,
        )

    def _draw(self, page: Page) -> Callable[[Request], object]:
        async def serve(request: Request) -> Response:
            try:
                await self._feed.refresh()
            except StoreError as error:
                return self.failed(request, error, None)
            return await self._guarded(request, lambda who: self._html(request, page(self.ask(request, who)), 200))

        return serve

    async def _guarded(self, request: Request, work: Callable[[Principal], Response]) -> Response:
        """Runs `work` for the person who asks; a known error becomes a page."""

        def run() -> Response:
            who: Principal | None = None
            try:
                who = self._callers.person(request)
                if who is None:
                    return self._html(request, plain.signed_out(self.ask(request)), 401)
                return work(who)
            except PeridermError as error:
                return self.failed(request, error, who)

        return await self._thread(run)

    def failed(self, request: Request, error: PeridermError, who: Principal | None) -> Response:
        """The page for an error."""
        if isinstance(error, SignedOutError):
            return self._html(request, plain.signed_out(self.ask(request)), 401)
        problem = problem_of(error)
        page = plain.failure(self.ask(request, who), problem.status, error.what, error.next_step)
        return self._html(request, page, problem.status)

    def _html(self, request: Request, text: str, status: int) -> Response:
        response = HTMLResponse(text.encode("utf-8", "replace"), status, headers={"Vary": "Accept-Language, Cookie"})
        for name, choices in (("lang", LANGUAGES), ("theme", THEMES)):
            chosen = request.query_params.get(name, "")
            if chosen in choices:
                response.set_cookie(f"periderm_{name}", chosen, max_age=YEAR, httponly=True, samesite="strict")
        return response

    async def sign_in(self, request: Request) -> Response:
        """Trades the link's token for a session, once."""
        token = request.query_params.get("token", "")
        if request.method == "HEAD" or "prefetch" in request.headers.get("sec-purpose", ""):
            # A browser that looks ahead, or a program that previews links, must not use up what a person will click.
            return Response(status_code=204)

        def work() -> Response:
            if not token:
                if self._callers.person(request) is not None:
                    return RedirectResponse("/", 303)
                return self._html(request, plain.signed_out(self.ask(request)), 200)
            try:
                secret = sign_in.redeem(self._app, token)
            except DeniedError:
                return self._html(request, plain.signed_out(self.ask(request), used=True), 403)
            except PeridermError as error:
                return self.failed(request, error, None)
            response = RedirectResponse("/", 303)
            self._callers.set_cookie(response, secret)
            return response

        return await self._thread(work)

    async def sign_out(self, request: Request) -> Response:
        """Ends the session."""

        def work() -> Response:
            try:
                sign_in.sign_out(self._app, self._callers.secret(request))
            except PeridermError as error:
                return self.failed(request, error, None)
            response = RedirectResponse("/sign-in", 303)
            self._callers.clear_cookie(response)
            return response

        return await self._thread(work)

    async def change_states(self, request: Request) -> Response:
        """Says of one or many incidents where people are with them."""
        form = await self._form(request)
        if isinstance(form, Response):
            return form

        def work(who: Principal) -> Response:
            chosen = form.get("id", [])[:MOST_CHOSEN]
            state = form.get("state", [""])[0]
            if state not in {s.value for s in IncidentState}:
                raise UsageError(f"There is no state {state[:40]!r}.", "Go back and choose one.")
            for incident_id in chosen:
                incidents.change_state(self._app, who, incident_id, IncidentState(state))
            return RedirectResponse(own_address(form.get("back", ["/incidents"])[0]), 303)

        return await self._guarded(request, work)

    async def order(self, request: Request) -> Response:
        """Orders a response that was shown before."""
        form = await self._form(request)
        if isinstance(form, Response):
            return form

        def work(who: Principal) -> Response:
            given = {name: values[0] for name, values in form.items()}
            record = respond_page.order_from(self.ask(request, who), given)
            return RedirectResponse(f"/incidents/{quote(record.effect.incident_id, safe='')}#responses", 303)

        return await self._guarded(request, work)

    async def undo(self, request: Request) -> Response:
        """Takes back a response that holds."""
        form = await self._form(request)
        if isinstance(form, Response):
            return form

        def work(who: Principal) -> Response:
            given = {name: values[0] for name, values in form.items()}
            record = respond_page.undo_from(self.ask(request, who), given)
            return RedirectResponse(f"/responses/{quote(record.effect.id, safe='')}", 303)

        return await self._guarded(request, work)

    async def announce(self, request: Request) -> Response:
        """Announces a session."""
        form = await self._form(request)
        if isinstance(form, Response):
            return form

        def work(who: Principal) -> Response:
            given = {name: values[0] for name, values in form.items()}
            return RedirectResponse(f"/sessions#{quote(sessions.announce_from(self.ask(request, who), given))}", 303)

        return await self._guarded(request, work)

    async def end_session(self, request: Request) -> Response:
        """Ends an announced session."""

        def work(who: Principal) -> Response:
            return RedirectResponse(f"/sessions#{quote(sessions.end_from(self.ask(request, who)))}", 303)

        return await self._guarded(request, work)

    async def add_exception(self, request: Request) -> Response:
        """Adds an exception that was shown before with what it hides."""
        form = await self._form(request)
        if isinstance(form, Response):
            return form

        def work(who: Principal) -> Response:
            given = {name: values[0] for name, values in form.items()}
            added = exemptions.add_exemption(self._app, who, exceptions.exemption_from(given))
            return RedirectResponse(f"/exceptions#{added.id}", 303)

        return await self._guarded(request, work)

    async def scan_image(self, request: Request) -> Response:
        """Puts an image in the queue again."""

        def work(who: Principal) -> Response:
            state = scan_again.scan_again(self._app, who, request.path_params["id"])
            return RedirectResponse(f"/images/{quote(state.digest, safe=':')}", 303)

        return await self._guarded(request, work)

    async def remove_exception(self, request: Request) -> Response:
        """What it hid counts again."""

        def work(who: Principal) -> Response:
            exemptions.remove_exemption(self._app, who, request.path_params["id"])
            return RedirectResponse("/exceptions", 303)

        return await self._guarded(request, work)

    async def _form(self, request: Request) -> Mapping[str, list[str]] | Response:
        try:
            body = await read_body(request, SMALL_BODY)
            return parse_qs(body.decode("utf-8"), max_num_fields=MOST_CHOSEN + 10)
        except PeridermError as error:
            return self.failed(request, error, None)
        except ValueError:
            return self.failed(request, UsageError("The form is malformed.", "Reload the page and try again."), None)

    async def static(self, request: Request) -> Response:
        """A built asset. Its name tells its content, so it may be kept for ever."""
        asset = self._built.files.get(request.path_params["name"])
        if asset is None:
            return Response(status_code=404)
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        if asset.small and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(asset.small, media_type=asset.media, headers={**headers, "Content-Encoding": "gzip"})
        return Response(asset.data, media_type=asset.media, headers=headers)

    async def icon(self, request: Request) -> Response:
        """Browsers ask for it by habit."""
        del request
        return RedirectResponse(self._built.addresses["mark.svg"], 308)


def own_address(back: str) -> str:
    """An address of this console, or its start page: a form never leads elsewhere."""
    fits = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable() and len(back) < 2000
    return back if fits else "/"
