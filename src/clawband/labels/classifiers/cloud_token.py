"""Token of a platform that runs or keeps things: DigitalOcean, Databricks, HashiCorp Vault, Docker
Hub, Tailscale, Supabase, Grafana, Sentry, Doppler.

Source: the token pages of these platforms; each chose its prefix so that scanners find it.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="cloud-token",
    tag="secret",
    pattern=(
        r"\b(do[opr]_v1_[0-9a-f]{64}|dapi[0-9a-f]{32}|hv[sbr]\.[\w-]{24,}|dckr_pat_[\w-]{27}"
        r"|tskey-[a-z]{3,8}-[A-Za-z0-9]{8,}-[A-Za-z0-9]{20,}|sbp_[0-9a-f]{40}"
        r"|glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|sntry[su]_[\w+/=-]{40,}"
        r"|dp\.[a-z]{2,5}\.[A-Za-z0-9]{40,})"
    ),
    confidence=0.95,
    check=lambda value: entropy(value) > 3,
)
EXAMPLES = (
    "VAULT_TOKEN=" + "hvs" + ".CAESIk4vQ8sXw2Rt7bNc9Ld3PmHyVf6Gp0Juq5Ym1Hf6Gp",
    "dapi" + "0" * 32 + ", and hvs.json",
)
