"""Marking that says who may read a document, as organisations print it on top.

Not the footer of every mail ("this message is confidential and intended solely for"), which marks
nothing. Source: ISO/IEC 27002:2022 control 5.13, TLP 2.0 of FIRST.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="confidentiality-marking",
    tag="business",
    pattern=(
        r"(?i:\b((?:strictly|highly|company|business|commercially"
        r"|commercial in)[ -](?:private (?:and|&) )?"
        r"confiden(?:tial|ce)|(?:for )?internal use only"
        r"|not for (?:external )?distribution"
        r"|do not (?:distribute|share externally)|streng vertraulich|vertraulichkeitsstufe"
        r"|nur für den (?:internen )?(?:dienst)?gebrauch|nur intern|tlp:(?:red"
        r"|amber(?:\+strict)?))\b)"
        r"|(?:\A|\n)[ #*>\[]{0,8}(CONFIDENTIAL|PROPRIETARY|RESTRICTED|VERTRAULICH"
        r"|SECRET)[ .!*\]:]{0,8}(?:\r?\n|\z)"
    ),
    confidence=0.8,
)
EXAMPLES = (
    "Board paper. Strictly confidential. Page 1",
    "This e-mail is confidential and intended solely for the addressee; he spoke in confidence",
)
