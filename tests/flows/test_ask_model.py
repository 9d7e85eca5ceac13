"""A prompt on its way: covered first, decided then; and what an answer costs."""

import pytest

from clawband.flows.ask_model import Usage, cost
from clawband.model.deployment import Price
from tests.edges.models.serving import MODELS, problem, serving
from tests.simulators.small import story

PRICE = Price(input=300, output=1500, cached=30)


@pytest.mark.parametrize(
    ("usage", "millionths"),
    [
        (Usage(), 0), (Usage(1_000_000, 0, 0), 300_000_000), (Usage(0, 2, 0), 3000),
        (Usage(10, 0, 10), 300), (Usage(5, 0, 10), 300),
    ],
)  # fmt: skip
def test_cost_counts_cached_tokens_at_their_own_price(usage, millionths):
    assert cost(usage, PRICE) == millionths


@story
async def test_what_is_covered_is_no_reason_to_refuse(tmp_path):
    models = MODELS.replace('business = ["eu"]', 'personal = ["eu"]')
    iban = "pay to DE89 3704 0044 0532 0130 00"
    async with serving(tmp_path, models=models) as desk:
        await desk.admit()
        assert (await desk.ask(iban)).status_code == 200
        assert "DE89" not in str(desk.provider.bodies)
    bare = models.replace('pseudonymise = ["personal"]', "")
    async with serving(tmp_path / "bare", models=bare) as desk:
        await desk.admit()
        assert "keeps in eu" in problem(await desk.ask(iban))["message"]


@story
async def test_more_than_can_be_covered_is_refused(tmp_path):
    async with serving(tmp_path) as desk:
        await desk.admit()
        many = " ".join(f"person{n}@corp.example" for n in range(600))
        assert "more than 500 values" in problem(await desk.ask(many))["message"]
        assert desk.provider.asked == []
