"""The table of well-known services."""

from __future__ import annotations

import pytest

from periderm.engines.baseline.known_services import KNOWN, Known, known, rows
from periderm.model.system_calls import CAPABILITIES

SHELLS = {"sh", "bash", "dash"}
LOGINS = {"sshd", "cron", "run-parts"}


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: row.programs[0])
def test_rows_are_well_formed(row: Known) -> None:
    """Absolute paths, real capabilities, and a shell only where that is what the service is for."""
    assert all(path.startswith("/") for path in (*row.writes, *row.reads))
    assert set(row.uses) <= set(CAPABILITIES)
    assert not SHELLS & set(row.starts) or LOGINS & set(row.programs)


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: row.programs[0])
def test_nobody_keeps_programs_jobs_or_keys(row: Known) -> None:
    """A service that may write there would hide what attackers do."""
    for path in row.writes:
        assert not path.startswith(("/usr/", "/bin/", "/etc/cron", "/root/", "/home/", "/lib", "/var/spool/cron")), path
        assert path not in ("/**", "/tmp/**", "/var/**", "/etc/**", "/tmp/*")


def test_names() -> None:
    """By base name and pattern; a script by its own name and its interpreter's."""
    nginx = known("/usr/local/sbin/nginx")
    assert nginx is not None
    assert "nginx" in nginx.programs
    assert known("/usr/sbin/php-fpm8.2") is not None
    assert known("/usr/bin/thing") is None
    assert [row.programs[0] for row in rows("/usr/bin/python3.11 /srv/app.py")] == ["python*"]
    assert [row.programs[0] for row in rows("/usr/bin/perl /usr/bin/psql")] == ["psql", "perl*"]
