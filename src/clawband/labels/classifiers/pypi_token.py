"""Upload token of the Python package index: a macaroon in base 64 behind `pypi-`.

Source: PyPI help, "API tokens". `AgEI` opens every version 2 macaroon with a location.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="pypi-token",
    tag="secret",
    pattern=r"\b(pypi-AgEI[\w-]{60,})",
    confidence=0.98,
)
EXAMPLES = (
    "twine upload -p "
    + "pypi"
    + "-AgEIk4vQ8sXw2Rt7bNc9Ld3PmHyVf6Gp0Ju"
    + "q5Ym1Hf6Gp0Ju8Vd2Ae4ToIrWqSzXxDcFvGbHn",
    "pypi-AgEI is how they begin",
)
