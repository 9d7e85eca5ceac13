"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the line."""

import hashlib
from collections.abc import Sequence
from typing import Any

from clawband import __version__
from clawband.edges.cli.scanned import Place

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def log(places: Sequence[Place]) -> dict[str, Any]:
    """One run (§3.14)."""
    kinds = sorted({each.kind for each in places})
    driver = {
        "name": "clawband", "version": __version__, "semanticVersion": __version__,
        "rules": [
            {"id": kind, "shortDescription": {"text": f"A secret: {kind.replace('-', ' ')}"},
             "help": {"text": "Revoke it where it was issued, put a reference in its place, and "
                              "take it out of the history."}}
            for kind in kinds
        ],
    }  # fmt: skip
    results = [_result(each, kinds.index(each.kind)) for each in places]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints",
                  "results": results}],
    }  # fmt: skip


def _result(place: Place, rule: int) -> dict[str, Any]:
    around = f"{place.kind}\0{place.path}\0{place.excerpt}"
    result: dict[str, Any] = {
        "ruleId": place.kind,
        "ruleIndex": rule,
        "level": "error" if place.confidence >= 0.8 else "warning",
        "rank": round(place.confidence * 100, 1),
        "message": {"text": f"{place.kind}: {place.excerpt}"},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": place.path.replace("\\", "/")},
            "region": {"startLine": place.line},
        }}],
        # Of what stands around it: a hash of the secret itself could be guessed.
        "partialFingerprints": {"around/v1": hashlib.sha256(around.encode()).hexdigest()},
    }  # fmt: skip
    if place.commit:
        result["properties"] = {"commit": place.commit.id, "live": place.live}
    return result
