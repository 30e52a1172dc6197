"""Maven groups of well-known artifacts whose archives do not name theirs: those built by Gradle, Ant or sbt.

Facts of Maven Central's directory, written by hand; judged by the artifact's name alone, longest beginning first.
"""

from __future__ import annotations

_EXACT = {
    "ant": "org.apache.ant",
    "antlr": "antlr",
    "catalina": "org.apache.tomcat",
    "elasticsearch": "org.elasticsearch",
    "groovy": "org.codehaus.groovy",
    "h2": "com.h2database",
    "hibernate-core": "org.hibernate",
    "hsqldb": "org.hsqldb",
    "jna": "net.java.dev.jna",
    "jna-platform": "net.java.dev.jna",
    "jsch": "com.jcraft",
    "junit": "junit",
    "kafka-clients": "org.apache.kafka",
    "kafka-streams": "org.apache.kafka",
    "log4j": "log4j",
    "lombok": "org.projectlombok",
    "mockito-core": "org.mockito",
    "mysql-connector-java": "mysql",
    "okhttp": "com.squareup.okhttp3",
    "okio": "com.squareup.okio",
    "okio-jvm": "com.squareup.okio",
    "opensearch": "org.opensearch",
    "reactor-core": "io.projectreactor",
    "retrofit": "com.squareup.retrofit2",
    "scala-library": "org.scala-lang",
    "scala-reflect": "org.scala-lang",
    "solr-core": "org.apache.solr",
    "velocity": "org.apache.velocity",
    "xalan": "xalan",
    "xercesImpl": "xerces",
    "xml-apis": "xml-apis",
}
_BEGINNINGS = {
    "bcpg-": "org.bouncycastle",
    "bcpkix-": "org.bouncycastle",
    "bcprov-": "org.bouncycastle",
    "bctls-": "org.bouncycastle",
    "bcutil-": "org.bouncycastle",
    "grpc-": "io.grpc",
    "kafka_2.": "org.apache.kafka",
    "kotlin-": "org.jetbrains.kotlin",
    "kotlinx-": "org.jetbrains.kotlinx",
    "lucene-": "org.apache.lucene",
    "micrometer-": "io.micrometer",
    "mongodb-driver-": "org.mongodb",
    "opentelemetry-": "io.opentelemetry",
    "reactor-netty": "io.projectreactor.netty",
    "spring-": "org.springframework",
    "spring-ai-": "org.springframework.ai",
    "spring-amqp": "org.springframework.amqp",
    "spring-batch-": "org.springframework.batch",
    "spring-boot": "org.springframework.boot",
    "spring-cloud-": "org.springframework.cloud",
    "spring-data-": "org.springframework.data",
    "spring-hateoas": "org.springframework.hateoas",
    "spring-integration-": "org.springframework.integration",
    "spring-kafka": "org.springframework.kafka",
    "spring-ldap-": "org.springframework.ldap",
    "spring-rabbit": "org.springframework.amqp",
    "spring-retry": "org.springframework.retry",
    "spring-security-": "org.springframework.security",
    "spring-session-": "org.springframework.session",
    "spring-ws-": "org.springframework.ws",
    "tomcat-embed-": "org.apache.tomcat.embed",
    "tomcat-": "org.apache.tomcat",
}


def group_of(artifact: str) -> str:
    """The group, '' if the artifact is not among the well-known ones."""
    if artifact in _EXACT:
        return _EXACT[artifact]
    best = max((b for b in _BEGINNINGS if artifact.startswith(b)), key=len, default="")
    return _BEGINNINGS.get(best, "")
