"""What a gateway reaches by its configuration, and the manifest to begin with."""

from clawband.model.deployment import Standing
from clawband.openclaw import tools
from clawband.openclaw.reaches import draft, standing
from clawband.policy.sets import build

CONFIG = {
    "models": {
        "providers": {
            "openai": {"baseUrl": "https://api.openai.com/v1"},
            "Own Models": {"baseUrl": "http://models.corp.example:8080/v1"},
            "here": {"baseUrl": "http://127.0.0.1:11434/v1"},
            "odd": {"baseUrl": "http://[::bad"},
            "none": {},
        }
    },
    "channels": {
        "telegram": {"enabled": True},
        "matrix": {"homeserver": "https://matrix.corp.example"},
        "slack": {"enabled": False},
        "carrierpigeon": {},
    },
}


def found(config=CONFIG):
    return {each.name: each for each in standing(config)}


def test_providers_by_their_address_and_channels_by_what_they_are():
    leases = found()
    assert set(leases) == {
        "model-openai", "model-own-models", "channel-telegram", "channel-matrix",
        "channel-carrierpigeon",
    }  # fmt: skip
    assert leases["model-openai"] == Standing(
        name="model-openai", purpose="the model provider openai", hosts=("api.openai.com",)
    )
    assert (leases["model-own-models"].hosts, leases["model-own-models"].ports) == (
        ("models.corp.example",), (8080,),
    )  # fmt: skip
    assert leases["channel-telegram"].hosts == ("api.telegram.org",)
    assert leases["channel-matrix"].hosts == ("matrix.corp.example",)
    assert leases["channel-carrierpigeon"].hosts == ()


def test_anything_is_read_and_nothing_invented():
    for config in (
        {},
        {"models": 3},
        {"channels": {"telegram": True}},
        {"models": {"providers": []}},
    ):
        assert found(config) == {}


def test_the_draft_is_a_manifest_once_its_gaps_are_filled():
    text = draft("shop", "dev", {**CONFIG, "channels": {"telegram": {}}})
    built = build({"gateway.toml": text}, tools.catalogue())
    assert {each.name for each in built.gateways["shop"].standing} == {
        "model-openai", "model-own-models", "channel-telegram",
    }  # fmt: skip
    assert '# hosts = ["…"]' in draft("shop", "dev", CONFIG)
