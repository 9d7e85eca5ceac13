"""What we find in an openclaw.json beside what OpenClaw itself finds (`secrets audit`)."""

import json
import os
import subprocess

import pytest

from clawband.adapters.gateways.credentials import OpenClawCredentials
from clawband.openclaw.credentials import Source, places

VALUE = "a-value-that-is-long-enough-0123456789"
SOME = (
    "gateway.auth.token", "gateway.remote.password", "hooks.token", "cron.webhookToken",
    "models.providers.stub.apiKey", "channels.telegram.botToken", "talk.providers.stub.apiKey",
    "skills.entries.notes.apiKey", "memory.search.remote.apiKey", "tts.providers.stub.apiKey",
    "plugins.entries.brave.config.webSearch.apiKey", "channels.discord.accounts.one.token",
)  # fmt: skip


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """A configuration with credentials all over, some as references."""
    folder = tmp_path_factory.mktemp("audited")
    whole: dict = {}
    for way in SOME:
        *outer, last = way.split(".")
        inner = whole
        for key in outer:
            inner = inner.setdefault(key, {})
        inner[last] = VALUE
    stub = whole["models"]["providers"]["stub"]
    stub |= {"baseUrl": "https://models.example/v1", "api": "openai-completions",
             "models": [{"id": "m", "name": "m"}],
             "headers": {"x-api-key": VALUE, "x-team": "shop"}}  # fmt: skip
    whole["channels"]["slack"] = {"botToken": "${SLACK_BOT_TOKEN}"}
    path = folder / "openclaw.json"
    path.write_text(json.dumps(whole))
    path.chmod(0o600)
    return path


@pytest.mark.timeout(180)
def test_nothing_is_found_by_openclaw_that_we_do_not_find(config, node, modules):
    home = config.parent
    done = subprocess.run(
        [node, modules / "openclaw" / "openclaw.mjs", "secrets", "audit", "--json"],
        env={**os.environ, "HOME": str(home), "OPENCLAW_STATE_DIR": str(home),
             "OPENCLAW_CONFIG_PATH": str(config)},
        capture_output=True, text=True, timeout=150, check=False,
    )  # fmt: skip
    told = json.loads(done.stdout[done.stdout.index("{") :])
    theirs = {each["jsonPath"] for each in told["findings"] if each["code"] == "PLAINTEXT_FOUND"}
    assert len(theirs) >= 8, done.stderr
    found = OpenClawCredentials(str(config), "").read().found
    ours = {each.held.name for each in found if each.held.source is Source.VALUE}
    assert theirs <= ours
    assert {"hooks.token", "models.providers.stub.headers.x-api-key"} <= ours
    assert "models.providers.stub.headers.x-team" not in ours


def test_our_list_has_all_of_the_release(modules):
    told = modules / "openclaw/docs/reference/secretref-user-supplied-credentials-matrix.json"
    entries = json.loads(told.read_text())["entries"]
    theirs = [each["path"] for each in entries if each["configFile"] == "openclaw.json"]
    known = places()
    named = {path: path.replace("headers.*", "headers.authorization") for path in theirs}
    missing = [path for path in theirs if not known.at(tuple(named[path].split(".")))]
    assert len(theirs) > 100 and missing == []
