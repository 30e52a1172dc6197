"""A file that a page hands out. Says nothing of how it travels."""

from __future__ import annotations

import re

import msgspec


class Download(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is proposed to whoever keeps it, `media` its media type, `content` what it holds. It is never shown as a page."""

    name: str
    content: bytes
    media: str = "application/octet-stream"

    @property
    def plain_name(self) -> str:
        """The name with nothing in it that leads out of a folder, ends a header, or hides what it is."""
        kept = re.sub(r"[^A-Za-z0-9._-]+", "-", self.name)[-120:].strip(".-")
        return kept or "download"
