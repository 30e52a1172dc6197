"""What would have been normal."""

from __future__ import annotations

import pytest

from periderm.engines.baseline.entries import Entries
from periderm.engines.baseline.nearest import nearest
from periderm.model.behaviour import Aspect, Behaviour

NGINX, SH = "/usr/sbin/nginx", "/usr/bin/dash"
ENTRIES = Entries(
    [
        Behaviour(Aspect.PROGRAM, NGINX), Behaviour(Aspect.PARENT, SH, NGINX), Behaviour(Aspect.ARGUMENTS, SH, ""),
        Behaviour(Aspect.READ, NGINX, "/etc/nginx/nginx.conf"), Behaviour(Aspect.READ, NGINX, "/srv/index.html"),
        Behaviour(Aspect.READ, SH, "/etc/profile"), Behaviour(Aspect.READ, "/bin/app", "/srv/a/**"),
    ]
)  # fmt: skip


@pytest.mark.parametrize(
    ("behaviour", "entry", "sentence"),
    [
        (Behaviour(Aspect.PARENT, SH, "/bin/x"), Behaviour(Aspect.PARENT, SH, NGINX), "normal if its parent were nginx"),
        (
            Behaviour(Aspect.READ, NGINX, "/etc/nginx/other"), Behaviour(Aspect.READ, NGINX, "/etc/nginx/nginx.conf"),
            "normal if it read /etc/nginx/nginx.conf",
        ),
        (
            Behaviour(Aspect.READ, "/bin/app", "/srv/b"), Behaviour(Aspect.READ, "/bin/app", "/srv/a/**"),
            "normal if it read a file below /srv/a/",
        ),
        (Behaviour(Aspect.READ, NGINX, "/opt/etc/profile"), Behaviour(Aspect.READ, NGINX, "/etc/nginx/nginx.conf"), ""),
        (Behaviour(Aspect.READ, "/bin/n", "/etc/profile"), Behaviour(Aspect.READ, SH, "/etc/profile"), "normal if dash did it"),
        (
            Behaviour(Aspect.PROGRAM, "/tmp/nginx"), Behaviour(Aspect.PROGRAM, NGINX),
            "normal if it were /usr/sbin/nginx",
        ),
        (Behaviour(Aspect.ARGUMENTS, SH, "-c {id}"), Behaviour(Aspect.ARGUMENTS, SH, ""), "normal if it had no arguments"),
        (Behaviour(Aspect.LISTEN, SH, "tcp/9"), None, "nothing like it is normal here"),
    ],
)  # fmt: skip
def test_the_nearest_entry_is_said_in_a_sentence(behaviour: Behaviour, entry: Behaviour | None, sentence: str) -> None:
    """Of the same program first, else of who else does it."""
    found, text = nearest(behaviour, ENTRIES)
    assert found == entry
    assert not sentence or text.en == sentence
    assert text.zh
