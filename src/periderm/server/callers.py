"""Who is calling: a person with a session cookie, or one of our own processes with the service token."""

from __future__ import annotations

import hmac

from starlette.requests import HTTPConnection
from starlette.responses import Response

from periderm.app import sign_in
from periderm.app.application import Application
from periderm.model.principal import Permission, Principal
from periderm.server.problems import SignedOutError

SERVICE = Principal("service", frozenset({Permission.READ, Permission.INGEST}))
NOT_SIGNED_IN = ("You are not signed in, or your session is over.", "`periderm status --link` prints a sign-in link.")


class Callers:
    """Tells callers apart. Blocks on the store: call it on a thread."""

    def __init__(self, app: Application, service_token: str) -> None:
        self._app = app
        self._token = service_token.encode()
        # Browsers share cookies between all ports of a host: the port keeps two servers apart.
        self.cookie = f"periderm_{app.settings.port}"

    def person(self, connection: HTTPConnection) -> Principal | None:
        """The person whose session the cookie names; None without one."""
        secret = connection.cookies.get(self.cookie, "")
        return sign_in.who_has(self._app, secret) if secret else None

    def caller(self, connection: HTTPConnection) -> Principal:
        """Raises SignedOutError."""
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme == "Bearer":
            if self._token and hmac.compare_digest(token.encode(), self._token):
                return SERVICE
            raise SignedOutError("The token is not this server's.", "It is in the file `service-token` of the state folder.")
        who = self.person(connection)
        if who is None:
            raise SignedOutError(*NOT_SIGNED_IN)
        return who

    def secret(self, connection: HTTPConnection) -> str:
        """The cookie as it was sent."""
        return connection.cookies.get(self.cookie, "")

    def set_cookie(self, response: Response, secret: str) -> None:
        """Hand the session to the browser. Not `Secure`: the server is on loopback, without TLS."""
        response.set_cookie(self.cookie, secret, max_age=sign_in.SESSION_SECONDS, path="/", httponly=True, samesite="strict")

    def clear_cookie(self, response: Response) -> None:
        """Take it back."""
        response.delete_cookie(self.cookie, path="/", httponly=True, samesite="strict")
