"""Marking that says who may read a document, as organisations print it on top.

Not the footer of every mail ("this message is confidential and intended solely for"), which marks
nothing. Source: ISO/IEC 27002:2022 control 5.13, TLP 2.0 of FIRST.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="confidentiality-marking",
    tag="business",
    pattern=(
        r"(?i:\b((?:strictly|highly|company|business|commercially|commercial in)[ -]"
        r"(?:private (?:and|&) )?confiden(?:tial|ce)"
        r"|(?:for )?internal use only|not for (?:external )?distribution"
        r"|do not (?:distribute|share externally)|tlp:(?:red|amber(?:\+strict)?)"
        r"|streng vertraulich|nur für den (?:internen )?(?:dienst)?gebrauch|nur intern)\b)"
        r"|(?:\A|\n)[ #*>\[]{0,8}(CONFIDENTIAL|PROPRIETARY|RESTRICTED|VERTRAULICH|SECRET)"
        r"[ .!*\]:]{0,8}(?:\r?\n|\z)"
    ),
    confidence=0.8,
)
EXAMPLES = (
    "Board paper. Strictly confidential. Page 1",
    "This e-mail is confidential and intended solely for the addressee; he spoke in confidence",
)
