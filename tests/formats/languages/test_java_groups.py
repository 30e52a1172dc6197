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
        ("log4j-core", "org.apache.logging.log4j"),
        ("log4j-over-slf4j", "org.slf4j"),
        ("kotlin-stdlib-jdk8", "org.jetbrains.kotlin"),
        ("kotlin-logging-jvm", ""),
        ("spring-of-somebody", ""),
        ("spring-security-oauth2", ""),
        ("spring-security-oauth2-client", "org.springframework.security"),
        ("spring-cloud-gateway-server", "org.springframework.cloud"),
        ("spring-cloud-gcp-core", ""),
        ("hadoop-shaded-guava", "org.apache.hadoop.thirdparty"),
        ("opentelemetry-sdk-trace", "io.opentelemetry"),
        ("opentelemetry-apache-dubbo-2.7", ""),
        ("catalina", ""),
        ("h2-console", ""),
        ("", ""),
    ],
)
def test_groups(artifact: str, group: str) -> None:
    """The longest beginning counts; an unknown artifact gets no group."""
    assert group_of(artifact) == group


@pytest.mark.parametrize(
    ("artifact", "version", "group"),
    [
        ("okhttp", "2.7.5", "com.squareup.okhttp"),
        ("okhttp", "3.0.0", "com.squareup.okhttp3"),
        ("okhttp", "4.12.0", "com.squareup.okhttp3"),
        ("groovy", "3.0.9", "org.codehaus.groovy"),
        ("groovy", "4.0.0-rc-1", "org.apache.groovy"),
        ("hibernate-core", "5.6.15.Final", "org.hibernate"),
        ("hibernate-core", "6.4.4.Final", "org.hibernate.orm"),
        ("hibernate-core", "", ""),
        ("okhttp", "v4", ""),
        ("okhttp", "9" * 5000, ""),
        ("gson", "2.8.5", "com.google.code.gson"),
    ],
)
def test_groups_that_changed(artifact: str, version: str, group: str) -> None:
    """The major version tells which one it was; without it nothing is told."""
    assert group_of(artifact, version) == group
