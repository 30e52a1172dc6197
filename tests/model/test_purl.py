"""Package URLs."""

from __future__ import annotations

import packageurl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from periderm.model import purl
from periderm.model.purl import PackageUrl

# Types of which the library that serves as second opinion (packageurl 0.17) spells names as the specification does.
types = st.sampled_from(["cargo", "composer", "gem", "hex", "maven", "nuget", "swift", "generic", "cocoapods"])
words = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), exclude_characters="/"), min_size=1
)
plain = words.filter(lambda w: w not in (".", "..") and w.isascii())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (purl.of("npm", "animation", "12.3.1", "@angular"), "pkg:npm/%40angular/animation@12.3.1"),
        (purl.of("npm", "LoDash", "4.17.21"), "pkg:npm/lodash@4.17.21"),
        (purl.of("pypi", "Zope.Interface__x", "1"), "pkg:pypi/zope-interface-x@1"),
        (purl.of("golang", "Context", "v1", "GitHub.com/Gorilla"), "pkg:golang/github.com/gorilla/context@v1"),
        (
            purl.of("golang", "genproto", "", "google.golang.org", "/googleapis/../api/"),
            "pkg:golang/google.golang.org/genproto#googleapis/api",
        ),
        (purl.of("composer", "Laravel", "5.5.0", "Laravel"), "pkg:composer/laravel/laravel@5.5.0"),
        (purl.of("maven", "Batik-Anim", "1.9.1", "org.apache.XML"), "pkg:maven/org.apache.XML/Batik-Anim@1.9.1"),
        (purl.of("swift", "Alamofire", "5.4.3", "github.com/Alamofire"), "pkg:swift/github.com/Alamofire/Alamofire@5.4.3"),
        (purl.of("cocoapods", "ShareKit", "2.0", subpath="Twitter"), "pkg:cocoapods/ShareKit@2.0#Twitter"),
        (purl.of("gem", "jruby-launcher", "1.1.2", platform="java"), "pkg:gem/jruby-launcher@1.1.2?platform=java"),
        (purl.of("nuget", "EnterpriseLibrary.Common", "6.0"), "pkg:nuget/EnterpriseLibrary.Common@6.0"),
        (purl.of("deb", "Attr", "1:2.4.47-2+b1", "Debian", arch="amd64"), "pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64"),
        (purl.of("rpm", "Curl", "1", "Fedora"), "pkg:rpm/fedora/Curl@1"),
        (purl.of("cpan", "DateTime", "1.55", "drolsky"), "pkg:cpan/DROLSKY/DateTime@1.55"),
        (purl.of("pub", "My-Pkg", "1"), "pkg:pub/my_pkg@1"),
        (purl.of("npm", "x", "1", vcs_url="git://h.com/p.git@4"), "pkg:npm/x@1?vcs_url=git://h.com/p.git%404"),
        (purl.of("cargo", "x", "1", a="", B="2"), "pkg:cargo/x@1?b=2"),
    ],
)
def test_canonical_strings(text: str, told: str) -> None:
    """How the specification and its type definitions spell them."""
    assert text == told


@given(types, plain, plain, plain, st.dictionaries(st.from_regex(r"[a-z][a-z_]{0,6}", fullmatch=True), plain, max_size=2))
def test_agrees_with_the_library(kind: str, namespace: str, name: str, version: str, told: dict[str, str]) -> None:
    """The specification's own Python library writes and reads the same."""
    ours = PackageUrl(kind, name, version, namespace, tuple(told.items()))
    theirs = packageurl.PackageURL(kind, namespace, name, version, told)
    read = packageurl.PackageURL.from_string(str(ours))
    assert (read.name, read.version, read.qualifiers) == (theirs.name, theirs.version, theirs.qualifiers)
    assert read.namespace == (namespace.lower() if kind in ("composer", "hex") else namespace)


@given(types, st.lists(words, max_size=2), words, st.text(max_size=8), st.text(max_size=8))
def test_reads_what_it_wrote(kind: str, namespace: list[str], name: str, version: str, subpath: str) -> None:
    """Whatever stands in the parts, the canonical string is read and written as it is."""
    text = str(PackageUrl(kind, name, version, "/".join(namespace), (("k", version),), subpath))
    read = purl.parse(text)
    assert read is not None
    assert str(read) == text
    assert read.version == version or max(version, default="") >= "\udc80"
    assert text.isascii()
    assert text.isprintable()


@pytest.mark.parametrize(
    "text", ["", "pkg:", "npm/x@1", "pkg:npm", "pkg:npm/", "pkg:/x", "pkg:n pm/x", "pkg:npm/x?a b=1", "http://x/y", "pkg:1/x"]
)
def test_what_is_none(text: str) -> None:
    """A string that is no package URL is told as such."""
    assert purl.parse(text) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("pkg://NPM/@babel/core#/a//b/", "pkg:npm/%40babel/core#a/b"),
        ("PKG:npm/%40MyScope/MyPackage@1.0.0", "pkg:npm/%40myscope/mypackage@1.0.0"),
        ("pkg:GOLANG/google.golang.org/genproto@abcdedf", "pkg:golang/google.golang.org/genproto@abcdedf"),
        ("pkg:pypi/Foo_Bar@1?b=2&a=1&c=", "pkg:pypi/foo-bar@1?a=1&b=2"),
        ("pkg:npm/foobar@", "pkg:npm/foobar"),
    ],
)
def test_others_are_made_canonical(text: str, told: str) -> None:
    """Read loosely, written strictly."""
    assert str(purl.parse(text)) == told


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    """Nothing but parts or None."""
    for one in (text, f"pkg:{text}", f"pkg:npm/{text}"):
        read = purl.parse(one)
        assert read is None or read.name or "%" in one


def test_qualifiers() -> None:
    """By key; '' for one that is not there."""
    read = purl.parse("pkg:deb/debian/curl@7?arch=i386")
    assert read is not None
    assert (read.qualifier("arch"), read.qualifier("distro")) == ("i386", "")
