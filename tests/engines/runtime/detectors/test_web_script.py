"""Scripts in folders that are served."""

from __future__ import annotations

import pytest

from periderm.engines.runtime import run_example
from periderm.engines.runtime.detectors.web_script import DETECTOR
from periderm.engines.runtime.scene import opens, row, runs, scene
from periderm.model.event import EventFlag, EventKind
from periderm.model.severity import Severity

POOL = (runs(1, 0, "/usr/sbin/php-fpm8.2", "php-fpm: master", at=0.0), runs(2, 1, "/usr/sbin/php-fpm8.2", "php-fpm: pool www"))


@pytest.mark.parametrize(
    ("path", "severity"),
    [
        ("/var/www/html/x.php", Severity.HIGH),
        ("/var/www/html/uploads/2026/x.phtml", Severity.HIGH),
        ("/var/www/html/x.PHP", Severity.HIGH),
        ("/var/www/html/x.php.png", Severity.HIGH),
        ("/usr/share/nginx/html/x.jsp", Severity.HIGH),
        ("/var/www/html/wp-content/plugins/a/a.php", Severity.LOW),
        ("/var/www/html/wp-config.php", Severity.LOW),
        ("/var/www/html/.htaccess", Severity.MEDIUM),
        ("/var/www/html/wp-content/cache/a.php", None),
        ("/var/www/html/templates_c/a.php", None),
        ("/var/www/html/storage/framework/views/a.php", None),
        ("/var/www/html/a.html", None),
        ("/etc/php/x.php", None),
    ],
)
def test_places(path: str, severity: Severity | None) -> None:
    """Where a server writes a script."""
    said = run_example(DETECTOR, scene(*POOL, opens(2, path, write=True)))
    assert (said[0].severity if said else None) == severity


def test_a_symlink_to_a_script_is_one() -> None:
    """No content is written at all."""
    assert run_example(DETECTOR, scene(*POOL, row(EventKind.SYMLINK, 2, "/var/www/html/x.php", raw="/tmp/x")))


def test_content_makes_it_certain() -> None:
    """A rule of web shells matched where it is served."""
    said = run_example(DETECTOR, scene(*POOL, row(EventKind.CONTENT, 2, "/var/www/html/x.php", raw="php-webshell-1")))
    assert said[0].severity is Severity.CRITICAL


def test_content_elsewhere_is_not_ours() -> None:
    """A miner in /tmp is told by others."""
    assert run_example(DETECTOR, scene(*POOL, row(EventKind.CONTENT, 2, "/tmp/x", raw="miner-xmrig"))) == []


def test_a_deployment_by_hand_is_a_note() -> None:
    """`git pull` in a session."""
    events = (
        runs(2, 900, "/usr/bin/git", "git", "pull", flags=EventFlag.EXEC_SESSION),
        opens(2, "/var/www/html/x.php", write=True),
    )
    assert [alert.severity for alert in run_example(DETECTOR, scene(*events))] == [Severity.LOW]
