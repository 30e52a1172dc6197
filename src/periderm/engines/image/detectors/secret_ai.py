"""Finds keys of model providers in files: they are paid by use, and stolen for that."""

from __future__ import annotations

from periderm.engines.image.checks import generated, mixed
from periderm.engines.image.facts import GivenFile, GivenImage, secret_detector
from periderm.engines.image.kinds import ALNUM, HEX, LETTERS, LOWER, WORD, Some, named, token
from periderm.model.detector import DetectorSpec, Example
from periderm.model.severity import Maturity, Severity
from periderm.model.text import Text

_NO_WORD = rb"(?:(?<![A-Za-z0-9_-])|(?<=\[nrt]))"

# fmt: off
# A table: one kind in as few lines as it needs.
PATTERNS = (
    token(
        "openai-key", Text("OpenAI API key", "OpenAI API 密钥"), b"sk-", Some(WORD, 20, 100), b"T3BlbkFJ", Some(WORD, 20, 100),
        source="https://platform.openai.com/docs/api-reference/authentication", entropy=4.0, start=_NO_WORD,
    ),
    token(
        "anthropic-key", Text("Anthropic API key", "Anthropic API 密钥"), b"sk-ant-", Some(LOWER, 5, 7), b"-", Some(WORD, 80,
        120),
        source="https://docs.anthropic.com/en/api/overview", entropy=4.0, start=_NO_WORD,
    ),
    token(
        "hugging-face-token", Text("Hugging Face token", "Hugging Face 令牌"), b"hf_", Some(LETTERS, 34), entropy=3.8,
        start=_NO_WORD,
        source="https://huggingface.co/docs/hub/security-tokens",
    ),
    token(
        "hugging-face-organisation-token", Text("Hugging Face organisation token", "Hugging Face 组织令牌"), b"api_org_",
        Some(LETTERS, 34), source="https://huggingface.co/docs/hub/security-tokens",
    ),
    token("groq-key", Text("Groq API key", "Groq API 密钥"), b"gsk_", Some(ALNUM, 52),
        source="https://console.groq.com/docs/quickstart"),
    token("perplexity-key", Text("Perplexity API key", "Perplexity API 密钥"), b"pplx-", Some(ALNUM, 48),
        source="https://docs.perplexity.ai/"),
    token("replicate-token", Text("Replicate token", "Replicate 令牌"), b"r8_", Some(ALNUM, 37),
        source="https://replicate.com/docs/topics/security/api-tokens"),
    token("xai-key", Text("xAI API key", "xAI API 密钥"), b"xai-", Some(ALNUM, 80), source="https://docs.x.ai/docs/overview"),
    token("fireworks-key", Text("Fireworks AI key", "Fireworks AI 密钥"), b"fw_", Some(ALNUM, 24),
        check=generated, changed=False, source="https://docs.fireworks.ai/", binary=False),
    token("openrouter-key", Text("OpenRouter key", "OpenRouter 密钥"), b"sk-or-v1-", Some(HEX, 64),
        source="https://openrouter.ai/docs/api-reference/authentication"),
    token("langsmith-key", Text("LangSmith key", "LangSmith 密钥"), (b"lsv2_pt_", b"lsv2_sk_"), Some(HEX, 32), b"_", Some(HEX,
        10),
        source="https://docs.smith.langchain.com/administration/how_to_guides/organization_management/create_account_api_key"),
    token("pinecone-key", Text("Pinecone API key", "Pinecone API 密钥"), b"pcsk_", Some(ALNUM, 5, 6), b"_", Some(ALNUM, 63),
        source="https://docs.pinecone.io/"),
    token("nvidia-key", Text("NVIDIA API key", "NVIDIA API 密钥"), b"nvapi-", Some(WORD, 64),
        source="https://docs.api.nvidia.com/"),
    token("tavily-key", Text("Tavily API key", "Tavily API 密钥"), b"tvly-", Some(WORD, 32, 48),
        check=mixed, changed=False, source="https://docs.tavily.com/", binary=False),
    token("elevenlabs-key", Text("ElevenLabs API key", "ElevenLabs API 密钥"), b"sk_", Some(HEX, 48),
        source="https://elevenlabs.io/docs/api-reference/authentication", start=_NO_WORD),
    named("cohere-key", Text("Cohere API key", "Cohere API 密钥"), (b"cohere", b"co_api"), Some(ALNUM, 40),
        source="https://docs.cohere.com/reference/about", check=mixed),
    named("mistral-key", Text("Mistral API key", "Mistral API 密钥"), (b"mistral",), Some(ALNUM, 32),
        source="https://docs.mistral.ai/api/", check=mixed),
    named("together-key", Text("Together AI key", "Together AI 密钥"), (b"together",), Some(HEX, 64),
        source="https://docs.together.ai/"),
    named("deepseek-key", Text("DeepSeek API key", "DeepSeek API 密钥"), (b"deepseek",), b"sk-", Some(HEX, 32),
        source="https://api-docs.deepseek.com/"),
    named("dashscope-key", Text("Alibaba Model Studio key", "阿里云百炼 API 密钥"), (b"dashscope", b"bailian", b"qwen"), b"sk-",
        Some(HEX, 32),
        source="https://help.aliyun.com/zh/model-studio/get-api-key"),
    named("moonshot-key", Text("Moonshot API key", "月之暗面 API 密钥"), (b"moonshot", b"kimi"), b"sk-", Some(ALNUM, 48),
        source="https://platform.moonshot.cn/docs"),
    named("zhipu-key", Text("Zhipu API key", "智谱 API 密钥"), (b"zhipu", b"bigmodel", b"chatglm", b"zai_api"), Some(HEX, 32),
        b".", Some(ALNUM, 16), source="https://docs.bigmodel.cn/"),
    named("assemblyai-key", Text("AssemblyAI key", "AssemblyAI 密钥"), (b"assemblyai", b"assembly_ai"), Some(HEX, 32),
        source="https://www.assemblyai.com/docs"),
    named("deepgram-key", Text("Deepgram key", "Deepgram 密钥"), (b"deepgram",), Some(HEX, 40),
        source="https://developers.deepgram.com/docs/authenticating"),
    named("stability-key", Text("Stability AI key", "Stability AI 密钥"), (b"stability",), b"sk-", Some(ALNUM, 48),
        source="https://platform.stability.ai/docs"),
    named("wandb-key", Text("Weights & Biases key", "Weights & Biases 密钥"), (b"wandb",), Some(HEX, 40),
        source="https://docs.wandb.ai/"),
)
# fmt: on

SPEC: DetectorSpec[GivenImage] = DetectorSpec(
    id="IMG-006",
    title=Text("Keep a model provider's key in the image", "镜像中留有大模型服务密钥"),
    message=Text("{path} holds: {what}.", "{path} 中含有：{what}。"),
    severity=Severity.HIGH,
    maturity=Maturity.STABLE,
    remediation=Text(
        "Revoke the key, set a spending limit, and hand the new one over at run time.",
        "吊销密钥，设置消费上限，并在运行时提供新密钥。",
    ),
    techniques=("T1552.001",),
    fires=(
        Example(
            GivenImage(layers=((GivenFile("app/.env", b"KEY=hf_" + b"QkvTzmWxRbLnYcHsDfGjPaEuIoSwNqBdXe\n"),),)),
            "a token in an environment file",
        ),
    ),
    quiet=(Example(GivenImage(layers=((GivenFile("app/.env", b"KEY=hf_yourtoken\n"),),)), "a place to be filled in"),),
)

DETECTOR = secret_detector(SPEC, PATTERNS)
