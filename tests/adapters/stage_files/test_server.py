"""The exercises' server, run here with scripts that do nothing."""

from __future__ import annotations

import base64

from periderm.adapters.stage_files import server


def test_it_answers_each_order() -> None:
    """Status and words of each script, in both languages."""
    for language, script in (("sh", "echo hi; exit 2"), ("python", "import sys; print('hi'); sys.exit(2)")):
        answer = server.perform({"language": language, "script": script})
        assert (answer["status"], base64.b64decode(answer["said"])) == (2, b"hi\n")
