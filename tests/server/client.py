"""Calls an ASGI application without a network: one loop for one client, as a server has."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.applications import Starlette

HOST = "127.0.0.1:8843"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def json(self) -> Any:
        """The body as JSON."""
        return msgspec.json.decode(self.body)


class Client:
    """`headers` go with every request."""

    def __init__(self, app: Starlette, **headers: str) -> None:
        self.app = app
        self.headers = headers
        self._runner = asyncio.Runner()

    def close(self) -> None:
        """End the loop."""
        self._runner.close()

    def get(self, path: str, **headers: str) -> Answer:
        """GET."""
        return self.ask("GET", path, b"", headers)

    def post(self, path: str, body: bytes = b"", **headers: str) -> Answer:
        """POST."""
        return self.ask("POST", path, body, headers)

    def ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """One request; header names are written with underscores, and an empty value leaves a header out."""
        wanted = {"host": HOST, **self.headers, **(headers or {})}
        pairs = [(k.replace("_", "-").encode(), v.encode("latin-1")) for k, v in wanted.items() if v]
        return self._runner.run(self._ask(method, path, body, pairs))

    async def _ask(self, method: str, path: str, body: bytes, headers: list[tuple[bytes, bytes]]) -> Answer:
        raw, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": raw,
            "raw_path": raw.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8843),
        }
        sent: list[dict[str, Any]] = []
        parts = [body[i : i + 65536] for i in range(0, len(body), 65536)] or [b""]

        async def receive() -> dict[str, Any]:
            if parts:
                part = parts.pop(0)
                return {"type": "http.request", "body": part, "more_body": bool(parts)}
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        start = next(m for m in sent if m["type"] == "http.response.start")
        listed = [(k.decode("latin-1"), v.decode("latin-1")) for k, v in start["headers"]]
        cookies = [v for k, v in listed if k == "set-cookie"]
        return Answer(start["status"], dict(listed), cookies, b"".join(m.get("body", b"") for m in sent))
