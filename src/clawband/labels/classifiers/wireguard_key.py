"""Private or pre-shared key of a WireGuard tunnel: 32 bytes of base 64 behind its name.

Source: wg(8), configuration file format.
"""

from clawband.labels.classifiers import Classifier
from clawband.labels.evidence import entropy

CLASSIFIER = Classifier(
    id="wireguard-key",
    tag="secret",
    pattern=(r"(?:PrivateKey|PresharedKey)\s{0,3}=\s{0,3}([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)"),
    confidence=0.95,
    check=lambda value: entropy(value) > 3,
)
EXAMPLES = (
    "[Interface]\nPrivateKey = " + "yAnz5TF+lXXJte14tji3zlMNq" + "+hd2rYUIgJBgB3fBmk=",
    "PublicKey = xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg=",
)
