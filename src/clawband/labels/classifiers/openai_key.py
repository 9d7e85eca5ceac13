"""OpenAI API key: `sk-`, often a kind such as `proj-`, with `T3BlbkFJ` ("OpenAI") inside.

Source: the shape of issued keys; the marker is base 64 and has been in all of them since 2020.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="openai-key",
    tag="secret",
    pattern=r"\b(sk-(?:(?:proj|svcacct|admin|service)-)?[\w-]{20,}T3BlbkFJ[\w-]{20,})",
    confidence=0.98,
)
EXAMPLES = (
    "OPENAI_API_KEY=" + "sk-proj-Zk4vQ8sXw2Rt7bNc9Ld3" + "T3Blbk" + "FJq5Ym1Hf6Gp0Ju8Vd2Ae4",
    "OPENAI_API_KEY=sk-... and T3BlbkFJ alone",
)
