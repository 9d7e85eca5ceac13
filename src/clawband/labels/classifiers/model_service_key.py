"""Key of a model service other than the big two: Hugging Face, Groq, xAI, Replicate, OpenRouter,
Perplexity, Fireworks, and any `sk-` key of one word.

Source: the key prefixes in the quick starts of these services.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="model-service-key",
    tag="secret",
    pattern=(
        r"\b(hf_[A-Za-z]{34}|gsk_[A-Za-z0-9]{52}|xai-[A-Za-z0-9]{80}|r8_[A-Za-z0-9]{37}"
        r"|sk-or-v1-[0-9a-f]{64}|pplx-[A-Za-z0-9]{48}|fw_[A-Za-z0-9]{24}|sk-[A-Za-z0-9]{32,})\b"
    ),
    confidence=0.9,
    check=lambda value: entropy(value) > 3.5,
)
EXAMPLES = (
    "HF_TOKEN=" + "hf" + "_kDvQsXwRtbNcLdPmHyVfGpJuAeToIrWqSz",
    "class sk-fading-circle, id fw_container, sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
)
