"""Finds keys of the services that teams work, design, sell and sign in with. Asks none of them."""

from __future__ import annotations

from periderm.engines.image.checks import generated, mixed
from periderm.engines.image.facts import service_detector
from periderm.engines.image.kinds import ALNUM, DIGITS, DOTTED, HEX, LOWER, UPPER, UUID, WORD, Some, named, token
from periderm.model.severity import Severity
from periderm.model.text import Text

_NOTION = "https://developers.notion.com/docs/authorization"
_NO_WORD = rb"(?:(?<![A-Za-z0-9_-])|(?<=\[nrt]))"


def _escaped(secret: bytes) -> bool:
    """Meta writes the signs of base64 as ZA, ZB, ZC and ZD: several are in each token."""
    return sum(secret.count(pair) for pair in (b"ZA", b"ZB", b"ZC", b"ZD")) >= 2


def _with_escapes(secret: bytes) -> bytes:
    """An example with such pairs."""
    return secret[:40] + b"ZC" + secret[42:-2] + b"ZD"


def _percent(secret: bytes) -> bool:
    """Such a token is percent-encoded base64: it holds %2B, %2F or %3D."""
    return b"%2" in secret or b"%3D" in secret


def _with_percent(secret: bytes) -> bytes:
    """An example with such a sign."""
    return secret[:60] + b"%2B" + secret[63:]


# fmt: off
# A table: one kind in as few lines as it needs.
PATTERNS = (
    token("linear-key", Text("Linear API key", "Linear API 密钥"), (b"lin_api_", b"lin_oauth_"), Some(ALNUM, 40),
        source="https://linear.app/developers/graphql"),
    token("notion-token", Text("Notion token", "Notion 令牌"), b"ntn_", Some(DIGITS, 11), Some(ALNUM, 35), source=_NOTION),
    token("notion-old-token", Text("Notion token of old", "旧式 Notion 令牌"), b"secret_", Some(ALNUM, 43), source=_NOTION),
    token("figma-token", Text("Figma token", "Figma 令牌"), (b"figd_", b"figo_", b"figor_"), Some(WORD, 40),
        source="https://www.figma.com/developers/api#access-tokens"),
    token("postman-key", Text("Postman API key", "Postman API 密钥"), b"PMAK-", Some(HEX, 24), b"-", Some(HEX, 34),
        source="https://learning.postman.com/docs/developer/postman-api/authentication/"),
    token("airtable-token", Text("Airtable token", "Airtable 令牌"), b"pat", Some(ALNUM, 14), b".", Some(HEX, 64),
        source="https://airtable.com/developers/web/guides/personal-access-tokens", start=_NO_WORD),
    token("asana-token", Text("Asana token", "Asana 令牌"), (b"1/", b"2/"), Some(DIGITS, 16), b":", Some(HEX, 32),
        source="https://developers.asana.com/docs/personal-access-token", show=0, binary=False),
    token("clickup-token", Text("ClickUp token", "ClickUp 令牌"), b"pk_", Some(DIGITS, 7, 9), b"_", Some(UPPER, 32),
        source="https://developer.clickup.com/docs/authentication"),
    token("typeform-token", Text("Typeform token", "Typeform 令牌"), b"tfp_", Some(DOTTED, 59),
        source="https://www.typeform.com/developers/get-started/personal-access-token/"),
    token("contentful-token", Text("Contentful management token", "Contentful 管理令牌"), b"CFPAT-", Some(WORD, 43),
        source="https://www.contentful.com/developers/docs/references/authentication/"),
    token("sanity-token", Text("Sanity token", "Sanity 令牌"), b"sk", Some(ALNUM, 178),
        check=generated, changed=False, source="https://www.sanity.io/docs/http-auth", binary=False, start=_NO_WORD),
    token("dropbox-token", Text("Dropbox token", "Dropbox 令牌"), b"sl.", (b"B", b"u."), Some(WORD, 130, 1300),
        source="https://www.dropbox.com/developers/reference/oauth-guide"),
    token("readme-key", Text("ReadMe key", "ReadMe 密钥"), b"rdme_", Some(LOWER, 70),
        source="https://docs.readme.com/main/reference/intro/authentication"),
    token("hubspot-token", Text("HubSpot private app token", "HubSpot 私有应用令牌"), (b"pat-na1-", b"pat-eu1-", b"pat-na2-",
        b"pat-ap1-"), *UUID, source="https://developers.hubspot.com/docs/guides/apps/private-apps/overview"),
    token("salesforce-session", Text("Salesforce session", "Salesforce 会话"), b"00D", Some(ALNUM, 12, 15), b"!",
        Some(b"A-Za-z0-9_.", 80, 260), source="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/",
        show=0),
    token("salesforce-refresh-token", Text("Salesforce refresh token", "Salesforce 刷新令牌"), b"5Aep861", Some(b"A-Za-z0-9_.",
        70, 90), source="https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_tokens_scopes.htm"),
    named("okta-token", Text("Okta API token", "Okta API 令牌"), (b"okta", b"ssws"), b"00", Some(WORD, 40),
        suffix=b"_api_token", source="https://developer.okta.com/docs/guides/create-an-api-token/main/"),
    named("auth0-secret", Text("Auth0 client secret", "Auth0 客户端密钥"), (b"auth0",), Some(WORD, 64),
        suffix=b"_client_secret",
        source="https://auth0.com/docs/get-started/applications"),
    named("onelogin-secret", Text("OneLogin secret", "OneLogin 密钥"), (b"onelogin",), Some(HEX, 64), suffix=b"_client_secret",
        source="https://developers.onelogin.com/"),
    token("clerk-key", Text("Clerk live secret key", "Clerk 生产密钥"), b"sk_live_", Some(ALNUM, 42),
        source="https://clerk.com/docs/deployments/clerk-environment-variables"),
    named("zendesk-token", Text("Zendesk token", "Zendesk 令牌"), (b"zendesk",), Some(ALNUM, 40), suffix=b"_api_token",
        source="https://developer.zendesk.com/api-reference/introduction/security-and-auth/", check=mixed),
    named("freshdesk-key", Text("Freshdesk key", "Freshdesk 密钥"), (b"freshdesk", b"freshservice"), Some(ALNUM, 20),
        source="https://developers.freshdesk.com/api/#authentication", check=mixed),
    token("intercom-token", Text("Intercom token", "Intercom 令牌"), b"dG9rO", Some(b"A-Za-z0-9+/", 54), b"=",
        source="https://developers.intercom.com/docs/build-an-integration/learn-more/authentication", binary=False),
    named("trello-token", Text("Trello token", "Trello 令牌"), (b"trello",), b"ATTA", Some(HEX, 64), suffix=b"_token",
        source="https://developer.atlassian.com/cloud/trello/guides/rest-api/authorization/"),
    named("todoist-token", Text("Todoist token", "Todoist 令牌"), (b"todoist",), Some(HEX, 40), suffix=b"_api_token",
        source="https://developer.todoist.com/"),
    token("mapbox-token", Text("Mapbox secret token", "Mapbox 密钥令牌"), b"sk.eyJ", Some(WORD, 60, 200), b".", Some(WORD, 22),
        source="https://docs.mapbox.com/help/glossary/access-token/"),
    token("maxmind-key", Text("MaxMind licence key", "MaxMind 许可密钥"), Some(ALNUM, 6), b"_", Some(ALNUM, 29), b"_mmk",
        source="https://dev.maxmind.com/geoip/", show=0, severity=Severity.MEDIUM),
    token("facebook-token", Text("Facebook access token", "Facebook 访问令牌"), (b"EAAC", b"EAAG", b"EAAB", b"EAAM"),
        Some(ALNUM,
        100, 300), check=_escaped, finish=_with_escapes, changed=False,
        source="https://developers.facebook.com/docs/facebook-login/guides/access-tokens/"),
    named("facebook-secret", Text("Facebook app secret", "Facebook 应用密钥"), (b"facebook", b"fb_app", b"fb_secret"), Some(HEX,
        32), suffix=b"_app_secret", words=b"secret", source="https://developers.facebook.com/docs/facebook-login/security/"),
    token("instagram-token", Text("Instagram token", "Instagram 令牌"), b"IGQ", Some(WORD, 100, 300),
        check=_escaped, finish=_with_escapes, changed=False, source="https://developers.facebook.com/docs/instagram-platform"),
    token("twitter-bearer", Text("X bearer token", "X Bearer 令牌"), b"A" * 20, Some(b"A-Za-z0-9%", 80, 110),
        source="https://developer.x.com/en/docs/authentication/oauth-2-0", show=0, binary=False, check=_percent,
        finish=_with_percent, changed=False),
    named("twitter-secret", Text("X API secret", "X API 密钥"), (b"twitter", b"tweepy"), Some(ALNUM, 45, 50),
        suffix=b"_api_secret", words=b"secret", source="https://developer.x.com/en/docs/authentication"),
    named("linkedin-secret", Text("LinkedIn client secret", "LinkedIn 客户端密钥"), (b"linkedin",), b"WPL_AP1.", Some(ALNUM,
        16),
        suffix=b"_client_secret", source="https://learn.microsoft.com/en-us/linkedin/shared/authentication/authentication"),
    named("twitch-secret", Text("Twitch secret", "Twitch 密钥"), (b"twitch",), Some(LOWER, 30), suffix=b"_client_secret",
        source="https://dev.twitch.tv/docs/authentication/", check=mixed),
    named("spotify-secret", Text("Spotify client secret", "Spotify 客户端密钥"), (b"spotify",), Some(HEX, 32),
        suffix=b"_client_secret", words=b"secret", source="https://developer.spotify.com/documentation/web-api/concepts/apps"),
    token("adobe-secret", Text("Adobe client secret", "Adobe 客户端密钥"), b"p8e-", Some(WORD, 32),
        source="https://developer.adobe.com/developer-console/docs/guides/authentication/"),
    token("frameio-token", Text("Frame.io token", "Frame.io 令牌"), b"fio-u-", Some(WORD, 64),
        source="https://developer.frame.io/docs/getting-started/authentication"),
    token("shopify-partner-token", Text("Shopify Partners token", "Shopify 合作伙伴令牌"), b"prtapi_", Some(HEX, 32),
        source="https://shopify.dev/docs/api/partner"),
    token("canva-secret", Text("Canva client secret", "Canva 客户端密钥"), b"cnvca", Some(b"A-Za-z0-9_-", 51),
        source="https://www.canva.dev/docs/connect/authentication/", check=mixed, changed=False),
)
# fmt: on

DETECTOR = service_detector(
    "IMG-033", Text("Keep a team service's key in the image", "镜像中留有协作服务密钥"), Severity.HIGH, PATTERNS
)
