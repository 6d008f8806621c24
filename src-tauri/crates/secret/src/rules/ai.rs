//! Providers of models and of what is built around them.

use crate::rule::{Rule, token};

pub(super) const RULES: &[Rule] = &[
    token("anthropic-key", "an Anthropic key", &["sk-ant-"], r"sk-ant-[a-z]{2,6}[0-9]{2}-[A-Za-z0-9_-]{80,}"),
    token("openai-key", "an OpenAI key", &["T3BlbkFJ"], r"sk-[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}")
        .before(120),
    token(
        "openai-project-key",
        "an OpenAI key",
        &["sk-proj-", "sk-svcacct-", "sk-admin-"],
        r"sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}",
    ),
    token("openrouter-key", "an OpenRouter key", &["sk-or-v1-"], r"sk-or-v1-[0-9a-f]{64}"),
    token(
        "langfuse-key",
        "a Langfuse secret key",
        &["sk-lf-"],
        r"sk-lf-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    ),
    token("deepseek-key", "an API key of the sk- form", &["sk-"], r"sk-(?:[0-9a-f]{32}|[A-Za-z0-9]{48})"),
    token(
        "huggingface-token",
        "a Hugging Face token",
        &["hf_", "api_org_"],
        r"(?:hf|api_org)_[A-Za-z0-9]{34,37}",
    ),
    token("replicate-token", "a Replicate token", &["r8_"], r"r8_[A-Za-z0-9]{37}"),
    token("groq-key", "a Groq key", &["gsk_"], r"gsk_[A-Za-z0-9]{52}"),
    token("perplexity-key", "a Perplexity key", &["pplx-"], r"pplx-[A-Za-z0-9]{48,56}"),
    token("xai-key", "an xAI key", &["xai-"], r"xai-[A-Za-z0-9]{70,100}"),
    token("elevenlabs-key", "an ElevenLabs key", &["sk_"], r"sk_[0-9a-f]{48}"),
    token("langsmith-key", "a LangSmith key", &["lsv2_"], r"lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}"),
    token("pinecone-key", "a Pinecone key", &["pcsk_"], r"pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{60,66}"),
    token("nvidia-key", "an NVIDIA API key", &["nvapi-"], r"nvapi-[A-Za-z0-9_-]{60,70}"),
    token("cerebras-key", "a Cerebras key", &["csk-"], r"csk-[a-z0-9]{48}"),
    token("fireworks-key", "a Fireworks key", &["fw_"], r"fw_[A-Za-z0-9]{22,24}"),
    token("together-key", "a Together key", &["tgp_v1_"], r"tgp_v1_[A-Za-z0-9_-]{43}"),
    token("tavily-key", "a Tavily key", &["tvly-"], r"tvly-(?:dev-|prod-)?[A-Za-z0-9]{32}"),
    token("jina-key", "a Jina key", &["jina_"], r"jina_[0-9a-f]{32}[A-Za-z0-9_-]{28}"),
    token("voyage-key", "a Voyage key", &["pa-"], r"pa-[A-Za-z0-9_-]{43}"),
    token("firecrawl-key", "a Firecrawl key", &["fc-"], r"fc-[0-9a-f]{32}"),
    token("e2b-key", "an E2B key", &["e2b_"], r"e2b_[0-9a-f]{40}"),
    token("modal-token", "a Modal token secret", &["as-"], r"as-[A-Za-z0-9]{22}"),
    token("wandb-key", "a Weights & Biases key", &["wandb_v1_"], r"wandb_v1_[A-Za-z0-9_]{60,90}"),
    token("apify-token", "an Apify token", &["apify_api_"], r"apify_api_[A-Za-z0-9]{34,40}"),
];
