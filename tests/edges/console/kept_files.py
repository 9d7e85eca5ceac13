"""The files of a gateway, with credentials of every sort."""

import json
from pathlib import Path

from clawband.adapters.gateways.credentials import OpenClawCredentials

VALUE = "sk-a-value-that-no-page-shows"
CONFIG = {
    "gateway": {"auth": {"token": VALUE}},
    "models": {"providers": {
        "stub": {"baseUrl": "https://models.example/v1",
                 "apiKey": {"source": "exec", "provider": "clawband", "id": "models/stub"}},
        "other": {"baseUrl": "https://api.other.example", "apiKey": "${OTHER_API_KEY}"},
    }},
    "channels": {"telegram": {"botToken": VALUE, "apiRoot": "https://telegram.example"}},
    "hooks": {"token": VALUE},
    "secrets": {"providers": {"clawband": {"source": "exec", "command": "/opt/provider"}}},
}  # fmt: skip


def files_of(folder: Path, skill: str) -> OpenClawCredentials:
    """Written below the folder; one of them belongs to a skill of that name."""
    place = folder / "openclaw"
    place.mkdir()
    (place / "openclaw.json").write_text(
        json.dumps(CONFIG | {"skills": {"entries": {skill: {"apiKey": VALUE}}}})
    )
    (place / "openclaw.json.bak").write_text(json.dumps({"hooks": {"token": VALUE}}))
    (place / ".env").write_text(f"SEARCH_API_KEY={VALUE}\n")
    return OpenClawCredentials(str(place / "openclaw.json"), "")
