"""Prices that are not for everybody: cost, discount, margin and list price with an amount.

Source: the column heads of price lists.
"""

from clawband.labels.classifiers import Classifier

CLASSIFIER = Classifier(
    id="price-list",
    tag="business",
    pattern=(
        r"(?i)\b((?:unit cost|(?:cost|purchase|list|dealer|net) price|(?:gross|profit) margin"
        r"|discount rate|partner discount|(?:einkaufs|händler|listen)preis|deckungsbeitrag|marge)\b"
        r"[\"']?[ :=|\t,;]{1,4}[\"']?(?:[$€£]|usd|eur|gbp)? ?\d[\d.,]{0,10} ?%?)"
    ),
    confidence=0.55,
)
EXAMPLES = ("Unit cost: 4.20 EUR, dealer price: 7.90", "the list price of fame; price: $5")
