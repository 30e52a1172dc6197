"""CycloneDX in XML."""

from __future__ import annotations

import pytest

from periderm.formats.cyclonedx.reading import read
from periderm.model.errors import FormatError, LimitError
from periderm.model.image import OsRelease

BOM = """<?xml version="1.0" encoding="{encoding}"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.3" version="1">
  <metadata><component type="container" bom-ref="root"><name>shop:1</name><version>1</version></component></metadata>
  <components>
    <component type="operating-system" bom-ref="os"><name>debian</name><version>12</version></component>
    <component type="library" bom-ref="a">
      <group>org.x</group><name>y</name><version>1.0</version>
      <hashes><hash alg="SHA-1">{sha1}</hash></hashes>
      <licenses><license><id>MIT</id></license></licenses>
      <purl>pkg:maven/org.x/y@1.0</purl>
      <properties><property name="periderm:path">app/y.jar</property></properties>
      <components><component type="library" bom-ref="b"><name>z</name><purl>pkg:npm/z@2</purl></component></components>
    </component>
    <component type="library"><name>w</name><licenses><expression>MIT OR X</expression></licenses><purl>pkg:npm/w@1</purl>
    </component>
  </components>
  <dependencies><dependency ref="a"><dependency ref="b"/></dependency></dependencies>
</bom>
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_the_same_as_json(encoding: str) -> None:
    """The same packages come out, whatever the encoding."""
    made = read(BOM.format(encoding=encoding, sha1="a" * 40).encode(encoding))
    assert made.os == OsRelease(id="debian", version="12")
    assert made.reference == "shop:1"
    y = next(p for p in made.packages if p.type == "maven")
    assert (y.name, y.version, y.licence, y.path) == ("org.x:y", "1.0", "MIT", "app/y.jar")
    assert y.hashes == ("sha1:" + "a" * 40,)
    assert y.dependencies == ("pkg:npm/z@2",)
    assert [(p.name, p.licence) for p in made.packages if p.type == "npm"] == [("w", "MIT OR X"), ("z", "")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_no_document_type(encoding: str) -> None:
    """Entities that grow or read files cannot be declared, in no encoding."""
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE bom [<!ENTITY a SYSTEM "file:///etc/passwd">]><bom>&a;</bom>'
    with pytest.raises(FormatError, match="document type"):
        read(bomb.encode(encoding))


@pytest.mark.parametrize("data", [b"<bom", b"<html/>", b"<bom/>", b"<a>" * 5, b"<?xml version='1.0' encoding='odd'?><bom/>"])
def test_what_is_none(data: bytes) -> None:
    """Anything else is one sentence."""
    with pytest.raises(FormatError):
        read(data)


def test_depth() -> None:
    """Elements nested without end are refused."""
    with pytest.raises(LimitError):
        read(b"<a>" * 100_000)
