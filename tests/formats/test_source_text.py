"""Commands and addresses in programs of scripting languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.formats.source_text import Named, named


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ('subprocess.run(["gzip", "-kf", path], check=False)', Named(1, ("gzip", "-kf"))),
        ("os.system('df -h | sort')", Named(1, ("df -h | sort",), shell=True)),  # noqa: S604 -- a value, not a call
        ("\nspawn('convert', ['a', 'b'])", Named(2, ("convert", "a", "b"))),
        ('$x = shell_exec("uptime");', Named(1, ("uptime",))),
        ('url = "http://api.internal:8080/v1"', Named(1, url="http://api.internal:8080")),
    ],
)
def test_what_is_named(text: str, want: Named) -> None:
    """Literal ones, with their line."""
    assert want in named(text)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("my $x = `getent hosts $host`;", Named(1, ("getent", "hosts", "$_"))),
        ("qx{ls -l}", Named(1, ("ls", "-l"))),
        ("system 'gzip -k a';", Named(1, ("gzip", "-k", "a"))),
        ('\nopen(my $in, "ps ax |");', Named(2, ("ps", "ax"))),
        ("`df | sort`", Named(1, ("df | sort",), shell=True)),  # noqa: S604 -- a value, not a call
        ("`id #{user}`", Named(1, ("id", "$_"))),
    ],
)
def test_languages_that_start_a_text_themselves(text: str, want: Named) -> None:
    """Perl and Ruby ask a shell only for what has a sign for it; in other languages the same signs mean something else."""
    assert named(text, direct=True) == (want,)
    assert want not in named(text)


def test_a_command_that_a_variable_names_is_none() -> None:
    """What runs is put together while the program runs."""
    assert named("`$command now`", direct=True) == ()


def test_variables_name_nothing() -> None:
    """What is put together while the program runs is not guessed."""
    assert named("subprocess.run(command)\nos.system(a + 'b')\nget(base + '/x')") == ()


@pytest.mark.parametrize("odd", ['run("a", ', "subprocess.run([", '"http://', "exec('", "', '", "`a", "qx{", "open(a,'", "$a["])
def test_repeated_text_ends(odd: str) -> None:
    """Linear, and bounded."""
    assert len(named(odd * 10_000)) <= 200
    assert len(named(odd * 10_000, direct=True)) <= 200


@given(st.text(alphabet="os.ystem('\")[],run \n:/ht`$|{}qx", max_size=400))
def test_any_text(text: str) -> None:
    """Nothing raises."""
    for direct in (False, True):
        assert all(each.words or each.url for each in named(text, direct=direct))
