"""Finds keys of hosting, deployment and data services in files. Asks none of them."""

from __future__ import annotations

from periderm.engines.image.checks import generated, mixed
from periderm.engines.image.facts import service_detector
from periderm.engines.image.kinds import ALNUM, BASE64, DIGITS, DOTTED, HEX, LOWER, UPPER, UUID, WORD, Some, named, token
from periderm.model.severity import Severity
from periderm.model.text import Text

_DOPPLER = "https://docs.doppler.com/reference/auth-token-formats"
_FLY = "https://fly.io/docs/security/tokens/"
_HEROKU = "https://devcenter.heroku.com/articles/authentication"
_CLOUDFLARE = "https://developers.cloudflare.com/fundamentals/api/get-started/"
_NETLIFY = "https://docs.netlify.com/api/get-started/#authentication"
_VERCEL = "https://vercel.com/docs/rest-api"
_SUPABASE = "https://supabase.com/docs/guides/api/api-keys"
_ONEPASSWORD = "https://developer.1password.com/docs/service-accounts/"
_NO_WORD = rb"(?:(?<![A-Za-z0-9_-])|(?<=\[nrt]))"


def _ngrok(secret: bytes) -> bool:
    """A KSUID of these years begins with 1, 2 or 3, and the rest mixes letters of both cases and digits."""
    body = secret[:27]
    return secret[:1] in (b"1", b"2", b"3") and mixed(secret[28:]) and not (body.islower() or body.isupper() or body.isdigit())


# fmt: off
# A table: one kind in as few lines as it needs.
PATTERNS = (
    token("terraform-token", Text("Terraform Cloud token", "Terraform Cloud 令牌"), Some(ALNUM, 14), b".atlasv1.", Some(WORD,
        60, 70), show=0,
        source="https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens"),
    token("pulumi-token", Text("Pulumi token", "Pulumi 令牌"), b"pul-", Some(HEX, 40),
        source="https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/"),
    token("doppler-token", Text("Doppler token", "Doppler 令牌"), (b"dp.pt.", b"dp.ct.", b"dp.sa.", b"dp.scim.", b"dp.audit."),
        Some(ALNUM, 40, 44), source=_DOPPLER),
    token("doppler-service-token", Text("Doppler service token", "Doppler 服务令牌"), b"dp.st.", Some(b"a-z0-9_-", 2, 35), b".",
        Some(ALNUM, 40, 44), source=_DOPPLER),
    token("fly-token", Text("Fly.io token", "Fly.io 令牌"), (b"fm1a_", b"fm1r_", b"fm2_"), Some(BASE64, 100, 1200),
        source=_FLY),
    token("fly-old-token", Text("Fly.io token of old", "旧式 Fly.io 令牌"), b"fo1_", Some(WORD, 43), source=_FLY),
    token("heroku-key", Text("Heroku API key", "Heroku API 密钥"), b"HRKU-AA", Some(WORD, 58), source=_HEROKU),
    named("heroku-old-key", Text("Heroku API key of old", "旧式 Heroku API 密钥"), (b"heroku",), *UUID, source=_HEROKU),
    named("cloudflare-token", Text("Cloudflare API token", "Cloudflare API 令牌"), (b"cloudflare", b"cf_api", b"cf_dns"),
        Some(WORD, 40), suffix=b"_api_token", source=_CLOUDFLARE),
    named("cloudflare-global-key", Text("Cloudflare global key", "Cloudflare 全局密钥"), (b"cloudflare", b"cf_api", b"cf_key"),
        Some(HEX, 37), source=_CLOUDFLARE),
    token("cloudflare-origin-key", Text("Cloudflare origin CA key", "Cloudflare 源站 CA 密钥"), b"v1.0-", Some(HEX, 24), b"-",
        Some(HEX, 146), source=_CLOUDFLARE),
    named("fastly-token", Text("Fastly token", "Fastly 令牌"), (b"fastly",), Some(WORD, 32), suffix=b"_api_token",
        source="https://www.fastly.com/documentation/reference/api/auth-tokens/"),
    token("netlify-token", Text("Netlify token", "Netlify 令牌"), (b"nfp_", b"nfc_", b"nfo_", b"nfu_"), Some(ALNUM, 36),
        source=_NETLIFY),
    named("netlify-old-token", Text("Netlify token of old", "旧式 Netlify 令牌"), (b"netlify",), Some(WORD, 40, 46),
        suffix=b"_auth_token", source=_NETLIFY, check=mixed),
    token("vercel-token", Text("Vercel token", "Vercel 令牌"), (b"vcp_", b"vci_", b"vca_", b"vcr_", b"vck_"), Some(ALNUM, 56),
        source=_VERCEL),
    named("vercel-old-token", Text("Vercel token of old", "旧式 Vercel 令牌"), (b"vercel", b"zeit"), Some(ALNUM, 24),
        suffix=b"_token", source=_VERCEL, check=mixed),
    token("vercel-blob-token", Text("Vercel Blob token", "Vercel Blob 令牌"), b"vercel_blob_rw_", Some(ALNUM, 16), b"_",
        Some(ALNUM, 30), source=_VERCEL),
    token("render-key", Text("Render API key", "Render API 密钥"), b"rnd_", Some(ALNUM, 28, 32),
        check=generated, changed=False, source="https://render.com/docs/api", binary=False),
    token("planetscale-token", Text("PlanetScale token", "PlanetScale 令牌"), (b"pscale_tkn_", b"pscale_oauth_", b"pscale_pw_"),
        Some(DOTTED, 32, 64), source="https://planetscale.com/docs/concepts/service-tokens"),
    token("supabase-token", Text("Supabase access token", "Supabase 访问令牌"), (b"sbp_", b"sbp_v0_"), Some(HEX, 40),
        source=_SUPABASE),
    token("supabase-secret-key", Text("Supabase secret key", "Supabase 密钥"), b"sb_secret_", Some(WORD, 22), b"_", Some(WORD,
        8), source=_SUPABASE),
    token("neon-key", Text("Neon API key", "Neon API 密钥"), b"napi_", Some(LOWER, 64),
        source="https://neon.tech/docs/manage/api-keys"),
    token("databricks-token", Text("Databricks token", "Databricks 令牌"), b"dapi", Some(HEX, 32),
        source="https://docs.databricks.com/aws/en/dev-tools/auth/pat", start=_NO_WORD),
    token("databricks-secret", Text("Databricks OAuth secret", "Databricks OAuth 密钥"), b"dose", Some(HEX, 32),
        source="https://docs.databricks.com/aws/en/dev-tools/auth/oauth-m2m", start=_NO_WORD),
    token("dbt-token", Text("dbt token", "dbt 令牌"), (b"dbtc_", b"dbtu_"), Some(WORD, 40, 48),
        source="https://docs.getdbt.com/docs/dbt-cloud-apis/authentication"),
    token("confluent-secret", Text("Confluent Cloud secret", "Confluent Cloud 密钥"), b"cflt", Some(BASE64, 60),
        source="https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html"),
    token("aiven-token", Text("Aiven service password", "Aiven 服务口令"), b"AVNS_", Some(WORD, 19),
        source="https://aiven.io/docs/platform/howto/password"),
    token("mongodb-atlas-secret", Text("MongoDB Atlas service account secret", "MongoDB Atlas 服务账号密钥"), b"mdb_sa_sk_",
        Some(WORD, 40), source="https://www.mongodb.com/docs/atlas/api/service-accounts-overview/"),
    token("clickhouse-secret", Text("ClickHouse Cloud secret", "ClickHouse Cloud 密钥"), b"4b1d", Some(ALNUM, 38),
        source="https://clickhouse.com/docs/cloud/manage/openapi", check=mixed, changed=False),
    token("tailscale-key", Text("Tailscale key", "Tailscale 密钥"), (b"tskey-auth-", b"tskey-api-", b"tskey-client-",
        b"tskey-scim-", b"tskey-webhook-"), Some(ALNUM, 10, 24), b"-", Some(ALNUM, 20, 40),
        source="https://tailscale.com/kb/1277/key-prefixes"),
    token("ngrok-token", Text("ngrok token", "ngrok 令牌"), Some(b"a-zA-Z0-9", 27), b"_", Some(DIGITS, 1), Some(b"A-Za-z0-9",
        20), show=0, binary=False, source="https://ngrok.com/docs/agent/#authtokens",
        check=_ngrok, finish=lambda secret: b"2" + secret[1:], changed=False),
    token("onepassword-token", Text("1Password service account token", "1Password 服务账号令牌"), b"ops_eyJ", Some(BASE64, 250,
        1500), source=_ONEPASSWORD),
    token("onepassword-secret-key", Text("1Password secret key", "1Password 密钥"), b"A3-", Some(UPPER, 6), b"-", Some(UPPER,
        6), b"-", Some(UPPER, 5), b"-", Some(UPPER, 5), b"-", Some(UPPER, 5), b"-", Some(UPPER, 5),
        source=_ONEPASSWORD),
    token("infisical-token", Text("Infisical service token", "Infisical 服务令牌"), b"st.", Some(HEX, 24), b".", Some(HEX, 32),
        b".", Some(HEX, 32), source="https://infisical.com/docs/documentation/platform/token"),
    named("consul-token", Text("Consul or Nomad token", "Consul 或 Nomad 令牌"), (b"consul_http", b"consul_acl", b"nomad",
        b"consul"), *UUID, suffix=b"_token", words=b"token",
        source="https://developer.hashicorp.com/consul/docs/secure/acl/token"),
    token("vault-old-token", Text("HashiCorp Vault token of old", "旧式 HashiCorp Vault 令牌"), b"VAULT_TOKEN=s.", Some(ALNUM,
        24), source="https://developer.hashicorp.com/vault/docs/concepts/tokens", show=0, check=mixed, changed=False),
    token("openshift-token", Text("OpenShift token", "OpenShift 令牌"), b"sha256~", Some(WORD, 43),
        source="https://docs.openshift.com/container-platform/4.16/authentication/"),
    token("rancher-token", Text("Rancher token", "Rancher 令牌"), (b"token-", b"kubeconfig-u-"), Some(LOWER, 5, 10), b":",
        Some(LOWER, 54), source="https://ranchermanager.docs.rancher.com/api/api-tokens", show=6),
    token("k3s-token", Text("K3s node token", "K3s 节点令牌"), b"K10", Some(HEX, 64), b"::", (b"server:", b"node:"), Some(HEX,
        32), source="https://docs.k3s.io/cli/token"),
    token("kubeadm-token", Text("kubeadm join token", "kubeadm 加入令牌"), b"--token ", Some(LOWER, 6), b".", Some(LOWER, 16),
        source="https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/", show=0, binary=False,
        start=b"", check=mixed, changed=False),
    token("docker-swarm-token", Text("Docker Swarm token", "Docker Swarm 令牌"), b"SWMTKN-1-", Some(LOWER, 50), b"-",
        Some(LOWER, 25), source="https://docs.docker.com/engine/swarm/swarm-tutorial/add-nodes/"),
    token("docker-swarm-unlock", Text("Docker Swarm unlock key", "Docker Swarm 解锁密钥"), b"SWMKEY-1-", Some(BASE64, 43),
        source="https://docs.docker.com/engine/swarm/swarm_manager_locking/"),
    token("circleci-token", Text("CircleCI token", "CircleCI 令牌"), (b"CCIPAT_", b"CCIPRJ_"), Some(ALNUM, 22), b"_", Some(HEX,
        40), source="https://circleci.com/docs/managing-api-tokens/"),
    token("buildkite-token", Text("Buildkite token", "Buildkite 令牌"), (b"bkua_", b"bkat_", b"bkaj_"), Some(ALNUM, 40),
        source="https://buildkite.com/docs/apis/managing-api-tokens"),
    token("harness-token", Text("Harness token", "Harness 令牌"), (b"pat.", b"sat."), Some(WORD, 22), b".", Some(HEX, 24), b".",
        Some(ALNUM, 20), source="https://developer.harness.io/docs/platform/automation/api/add-and-manage-api-keys/"),
    token("octopus-key", Text("Octopus Deploy key", "Octopus Deploy 密钥"), b"API-", Some(UPPER, 26, 32),
        source="https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key", check=mixed, changed=False, binary=False),
    named("travis-token", Text("Travis CI token", "Travis CI 令牌"), (b"travis",), Some(WORD, 22), suffix=b"_api_token",
        source="https://developer.travis-ci.com/authentication", check=mixed),
    named("jenkins-token", Text("Jenkins API token", "Jenkins API 令牌"), (b"jenkins",), b"11", Some(HEX, 32),
        suffix=b"_api_token", source="https://www.jenkins.io/doc/book/system-administration/authenticating-scripted-clients/"),
    token("sonarqube-token", Text("SonarQube token", "SonarQube 令牌"), (b"squ_", b"sqp_", b"sqa_"), Some(HEX, 40),
        source="https://docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/"),
    named("snyk-token", Text("Snyk token", "Snyk 令牌"), (b"snyk",), *UUID, suffix=b"_token",
        source="https://docs.snyk.io/snyk-api/authentication-for-api"),
    named("codecov-token", Text("Codecov token", "Codecov 令牌"), (b"codecov",), *UUID, suffix=b"_token",
        source="https://docs.codecov.com/docs/codecov-tokens", severity=Severity.MEDIUM),
    token("prefect-key", Text("Prefect API key", "Prefect API 密钥"), (b"pnu_", b"pnb_"), Some(ALNUM, 36),
        source="https://docs.prefect.io/"),
    token("infracost-key", Text("Infracost key", "Infracost 密钥"), b"ico-", Some(ALNUM, 32),
        source="https://www.infracost.io/docs/"),
    token("scalingo-token", Text("Scalingo token", "Scalingo 令牌"), b"tk-us-", Some(WORD, 48),
        source="https://developers.scalingo.com/"),
    named("launchdarkly-key", Text("LaunchDarkly key", "LaunchDarkly 密钥"), (b"launchdarkly", b"ld_sdk", b"ld_api"), (b"sdk-",
        b"api-"), *UUID, suffix=b"_sdk_key", source="https://launchdarkly.com/docs/home/account/api"),
    named("algolia-key", Text("Algolia admin key", "Algolia 管理密钥"), (b"algolia",), Some(HEX, 32), suffix=b"_admin_key",
        source="https://www.algolia.com/doc/guides/security/api-keys/"),
    named("meilisearch-key", Text("Meilisearch master key", "Meilisearch 主密钥"), (b"meili",), Some(WORD, 32, 64),
        suffix=b"_master_key", words=b"(?:master_?key)",
        source="https://www.meilisearch.com/docs/learn/security/basic_security", check=mixed),
)
# fmt: on

DETECTOR = service_detector(
    "IMG-032",
    Text("Keep a hosting or deployment service's key in the image", "镜像中留有托管或部署服务密钥"),
    Severity.CRITICAL,
    PATTERNS,
)
