"""What a PDF of ours says, out of its own streams."""

from __future__ import annotations

import re
import zlib


def said(data: bytes) -> str:
    """Its text, a line each."""
    told = []
    for match in re.finditer(rb"/Length (\d+) /Filter /FlateDecode >>\nstream\n", data):
        content = zlib.decompress(data[match.end() : match.end() + int(match[1])]).decode("ascii")
        for line in content.splitlines():
            runs = re.findall(r"/(F\d) [\d.]+ Tf <([0-9a-f]*)> Tj", line)
            told.append("".join(bytes.fromhex(h).decode("utf-16-be" if f == "F4" else "cp1252") for f, h in runs))
    return "\n".join(told)
