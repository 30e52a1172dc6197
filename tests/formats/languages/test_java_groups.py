"""Groups of well-known artifacts."""

from __future__ import annotations

import pytest

from periderm.formats.languages.java_groups import group_of


@pytest.mark.parametrize(
    ("artifact", "group"),
    [
        ("spring-core", "org.springframework"),
        ("spring-boot-starter-web", "org.springframework.boot"),
        ("spring-security-core", "org.springframework.security"),
        ("tomcat-embed-core", "org.apache.tomcat.embed"),
        ("tomcat-coyote", "org.apache.tomcat"),
        ("kafka_2.13", "org.apache.kafka"),
        ("h2", "com.h2database"),
        ("h2-console", ""),
        ("", ""),
    ],
)
def test_groups(artifact: str, group: str) -> None:
    """The longest beginning counts; an unknown artifact gets no group."""
    assert group_of(artifact) == group
