"""`[models]`: which models may be asked, where, and by whom without a run."""

import pytest

from clawband.model.access import (
    GATEWAY,
    Action,
    Deny,
    Facts,
    Permit,
    Principal,
    Request,
    Requester,
    Resource,
    ResourceKind,
)
from clawband.model.deployment import Price
from clawband.model.label import Confidentiality
from clawband.openclaw import tools
from clawband.policy.evaluate import evaluate
from clawband.policy.sets import PolicyError, build
from tests.policy.asking import MANIFEST, around
from tests.policy.test_gateways import PLAN

MODELS = """
[models]
allow = ["sample/rules", "local/*"]
pseudonymise = ["personal"]
regions = { personal = ["eu"], business = [] }
clearance = "confidential"
"""
PRICES = """
[models]
allow = ["sample/*"]
[models.prices."sample/rules"]
input = 250
output = 1000
"""


def made(models=MODELS, plan=PLAN):
    return build({"desk.toml": MANIFEST + models, "gateway.toml": plan}, tools.catalogue())


SET = made()


def asking(model="sample/rules", *, agent="desk", region="", tags=(), offered=3):
    return Request(
        principal=Principal("sample", agent),
        requester=Requester("telegram:1", "telegram"),
        action=Action.ASK_MODEL,
        resource=Resource(ResourceKind.MODEL, model),
        facts=Facts(region=region, tags=frozenset(tags), offered=offered),
    )


def answer(asked, active=SET, **more):
    return evaluate(asked, around(**more), active)


@pytest.mark.parametrize("model", ["sample/rules", "local/a", "local/a/b:c"])
def test_what_is_listed_may_be_asked(model):
    assert isinstance(answer(asking(model)), Permit)


@pytest.mark.parametrize("model", ["sample/other", "sample/rules/x", "locally/a", "local", "/a"])
def test_no_other_model_may(model):
    assert isinstance(answer(asking(model)), Deny)


def test_without_the_table_no_model_may():
    assert isinstance(answer(asking(), made("")), Deny)


def test_a_class_stays_in_its_regions():
    assert isinstance(answer(asking(tags=["personal"], region="eu")), Permit)
    for region in ("", "us"):
        refused = answer(asking(tags=["personal"], region=region))
        assert refused.reasons[0].policy == "desk/models-personal"
    assert isinstance(answer(asking(tags=["business"], region="eu")), Deny)
    assert isinstance(answer(asking(tags=["secret"])), Permit)


def test_a_session_that_read_too_much_may_not():
    assert isinstance(answer(asking(), confidentiality=Confidentiality.CONFIDENTIAL), Permit)
    assert isinstance(answer(asking(), confidentiality=Confidentiality.RESTRICTED), Deny)


def test_what_belongs_to_no_run_is_refused_unless_the_gateways_manifest_allows_it():
    refused = answer(asking(agent=GATEWAY), made(plan=PLAN + PRICES))
    assert refused.reasons[0].policy == "gateway-sample/models-unjoined"
    allowed = PRICES.replace("[models]\n", '[models]\nunjoined = "allow"\n')
    assert isinstance(answer(asking(agent=GATEWAY), made(plan=PLAN + allowed)), Permit)
    assert isinstance(answer(asking("x/y", agent=GATEWAY), made(plan=PLAN + allowed)), Deny)
    words = made(plan=PLAN + allowed.replace('"allow"', '"without-tools"'))
    assert isinstance(answer(asking(agent=GATEWAY, offered=0), words), Permit)
    assert isinstance(answer(asking(agent=GATEWAY, offered=1), words), Deny)


def test_what_is_read_of_the_table():
    models = SET.workflows["desk"].models
    assert (models.mask, models.pseudonymise) == (("secret",), ("personal",))
    assert models.clearance == Confidentiality.CONFIDENTIAL
    assert made(plan=PLAN + PRICES).gateways["sample"].prices == {
        "sample/rules": Price(250, 1000, 250)
    }


@pytest.mark.parametrize(
    "wrong",
    [
        'allow = ["sample"]', 'allow = ["*/rules"]', 'allow = ["sample/r*"]', 'mask = ["business"]',
        'mask = ["personal"]\npseudonymise = ["personal"]', "regions = { people = [] }",
        'clearance = "all"', 'unjoined = "allow"', 'prices = {}',
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(wrong):
    with pytest.raises(PolicyError):
        made(f"\n[models]\n{wrong}\n")
