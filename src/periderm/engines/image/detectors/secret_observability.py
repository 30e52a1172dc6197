"""Finds keys of monitoring, logging and error services in files. Asks none of them."""

from __future__ import annotations

from periderm.engines.image.checks import hex_crc32_at_end, mixed, with_hex_crc32
from periderm.engines.image.facts import service_detector
from periderm.engines.image.kinds import ALNUM, BASE64, HEX, LETTERS, LOWER, UPPER, UUID, WORD, Some, named, token
from periderm.model.severity import Severity
from periderm.model.text import Text

_GRAFANA = "https://grafana.com/docs/grafana/latest/administration/service-accounts/"
_DATADOG = "https://docs.datadoghq.com/account_management/api-app-keys/"
_NEW_RELIC = "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/"
_SENTRY = "https://docs.sentry.io/account/auth-tokens/"

# fmt: off
# A table: one kind in as few lines as it needs.
PATTERNS = (
    token("grafana-service-token", Text("Grafana service account token", "Grafana 服务账号令牌"), b"glsa_", Some(ALNUM, 32),
        b"_",
        Some(HEX, 8), source=_GRAFANA,
        check=hex_crc32_at_end, finish=with_hex_crc32),
    token("grafana-cloud-token", Text("Grafana Cloud token", "Grafana Cloud 令牌"), b"glc_eyJ", Some(BASE64, 60, 400),
        source=_GRAFANA),
    token("grafana-api-key", Text("Grafana API key of old", "旧式 Grafana API 密钥"), b"eyJrIjoi", Some(BASE64, 70, 400),
        source=_GRAFANA),
    named("datadog-api-key", Text("Datadog API key", "Datadog API 密钥"), (b"datadog", b"dd_api", b"ddog"), Some(HEX, 32),
        source=_DATADOG),
    named("datadog-app-key", Text("Datadog application key", "Datadog 应用密钥"), (b"datadog", b"dd_app", b"dd_application"),
        Some(HEX, 40), suffix=b"_app_key", source=_DATADOG),
    token("new-relic-user-key", Text("New Relic user key", "New Relic 用户密钥"), b"NRAK-", Some(UPPER, 27), source=_NEW_RELIC),
    token("new-relic-insert-key", Text("New Relic insert key", "New Relic 写入密钥"), (b"NRII-", b"NRIQ-"), Some(WORD, 32),
        source=_NEW_RELIC),
    token("new-relic-licence-key", Text("New Relic licence key", "New Relic 许可密钥"), Some(HEX, 36), b"NRAL",
        source=_NEW_RELIC,
        show=0),
    token("new-relic-browser-key", Text("New Relic browser key", "New Relic 浏览器密钥"), b"NRJS-", Some(HEX, 19),
        source=_NEW_RELIC, severity=Severity.LOW),
    token("sentry-organisation-token", Text("Sentry organisation token", "Sentry 组织令牌"), b"sntrys_eyJ",
        Some(b"A-Za-z0-9+/=",
        60, 400), b"_", Some(BASE64, 43), source=_SENTRY),
    token("sentry-user-token", Text("Sentry user token", "Sentry 用户令牌"), b"sntryu_", Some(HEX, 64), source=_SENTRY),
    named("sentry-auth-token", Text("Sentry token of old", "旧式 Sentry 令牌"), (b"sentry",), Some(HEX, 64),
        suffix=b"_auth_token", source=_SENTRY),
    token("sentry-dsn-secret", Text("Sentry address with its secret part", "带密钥的 Sentry DSN"), b"https://", Some(HEX, 32),
        b":", Some(HEX, 32), b"@", source=_SENTRY, show=0, start=b"", changed=False),
    token("dynatrace-token", Text("Dynatrace token", "Dynatrace 令牌"), (b"dt0c01.", b"dt0s01.", b"dt0s16."), Some(UPPER, 24),
        b".", Some(UPPER, 64),
        source="https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens"),
    token("honeycomb-key", Text("Honeycomb key", "Honeycomb 密钥"), (b"hcaik_", b"hcxik_", b"hcbik_", b"hcamk_"), Some(LOWER,
        58), source="https://docs.honeycomb.io/configure/environments/manage-api-keys/"),
    named("splunk-hec-token", Text("Splunk collector token", "Splunk 采集令牌"), (b"splunk", b"hec_token"), *UUID,
        suffix=b"_hec_token", words=b"(?:token)?",
        source="https://docs.splunk.com/Documentation/Splunk/latest/Data/UsetheHTTPEventCollector"),
    named("sumo-logic-key", Text("Sumo Logic access key", "Sumo Logic 访问密钥"), (b"sumo",), Some(ALNUM, 64),
        suffix=b"logic_access_key",
        source="https://help.sumologic.com/docs/manage/security/access-keys/"),
    named("logzio-token", Text("Logz.io token", "Logz.io 令牌"), (b"logzio", b"logz_io"), Some(LETTERS, 32),
        suffix=b"_shipping_token", source="https://docs.logz.io/"),
    named("loggly-token", Text("Loggly token", "Loggly 令牌"), (b"loggly",), *UUID, suffix=b"_token",
        source="https://documentation.solarwinds.com/en/success_center/loggly/"),
    named("logdna-key", Text("Mezmo key", "Mezmo 密钥"), (b"logdna", b"mezmo"), Some(HEX, 32), suffix=b"_ingestion_key",
        source="https://docs.mezmo.com/docs/ingestion-key"),
    named("rollbar-token", Text("Rollbar token", "Rollbar 令牌"), (b"rollbar",), Some(HEX, 32), suffix=b"_access_token",
        source="https://docs.rollbar.com/docs/access-tokens"),
    named("bugsnag-key", Text("BugSnag key", "BugSnag 密钥"), (b"bugsnag",), Some(HEX, 32),
        source="https://docs.bugsnag.com/api/"),
    named("airbrake-key", Text("Airbrake project key", "Airbrake 项目密钥"), (b"airbrake",), Some(HEX, 32),
        suffix=b"_project_key", source="https://docs.airbrake.io/"),
    named("pagerduty-key", Text("PagerDuty key", "PagerDuty 密钥"), (b"pagerduty", b"pd_api"), (b"u+", b"y_", b"e+"),
        Some(b"A-Za-z0-9_+-", 18), suffix=b"_token",
        source="https://support.pagerduty.com/main/docs/api-access-keys"),
    named("opsgenie-key", Text("Opsgenie key", "Opsgenie 密钥"), (b"opsgenie",), *UUID,
        source="https://support.atlassian.com/opsgenie/docs/api-key-management/"),
    token("axiom-token", Text("Axiom token", "Axiom 令牌"), (b"xaat-", b"xapt-"), *UUID,
        source="https://axiom.co/docs/reference/tokens"),
    token("logfire-token", Text("Logfire token", "Logfire 令牌"), (b"pylf_v1_us_", b"pylf_v1_eu_"), Some(ALNUM, 43),
        source="https://logfire.pydantic.dev/docs/"),
    token("posthog-key", Text("PostHog personal key", "PostHog 个人密钥"), b"phx_", Some(ALNUM, 43, 47),
        source="https://posthog.com/docs/api"),
    named("amplitude-key", Text("Amplitude secret key", "Amplitude 密钥"), (b"amplitude",), Some(HEX, 32),
        suffix=b"_secret_key", source="https://amplitude.com/docs/apis"),
    named("mixpanel-secret", Text("Mixpanel secret", "Mixpanel 密钥"), (b"mixpanel",), Some(ALNUM, 32), suffix=b"_secret",
        words=b"secret", source="https://developer.mixpanel.com/reference/authentication", check=mixed),
    named("segment-key", Text("Segment write key", "Segment 写入密钥"), (b"segment",), Some(ALNUM, 32), suffix=b"_write_key",
        words=b"(?:write_?key)", source="https://segment.com/docs/connections/find-writekey/",
        severity=Severity.MEDIUM, check=mixed),
    named("cronitor-key", Text("Cronitor key", "Cronitor 密钥"), (b"cronitor",), Some(HEX, 32),
        source="https://cronitor.io/docs/"),
)
# fmt: on

DETECTOR = service_detector(
    "IMG-031", Text("Keep a monitoring service's key in the image", "镜像中留有监控服务密钥"), Severity.HIGH, PATTERNS
)
