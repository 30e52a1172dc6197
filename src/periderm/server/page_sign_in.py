"""How people come in and leave: a one-time link, or name, password and code, become a session; signing out ends it. Draws no
other page."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from periderm.app import confirming, sign_in
from periderm.app.application import Application
from periderm.app.sign_in import RefusedSignInError
from periderm.app.sign_in_limits import TooManyError
from periderm.console.pages import plain
from periderm.model.errors import DeniedError, PeridermError
from periderm.model.principal import Principal
from periderm.server.callers import Callers
from periderm.server.drawing import Drawing
from periderm.server.page_forms import own_address


class SignIn:
    """The addresses that are open to whoever has no session yet."""

    def __init__(self, app: Application, callers: Callers, drawing: Drawing) -> None:
        self._app = app
        self._callers = callers
        self._drawing = drawing

    def routes(self) -> list[Route]:
        """The addresses."""
        return [
            Route("/sign-in", self.sign_in, methods=["GET"]),
            Route("/sign-in", self.by_password, methods=["POST"]),
            Route("/confirm", self.ask_again, methods=["GET"]),
            Route("/confirm", self.confirm, methods=["POST"]),
            Route("/sign-out", self.sign_out, methods=["POST"]),
        ]

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
                return self._drawing.html(request, plain.signed_out(self._drawing.ask(request)), 200)
            try:
                secret = sign_in.redeem(self._app, token, self._callers.visitor(request))
            except DeniedError:
                return self._drawing.html(request, plain.signed_out(self._drawing.ask(request), used=True), 403)
            except PeridermError as error:
                return self._drawing.failed(request, error, None)
            response = RedirectResponse("/", 303)
            self._callers.set_cookie(response, secret)
            return response

        return await self._drawing.thread(work)

    async def by_password(self, request: Request) -> Response:
        """Takes name, password and code, and gives a session."""
        form = await self._drawing.form(request)
        if isinstance(form, Response):
            return form
        given = sign_in.Given(**{name: form.get(name, [""])[0] for name in ("name", "password", "code")})

        def work() -> Response:
            try:
                came_in = sign_in.by_password(self._app, self._callers.limits, given, self._callers.visitor(request))
            except DeniedError as error:
                page = plain.signed_out(self._drawing.ask(request), refused=error, name=given.name)
                return self._drawing.html(request, page, 429 if isinstance(error, TooManyError) else 403)
            except PeridermError as error:
                return self._drawing.failed(request, error, None)
            response = RedirectResponse("/", 303)
            self._callers.set_cookie(response, came_in.session)
            self._callers.set_device(response, came_in.device)
            return response

        return await self._drawing.thread(work)

    async def ask_again(self, request: Request) -> Response:
        """Shows where to say again who one is: after a refusal the browser stands at this address."""

        def work(who: Principal) -> Response:
            return self._drawing.html(request, plain.confirm(self._drawing.ask(request, who), "/account"), 200)

        return await self._drawing.guarded(request, work)

    async def confirm(self, request: Request) -> Response:
        """Takes password and code of who is signed in, and leads back to where they were asked for."""
        form = await self._drawing.form(request)
        if isinstance(form, Response):
            return form
        password, code, back = (form.get(name, [""])[0] for name in ("password", "code", "back"))

        def work(who: Principal) -> Response:
            try:
                confirming.confirm(self._app, who, password, code)
            except RefusedSignInError:
                page = plain.confirm(self._drawing.ask(request, who), own_address(back), refused=True)
                return self._drawing.html(request, page, 403)
            return RedirectResponse(own_address(back), 303)

        return await self._drawing.guarded(request, work)

    async def sign_out(self, request: Request) -> Response:
        """Ends the session."""

        def work() -> Response:
            try:
                sign_in.sign_out(self._app, self._callers.secret(request))
            except PeridermError as error:
                return self._drawing.failed(request, error, None)
            response = RedirectResponse("/sign-in", 303)
            self._callers.clear_cookie(response)
            return response

        return await self._drawing.thread(work)
