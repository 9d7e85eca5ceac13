"""Azure shared access signature: a URL that opens storage for whoever holds it.

Source: Microsoft Learn, "Create a service SAS", `sv`, `se` and `sig`.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="azure-sas",
    tag="secret",
    pattern=r"\bsv=20\d\d-\d\d-\d\d&[\w&=%:.-]*\bsig=([A-Za-z0-9%+/]{43,}(?:%3[Dd]|=))",
    confidence=0.95,
)
EXAMPLES = (
    "https://bills.blob.core.windows.net/2026?sv=2024-11-04&se=2027-01-01T00%3A00%3A00Z&sr=c&sp=r"
    "&sig=k4vQ8sXw2Rt7bNc9Ld3PmHyVf6Gp0Juq5Ym1Hf6Gp0Ju8V%3D",
    "https://bills.blob.core.windows.net/2026?sv=2024-11-04&sig=short",
)
