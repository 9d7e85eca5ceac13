"""A week of people in the shop: what leaves a page, in every state it can be in."""

from dataclasses import replace
from datetime import timedelta

from clawband.flows import honeytokens as lured
from clawband.flows.leak import Asked as Leaked
from clawband.flows.secrets import SECRET
from clawband.model.leak import Step
from clawband.model.secret import Plan, Secret, State, Target, Version
from clawband.ports.unit import Unit
from tests.edges.console.shop import HOSTILE, LONG, Shop


async def lived(shop: Shop) -> list[str]:
    """Live it. The addresses of what has a page of its own."""
    return [
        *await _lent(shop),
        *await _by_two(shop),
        *await _broken(shop),
        *await _accounted(shop),
        *await _stood_in(shop),
        *await _kept(shop),
        *await _alarmed(shop),
    ]


async def _lent(shop: Shop) -> list[str]:
    elevations = shop.service.elevations
    given = await elevations.ask("operator", "stop the mail agent", 60, shop.as_("vi"))
    await elevations.grant(given.id, shop.as_("bo"))
    await shop.service.stops.pause("tool", "doc_read", shop.as_("vi"), "odd labels")
    refused = await elevations.ask("admin", f"new laptop {HOSTILE}", 480, shop.as_("cleo"))
    await elevations.refuse(refused.id, shop.as_("ana"), "an invitation will do")
    await elevations.ask("builder", "release 7", 15, shop.as_("dov"))
    return [f"/people/elevations/{each.id}" for each in (given, refused)]


async def _by_two(shop: Shop) -> list[str]:
    proposals, ana = shop.service.proposals, shop.as_("ana")
    refused = await proposals.remove("vi", "she left, I hear", ana)
    await proposals.refuse(refused.id, shop.as_("bo"), "she is back on Monday")
    back = await proposals.roll_back("documents were read too widely", ana)
    invite = await proposals.invite("noor", ["approver", "auditor"], ["telegram:77"], LONG, ana)
    return [f"/people/changes/{each.id}" for each in (refused, back, invite.proposal)]


async def _broken(shop: Shop) -> list[str]:
    """One that waits for its review, one that is broken now, one that is half broken."""
    glass, (ana, vi, dov) = shop.service.glass, map(shop.as_, ("ana", "vi", "dov"))
    found = []
    for purpose in ("the mail agent writes to customers", "nobody with the role answers"):
        one, two = await glass.seal(2, ana)
        begun = await glass.begin(one, purpose, vi)
        found.append(await glass.second(begun.id, two, dov))
        if len(found) == 1:
            await glass.end(begun.id, dov)
    one, _ = await glass.seal(2, ana)
    await glass.begin(one, f"the gateway is gone {HOSTILE}", shop.as_("tess"))
    return [f"/people/glass/{each.id}" for each in found]


async def _accounted(shop: Shop) -> list[str]:
    """Service accounts and keys, then a review of all access, half of it decided."""
    service, ana = shop.service, shop.as_("ana")
    await service.operators.add_as("lee", ["viewer"], [], "a long enough password", "ana")
    await service.accounts.add("ci-deploy", "dov", "publishes policy from the main branch", ana)
    first = await service.accounts.add_key("ci-deploy", ["publish"], 30, ana)
    await service.accounts.rotate(first.id, 24, ana)
    await service.accounts.add("exporter", "lee", f"copies everything {HOSTILE}", ana)
    wide = ["look", "read-payload", "stop", "export"]
    await service.accounts.add_key("exporter", wide, 365, ana)
    await service.operators.remove_as("lee", "ana")
    review = await service.reviews.open(14, ana)
    await service.reviews.decide(review.id, "person:dov", "keep", "on call", ana)
    await service.reviews.decide(review.id, f"key:{first.id}", "revoke", "replaced", ana)
    return [f"/people/reviews/{review.id}"]


async def _stood_in(shop: Shop) -> list[str]:
    add, now = shop.service.delegations.add, shop.clock.now()
    week = timedelta(days=7)
    await add("dov", None, now + week, "holiday", shop.as_("bo"))
    await add("bo", now + week, now + 2 * week, "a course", shop.as_("tess"))
    return []


async def _kept(shop: Shop) -> list[str]:
    """Secrets: one with everything, one without a value, and some with dates."""
    secrets, cleo = shop.service.secrets, shop.as_("cleo")
    added = shop.clock.now()
    crm = Secret(
        name="crm/api-key", environment="dev", kind="api key", owner="cleo", added=added,
        purpose=f"leads {HOSTILE}", gateways=("sample",), plan=Plan(driver="memory"),
        targets=(Target(hosts=("api.crm.example", "eu.crm.example"), form="Bearer {}",
                        methods=("GET", "POST"), paths=("/v1/",)),),
    )  # fmt: skip
    await secrets.add(crm, cleo)
    for value in (b"the first one", b"the second one"):
        await secrets.put(crm.name, value, cleo)
    await secrets.add(
        Secret(
            name="warehouse/password", environment="production", kind="database password",
            owner="dov", purpose=LONG, added=added,
        ),
        cleo,
    )  # fmt: skip
    await shop.service.running.commit(Unit([], [
        SECRET.new(name, replace(crm, name=name, targets=(), gateways=(), plan=plan, versions=(
            Version(number=1, state=State.CURRENT, print=f"{age:064}", by="cleo",
                    made=added - timedelta(days=age)),
        )))
        for name, age, plan in (
            ("billing/key", 100, Plan(driver="by-hand", every_days=90)),
            ("models/stub", 62, Plan(driver="memory", every_days=90)),
            ("search/key-of-a-very-long-name-that-does-not-fit", 5,
             Plan(driver="memory", every_days=90)),
            ("telegram/bot", 20, Plan(driver="memory", every_days=365)),
        )
    ]))  # fmt: skip
    return ["/secrets/of/crm/api-key", "/secrets/of/warehouse/password"]


async def _alarmed(shop: Shop) -> list[str]:
    """Rotations, a honeytoken that was used, and leaks, in every state."""
    cleo, crm = shop.as_("cleo"), "crm/api-key"
    rotations = shop.service.rotations
    done = await rotations.begin(crm, cleo, rehearse=True)
    await rotations.settled(done.id)
    open_ = await rotations.begin(crm, cleo)
    await rotations.settled(open_.id)
    honeytokens = shop.service.honeytokens
    wanted = lured.Asked(kind="aws", where=f"the wiki {HOSTILE}", gateway="sample")
    _, _, lure = await honeytokens.plant(wanted, cleo)
    async with shop.turn("support", "66", f"try {lure.values[1]}"):
        pass
    leaks = shop.service.leaks
    leaked = await leaks.open("telegram/bot", Leaked(how=f"it was in a chat {HOSTILE}"), cleo)
    await leaks.take(leaked.id, Step.CONTAIN, cleo)
    over = await leaks.open("models/stub", Leaked(how="a colleague left"), cleo)
    await leaks.close(over.id, cleo, "the provider ended it, see their mail")
    return [
        f"/secrets/leaks/{leaked.id}", f"/secrets/leaks/{over.id}",
        f"/secrets/rotations/{done.id}", f"/secrets/rotations/{open_.id}",
    ]  # fmt: skip
