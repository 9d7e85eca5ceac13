"""Words of a sickness or a treatment. They are in every newspaper too, so they weigh little.

Source: GDPR article 9(1), data concerning health.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="health-term",
    tag="personal",
    pattern=(
        r"(?i)\b(diagnosed with|hiv[- ]positive|chemotherap(?:y|ie)|prescribed (?:her|him|me|you)"
        r"|sick (?:leave|note)|medical history|blood pressure|tested positive for|allergic to"
        r"|pregnan(?:t|cy)|krankschreibung|arbeitsunfähigkeit|schwerbehinder\w{1,10}|anamnese)\b"
    ),
    confidence=0.45,
    near=r"patient|employee|mitarbeiter|\b(?:mr|mrs|ms|herr|frau)\b|\bmy\b|\bhis\b|\bher\b",
    alone=0.25,
)
EXAMPLES = ("Mr Weber was diagnosed with asthma", "a diagnosis of the engine's fault")
