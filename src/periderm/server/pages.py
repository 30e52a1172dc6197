"""The console's addresses: pages are drawn, forms are taken, files are handed out, only for people with a session.

What stands at which address is in `page_table` and `page_forms`; how it is drawn, and failures, in `drawing`.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from periderm.app.application import Application
from periderm.app.audit import note
from periderm.console.assets import Assets
from periderm.model.errors import StoreError
from periderm.model.principal import Principal
from periderm.server.callers import Callers
from periderm.server.drawing import Drawing
from periderm.server.live import Feed
from periderm.server.page_forms import FORMS, SHOWN, UPLOADS, Act
from periderm.server.page_sign_in import SignIn
from periderm.server.page_table import FILES, PAGES, File, Page


class Pages:
    """All of the console."""

    def __init__(self, app: Application, callers: Callers, built: Assets, feed: Feed) -> None:
        self._built = built
        self._feed = feed
        self._drawing = Drawing(app, callers, built, feed)
        self._sign_in = SignIn(app, callers, self._drawing)

    def routes(self) -> list[Route]:
        """All addresses of the console."""
        return [
            *(Route(path, self._draw(page), methods=["GET"]) for path, page in PAGES),
            *(Route(path, self._handed(file), methods=["GET"]) for path, file in FILES),
            *(Route(path, self._taken(act), methods=["POST"]) for path, act in FORMS),
            *(Route(path, self._taken(act, shows=True), methods=["POST"]) for path, act in SHOWN),
            *self._sign_in.routes(),
            Route("/static/{name}", self.static, methods=["GET"]),
            Route("/favicon.ico", self.icon, methods=["GET"]),
        ]

    def _draw(self, page: Page) -> Callable[[Request], object]:
        drawing = self._drawing

        async def serve(request: Request) -> Response:
            try:
                await self._feed.refresh()
            except StoreError as error:
                return drawing.failed(request, error, None)
            return await drawing.guarded(request, lambda who: drawing.html(request, page(drawing.ask(request, who)), 200))

        return serve

    def _handed(self, file: File) -> Callable[[Request], object]:
        """A file to be kept: never shown as a page of ours, whatever it holds."""
        drawing = self._drawing

        async def serve(request: Request) -> Response:
            def work(who: Principal) -> Response:
                ask = drawing.ask(request, who)
                found = file(ask)
                note(ask.app, who, "export", request.url.path, found.plain_name)
                headers = {"Content-Disposition": f'attachment; filename="{found.plain_name}"', "Cache-Control": "no-store"}
                return Response(found.content, media_type=found.media, headers=headers)

            return await drawing.guarded(request, work)

        return serve

    def _taken(self, act: Act, *, shows: bool = False) -> Callable[[Request], object]:
        """A form for a page's own function, which says where to go on, or (`shows`) draws what comes next."""
        drawing = self._drawing

        async def serve(request: Request) -> Response:
            if request.url.path in UPLOADS:  # nobody's file is read before it is known who brings it
                known = await drawing.guarded(request, lambda _who: Response(status_code=204))
                if known.status_code != 204:
                    return known
            form = await drawing.form(request)
            if isinstance(form, Response):
                return form

            def work(who: Principal) -> Response:
                told = act(drawing.ask(request, who), form)
                return drawing.html(request, told, 200) if shows else RedirectResponse(told, 303)

            return await drawing.guarded(request, work)

        return serve

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
