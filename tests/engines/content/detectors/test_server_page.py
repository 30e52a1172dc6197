"""CON-008: variants beyond its examples."""

from __future__ import annotations

import pytest

from periderm.engines.content import ContentEngine
from periderm.engines.content.detectors.server_page import DETECTOR

ENGINE = ContentEngine(detectors=(DETECTOR,))
CASES = [
    (b"<?php @eval(base64_decode(file_get_contents('php://input')));", "decoded first", True),
    (b"<?php $h=\"\\x65\\x78\\x65\\x63\"; echo $h($_COOKIE['q']);", "escapes and a cookie", True),
    (b'<% Execute(Request("q")) %>', "ASP that executes", True),
    (
        b"<?php $raw = file_get_contents('php://input'); $sum = hash('sha256', $raw); assert($sum !== '');",
        "a body that is summed",
        False,
    ),
    (b"<?php uasort($list, 'strcmp'); $page = $_GET['page'];", "a callback of its own", False),
    (b"const u = new URL(req.url); run(u.searchParams.get('id')); // child_process", "another function", False),
    (b"<?php $cmd = ($_REQUEST['c']); echo '<pre>'; system($cmd); die;", "kept first, run later", True),
    (b"<?php $f=$_GET['f'];$a=$_GET['a'];$f($a);", "function and argument", True),
    (b"#!/usr/bin/perl\nuse CGI qw(param);\nmy $c = param('c');\nprint `$c`;\n", "Perl in two steps", True),
    (b"<?php $id = $_GET['id']; $row = find($id); echo $row;", "a page that looks something up", False),
    (b'<form runat="server"></form><script>Process.StartTimer()</script>', "a form", False),
]


@pytest.mark.parametrize(("data", "why", "fires"), CASES, ids=[why for _, why, _ in CASES])
def test_variants(data: bytes, why: str, fires: bool) -> None:
    """What looks alike is told apart."""
    assert bool(ENGINE.inspect(data)[0]) is fires
