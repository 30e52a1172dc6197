"""Who is calling: a person with a session cookie, a program with a token, or one of our own processes."""

from __future__ import annotations

import hmac

from starlette.requests import HTTPConnection
from starlette.responses import Response

from periderm.app import sign_in, tokens
from periderm.app.application import Application
from periderm.app.sign_in import Visitor
from periderm.app.sign_in_limits import SignInLimits
from periderm.model.principal import Permission, Principal
from periderm.server.cookies import cookie
from periderm.server.problems import SignedOutError

SERVICE = Principal("service", frozenset({Permission.READ, Permission.INGEST}))
NOT_SIGNED_IN = ("You are not signed in, or your session is over.", "`periderm status --link` prints a sign-in link.")


class Callers:
    """Tells callers apart. Blocks on the store: call it on a thread."""

    def __init__(self, app: Application, service_token: str, *, secure: bool = False) -> None:
        self._app = app
        self._token = service_token.encode()
        self._secure = secure
        # Browsers share cookies between all ports of a host: the port keeps two servers apart.
        self.cookie = f"periderm_{app.settings.port}"
        self.device = f"periderm_device_{app.settings.port}"
        self.limits = SignInLimits()

    def person(self, connection: HTTPConnection) -> Principal | None:
        """The person whose session the cookie names; None without one."""
        secret = cookie(connection, self.cookie)
        return sign_in.who_has(self._app, secret) if secret else None

    def caller(self, connection: HTTPConnection) -> Principal:
        """Raises SignedOutError."""
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme == "Bearer":
            if self._token and hmac.compare_digest(token.encode(), self._token):
                return SERVICE
            if (program := tokens.bearer(self._app, token)) is not None:
                return program
            raise SignedOutError(
                "The token is not this server's, or is over.",
                "`periderm token new` makes one; our own is `service-token` in the state folder.",
            )
        who = self.person(connection)
        if who is None:
            raise SignedOutError(*NOT_SIGNED_IN)
        return who

    def visitor(self, connection: HTTPConnection) -> Visitor:
        """From where somebody asks. Behind a proxy it is the proxy's address: what a header says anybody can say."""
        return Visitor(
            address=connection.client.host if connection.client is not None else "",
            browser=connection.headers.get("user-agent", ""),
            device=cookie(connection, self.device),
        )

    def secret(self, connection: HTTPConnection) -> str:
        """The cookie as it was sent."""
        return cookie(connection, self.cookie)

    def set_cookie(self, response: Response, secret: str) -> None:
        """Hand the session to the browser. `Secure` where there is TLS; on loopback there is none."""
        response.set_cookie(
            self.cookie,
            secret,
            max_age=sign_in.SESSION_SECONDS,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )

    def set_device(self, response: Response, secret: str) -> None:
        """By it the browser is known at the next sign-in; it lets nobody in."""
        response.set_cookie(
            self.device,
            secret,
            max_age=sign_in.DEVICE_SECONDS,
            path="/sign-in",
            secure=self._secure,
            httponly=True,
            samesite="strict",
        )

    def clear_cookie(self, response: Response) -> None:
        """Take it back."""
        response.delete_cookie(self.cookie, path="/", secure=self._secure, httponly=True, samesite="strict")
