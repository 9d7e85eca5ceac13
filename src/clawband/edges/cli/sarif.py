"""Findings as SARIF 2.1.0 (OASIS), which code hosts and editors show beside the line."""

import hashlib
from collections.abc import Sequence
from typing import Any

from clawband import __version__
from clawband.edges.cli.scanned import Finding

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def log(found: Sequence[Finding]) -> dict[str, Any]:
    """One run (§3.14)."""
    kinds = sorted({each.kind for each in found})
    driver = {
        "name": "clawband", "version": __version__, "semanticVersion": __version__,
        "rules": [
            {"id": kind, "shortDescription": {"text": f"A secret: {kind.replace('-', ' ')}"},
             "help": {"text": "Revoke it where it was issued, put a reference in its finding, and "
                              "take it out of the history."}}
            for kind in kinds
        ],
    }  # fmt: skip
    results = [_result(each, kinds.index(each.kind)) for each in found]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints",
                  "results": results}],
    }  # fmt: skip


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    around = f"{finding.kind}\0{finding.path}\0{finding.excerpt}"
    result: dict[str, Any] = {
        "ruleId": finding.kind,
        "ruleIndex": rule,
        "level": "error" if finding.confidence >= 0.8 else "warning",
        "rank": round(finding.confidence * 100, 1),
        "message": {"text": f"{finding.kind}: {finding.excerpt}"},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": finding.path.replace("\\", "/")},
            "region": {"startLine": finding.line},
        }}],
        # Of what stands around it: a hash of the secret itself could be guessed.
        "partialFingerprints": {"around/v1": hashlib.sha256(around.encode()).hexdigest()},
    }  # fmt: skip
    if finding.commit:
        result["properties"] = {"commit": finding.commit.id, "live": finding.live}
    return result
