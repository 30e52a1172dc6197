"""Finds keys of cloud, chat and code services that are used in China. Asks none of them."""

from __future__ import annotations

from periderm.engines.image.checks import mixed
from periderm.engines.image.facts import service_detector
from periderm.engines.image.kinds import ALNUM, BASE64, DIGITS, HEX, UPPER, UUID, WORD, Some, named, token
from periderm.model.severity import Severity
from periderm.model.text import Text

_TENCENT = "https://cloud.tencent.com/document/product/598/40488"
_HUAWEI = "https://support.huaweicloud.com/intl/en-us/usermanual-ca/ca_01_0003.html"
_NO_WORD = rb"(?:(?<![A-Za-z0-9_-])|(?<=\[nrt]))"

# fmt: off
# A table: one kind in as few lines as it needs.
PATTERNS = (
    token("tencent-secret-id", Text("Tencent Cloud SecretId", "腾讯云 SecretId"), b"AKID", Some(ALNUM, 32), source=_TENCENT,
        start=_NO_WORD),
    named("tencent-secret-key", Text("Tencent Cloud SecretKey", "腾讯云 SecretKey"), (b"tencent", b"qcloud", b"cos_secret",
        b"secretkey"), Some(ALNUM, 32),
        suffix=b"cloud_secret_key", words=b"(?:secret_?key)?", source=_TENCENT, check=mixed),
    named("alibaba-secret-key", Text("Alibaba Cloud AccessKey secret", "阿里云 AccessKey Secret"), (b"access_key_secret",
        b"aliyun", b"alibaba", b"alicloud", b"oss_secret"),
        Some(ALNUM, 30), suffix=b"", words=b"", source="https://help.aliyun.com/zh/ram/user-guide/create-an-accesskey-pair",
        check=mixed),
    token("alibaba-sts-token", Text("Alibaba Cloud temporary key", "阿里云 STS 临时密钥"), b"STS.", Some(ALNUM, 24, 40),
        source="https://help.aliyun.com/zh/ram/", severity=Severity.MEDIUM),
    named("huawei-access-key", Text("Huawei Cloud access key", "华为云访问密钥"), (b"huawei", b"hw_access", b"hwcloud",
        b"obs_access"), Some(UPPER, 20),
        suffix=b"cloud_access_key", source=_HUAWEI, check=mixed),
    named("huawei-secret-key", Text("Huawei Cloud secret key", "华为云私有密钥"), (b"huawei", b"hw_secret", b"hwcloud",
        b"obs_secret"), Some(ALNUM, 40),
        suffix=b"cloud_secret_key", source=_HUAWEI, check=mixed),
    token("baidu-api-key", Text("Baidu Cloud API key", "百度智能云 API 密钥"), b"bce-v3/ALTAK-", Some(ALNUM, 21), b"/",
        Some(HEX, 40),
        source="https://cloud.baidu.com/doc/qianfan-api/s/ym9chdsy5"),
    token("baidu-access-key", Text("Baidu Cloud access key", "百度智能云访问密钥"), b"ALTAK", Some(ALNUM, 21),
        source="https://cloud.baidu.com/doc/Reference/s/9jwvz2egb",
        binary=False, start=_NO_WORD, check=mixed, changed=False),
    token("volcengine-access-key", Text("Volcengine access key id", "火山引擎访问密钥 ID"), (b"AKLT", b"AKTP"), Some(WORD,
        32, 60),
        source="https://www.volcengine.com/docs/6291/65568", start=_NO_WORD, check=mixed, changed=False),
    named("volcengine-secret-key", Text("Volcengine secret key", "火山引擎私有密钥"), (b"volc", b"byteplus"), Some(ALNUM,
        58), b"==",
        suffix=b"engine_secret_key",
        source="https://docs.byteplus.com/en/docs/byteplus-platform/reference-accesskey"),
    named("qiniu-key", Text("Qiniu key", "七牛云密钥"), (b"qiniu",), Some(WORD, 40), suffix=b"_secret_key",
        source="https://developer.qiniu.com/kodo/1312/upload"),
    named("ucloud-private-key", Text("UCloud private key", "UCloud 私钥"), (b"ucloud",), Some(WORD, 40, 60),
        suffix=b"_private_key", source="https://docs.ucloud.cn/api/summary/signature"),
    named("jdcloud-key", Text("JD Cloud secret key", "京东云私有密钥"), (b"jdcloud", b"jcloud"), Some(UPPER, 32),
        suffix=b"_secret_key", source="https://docs.jdcloud.com/cn/account-management/accesskey-management"),
    token("dingtalk-webhook", Text("DingTalk robot webhook", "钉钉机器人 webhook"),
        b"oapi.dingtalk.com/robot/send?access_token=",
        Some(HEX, 64),
        source="https://open.dingtalk.com/document/robots/custom-robot-access", severity=Severity.MEDIUM),
    token("dingtalk-signing-secret", Text("DingTalk robot signing secret", "钉钉机器人加签密钥"), b"SEC", Some(HEX, 64),
        source="https://open.dingtalk.com/document/robots/customize-robot-security-settings", severity=Severity.MEDIUM),
    named("dingtalk-app-secret", Text("DingTalk app secret", "钉钉应用 AppSecret"), (b"dingtalk", b"dingding"), Some(WORD, 64),
        suffix=b"_app_secret",
        words=b"secret", source="https://open.dingtalk.com/document/orgapp/obtain-orgapp-token"),
    token("feishu-webhook", Text("Feishu robot webhook", "飞书机器人 webhook"), (b"open.feishu.cn", b"open.larksuite.com"),
        b"/open-apis/bot/v2/hook/", *UUID,
        source="https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot", severity=Severity.MEDIUM),
    named("feishu-app-secret", Text("Feishu app secret", "飞书应用 App Secret"), (b"feishu", b"lark"), Some(ALNUM, 32),
        suffix=b"_app_secret", words=b"secret",
        source="https://open.feishu.cn/document/server-docs/authentication-management/access-token", check=mixed),
    token("wecom-webhook", Text("WeCom robot webhook", "企业微信机器人 webhook"),
        b"qyapi.weixin.qq.com/cgi-bin/webhook/send?key=",
        *UUID,
        source="https://developer.work.weixin.qq.com/document/path/91770", severity=Severity.MEDIUM),
    named("wecom-secret", Text("WeCom app secret", "企业微信应用 Secret"), (b"wecom", b"corp_secret", b"corpsecret", b"wework",
        b"qywx"), Some(WORD, 43), suffix=b"_secret",
        source="https://developer.work.weixin.qq.com/document/path/91039"),
    named("wechat-app-secret", Text("WeChat app secret", "微信 AppSecret"), (b"wechat", b"weixin", b"wx_app", b"wx_secret"),
        Some(HEX, 32), suffix=b"_app_secret", words=b"secret",
        source="https://developers.weixin.qq.com/doc/offiaccount/Basic_Information/Get_access_token.html"),
    named("wechat-pay-key", Text("WeChat Pay API v3 key", "微信支付 APIv3 密钥"), (b"api_v3_key", b"apiv3key", b"wechat_pay",
        b"wxpay"), Some(ALNUM, 32), suffix=b"", words=b"",
        source="https://pay.weixin.qq.com/doc/v3/merchant/4012071382", check=mixed),
    named("alipay-private-key", Text("Alipay app private key", "支付宝应用私钥"), (b"alipay", b"app_private_key",
        b"merchant_private_key"), b"MII", Some(BASE64, 800, 2400),
        suffix=b"_private_key", words=b"", source="https://opendocs.alipay.com/common/02kipk"),
    named("gitee-token", Text("Gitee token", "Gitee 令牌"), (b"gitee",), Some(HEX, 32), suffix=b"_token",
        source="https://gitee.com/api/v5/swagger"),
    named("coding-token", Text("CODING token", "CODING 令牌"), (b"coding_net", b"coding_token", b"coding_dev"), Some(HEX, 40),
        suffix=b"_token", words=b"",
        source="https://coding.net/help/docs/member/tokens.html"),
    token("serverchan-key", Text("ServerChan send key", "Server 酱 SendKey"), b"SCT", Some(DIGITS, 4, 7), b"T", Some(ALNUM,
        26), source="https://sct.ftqq.com/",
        severity=Severity.LOW, binary=False),
    named("jiguang-secret", Text("JPush master secret", "极光推送 Master Secret"), (b"jpush", b"jiguang"), Some(HEX, 24),
        suffix=b"_master_secret", words=b"secret",
        source="https://docs.jiguang.cn/jpush/server/push/server_overview"),
    named("amap-key", Text("Amap web service key", "高德地图 Web 服务密钥"), (b"amap", b"gaode"), Some(HEX, 32),
        suffix=b"_web_key",
        source="https://lbs.amap.com/api/webservice/create-project-and-key",
        severity=Severity.MEDIUM),
)
# fmt: on

DETECTOR = service_detector(
    "IMG-030",
    Text("Keep a key of a Chinese cloud or service in the image", "镜像中留有国内云或服务的密钥"),
    Severity.CRITICAL,
    PATTERNS,
)
