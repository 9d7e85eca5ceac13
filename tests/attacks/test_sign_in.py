"""Getting in as somebody else: replay, another origin, copied keys, guessing, fixation."""

import asyncio
import json
from contextlib import asynccontextmanager

import pyotp
import pytest

from clawband.flows import sign_in
from clawband.identity.session import IDLE, Seen
from clawband.identity.throttle import CROWD, TooManyError, counts
from clawband.model.errors import (
    AuthenticationError,
    ConflictError,
    NotFoundError,
    StepUpNeededError,
)
from clawband.model.person import Role
from clawband.ports.unit import PutOperator
from tests.flows.registered import Registered, account
from tests.simulators.authenticator import Authenticator, b64
from tests.simulators.clocks import START
from tests.simulators.keepers import QuickPasswords
from tests.simulators.small import PASSWORD, small, story

HERE = Seen(address="10.0.0.1", agent="Firefox", device="d" * 64)
ELSEWHERE = Seen(address="203.0.113.9", agent="curl")


@asynccontextmanager
async def house_of_ana(folder):
    """Ana administers, came by a link, and has a passkey; her device is in the test's hand."""
    async with small(folder, bare=True) as house:
        await house.service.operators.add_as("root", ["admin"], [], PASSWORD, "setup")
        device = Authenticator()
        house.tokens["ana"] = await accepted(house, "ana", device)
        yield house, device


async def accepted(house, name, device, roles=("admin",)):
    people = house.service.people
    token = (await people.invite_as(name, roles, (), "root")).token
    begun = people.begin_accept(token)
    return await people.accept_passkey(token, begun.id, device.create(begun.options), "", HERE)


async def come_in(house, device, seen=HERE, **lies):
    people = house.service.people
    begun = people.begin_passkey_sign_in()
    return await people.finish_passkey_sign_in(begun.id, device.get(begun.options, **lies), seen)


@story
async def test_a_passkey_comes_in_with_two_factors(tmp_path):
    async with house_of_ana(tmp_path) as (house, device):
        signed = house.service.operators.who(await come_in(house, device))
        assert (signed.name, signed.assurance, signed.second_factor) == ("ana", 2, True)
        assert signed.operator.roles == {Role.ADMIN} and signed.proved == house.clock.now()


@story
async def test_an_answer_is_good_once_and_for_its_challenge_only(tmp_path):
    async with house_of_ana(tmp_path) as (house, device):
        people = house.service.people
        begun, other = people.begin_passkey_sign_in(), people.begin_passkey_sign_in()
        said = device.get(begun.options)
        with pytest.raises(AuthenticationError):
            await people.finish_passkey_sign_in(other.id, said, HERE)
        assert await people.finish_passkey_sign_in(begun.id, said, HERE)
        with pytest.raises(AuthenticationError, match="used already"):
            await people.finish_passkey_sign_in(begun.id, said, HERE)
        late = people.begin_passkey_sign_in()
        said = device.get(late.options)
        house.clock.forward(minutes=5)
        with pytest.raises(AuthenticationError, match="too long"):
            await people.finish_passkey_sign_in(late.id, said, HERE)


@story
async def test_of_two_answers_at_once_one_comes_in(tmp_path):
    async with house_of_ana(tmp_path) as (house, device):
        people = house.service.people
        begun = people.begin_passkey_sign_in()
        said = device.get(begun.options)
        results = await asyncio.gather(
            *(people.finish_passkey_sign_in(begun.id, said, HERE) for _ in range(4)),
            return_exceptions=True,
        )
        assert sum(isinstance(each, str) for each in results) == 1


@story
async def test_a_challenge_of_ones_own_making_is_none(tmp_path):
    async with house_of_ana(tmp_path) as (house, device):
        people = house.service.people
        forged = b"\xff" * 56
        asked = json.dumps({"rpId": "localhost", "challenge": b64(forged)})
        with pytest.raises(AuthenticationError):
            await people.finish_passkey_sign_in(b64(forged), device.get(asked), HERE)
        begun = people.begin_step_up(house.service.operators.who(house.tokens["ana"]))
        with pytest.raises(AuthenticationError):  # made for something else
            await people.finish_passkey_sign_in(begun.id, device.get(begun.options), HERE)


@pytest.mark.parametrize(
    "lies",
    [{"origin": "https://evil.example"}, {"origin": "http://localhost:1"},
     {"site": "evil.example"}, {"verified": False}, {"cross": True}, {"count": 1},
     {"signature": b"0" * 70}],
    ids=str,
)  # fmt: skip
@story
async def test_a_passkey_of_another_place_or_a_copy_is_refused_and_recorded(tmp_path, lies):
    async with house_of_ana(tmp_path) as (house, device):
        assert await come_in(house, device)
        with pytest.raises(AuthenticationError):
            await come_in(house, device, **lies)
        (refused,) = house.events("session:refuse")
        assert refused.detail["why"] == "passkey"


@story
async def test_somebody_elses_passkey_proves_nothing_for_me(tmp_path):
    async with house_of_ana(tmp_path) as (house, device):
        people = house.service.people
        eve = Authenticator(id=b"credential-eve")
        signed = house.service.operators.who(await accepted(house, "eve", eve))
        begun = people.begin_step_up(signed)
        with pytest.raises(AuthenticationError, match="not yours"):
            await people.finish_step_up(signed, begun.id, device.get(begun.options))
        begun = people.begin_passkey(signed)
        with pytest.raises(ConflictError, match="known already"):
            await people.finish_passkey(signed, begun.id, device.create(begun.options), "mine")


@story
async def test_a_secret_from_before_the_second_factor_is_good_no_longer(tmp_path):
    """Fixation: whoever planted or copied a sign-in is out when its owner proves who they are."""
    async with house_of_ana(tmp_path) as (house, device):
        people, who = house.service.people, house.service.operators.who
        planted = house.tokens["ana"]
        signed = who(planted)
        begun = people.begin_step_up(signed)
        fresh = await people.finish_step_up(signed, begun.id, device.get(begun.options))
        assert who(fresh).csrf != signed.csrf
        with pytest.raises(AuthenticationError):
            who(planted)
        with pytest.raises(AuthenticationError):
            await people.step_up(signed, "000000")


@story
async def test_a_change_of_roles_ends_what_was_open(tmp_path):
    async with house_of_ana(tmp_path) as (house, _device):
        await house.service.operators.add_as("ana", ["viewer"], [], PASSWORD, "root")
        with pytest.raises(AuthenticationError):
            house.service.operators.who(house.tokens["ana"])


@story
async def test_a_stolen_browser_changes_nothing_after_a_while(tmp_path):
    async with house_of_ana(tmp_path) as (house, _device):
        people = house.service.people
        house.clock.forward(minutes=6)
        signed = house.service.operators.who(house.tokens["ana"])
        for act in (people.begin_passkey, people.begin_totp):
            with pytest.raises(StepUpNeededError):
                act(signed)
        for later in (
            people.recovery_codes(signed), people.remove_credential(signed, "x"),
            people.set_password(signed, "", PASSWORD), people.invite("x", ["admin"], (), signed),
        ):  # fmt: skip
            with pytest.raises(StepUpNeededError):
                await later
        house.clock.forward(seconds=IDLE.total_seconds())
        with pytest.raises(AuthenticationError, match="away"):
            house.service.operators.who(house.tokens["ana"])


@story
async def test_an_invited_administrator_does_nothing_on_a_password_alone(tmp_path):
    async with small(tmp_path, bare=True) as house:
        people, who = house.service.people, house.service.operators.who
        await house.service.operators.add_as("root", ["admin"], [], PASSWORD, "setup")
        token = (await people.invite_as("eve", ["admin"], (), "root")).token
        secret = await people.accept(token, PASSWORD, HERE)
        assert who(secret).operator.roles == frozenset()
        with pytest.raises(AuthenticationError):
            await people.invite("mallory", ["admin"], (), who(secret))
        with pytest.raises(NotFoundError):
            await people.accept(token, PASSWORD, HERE)
        _, shared = people.begin_totp(who(secret))
        code = pyotp.TOTP(shared).at(house.clock.now())
        secret = await people.finish_totp(who(secret), code)
        assert who(secret).operator.roles == {Role.ADMIN}
        with pytest.raises(AuthenticationError, match="wrong"):
            await people.sign_in("eve", PASSWORD, code, HERE)
        house.clock.forward(seconds=30)
        code = pyotp.TOTP(shared).at(house.clock.now())
        both = await asyncio.gather(
            *(people.sign_in("eve", PASSWORD, code, HERE) for _ in "ab"), return_exceptions=True
        )
        assert sum(isinstance(each, str) for each in both) == 1, "a code is good once"


@story
async def test_the_owner_comes_in_while_somebody_guesses(tmp_path):
    async with small(tmp_path, bare=True) as house:
        people = house.service.people
        await house.service.operators.add_as("root", ["admin"], [], PASSWORD, "setup")
        await accepted(house, "ana", device := Authenticator())
        assert await people.sign_in("root", PASSWORD, seen=HERE)
        now = asyncio.get_running_loop().time()
        for name in ("root", "ana"):
            for _ in range(CROWD + 10):  # as many as a botnet of them would fail
                people._throttle.failed(counts(name, ELSEWHERE, known=False), now + 60)
        for name in ("root", "ana", "nobody"):
            with pytest.raises(TooManyError):
                await people.sign_in(name, PASSWORD, seen=ELSEWHERE)
        assert await people.sign_in("root", PASSWORD, seen=HERE), "where they were before"
        assert await come_in(house, device, ELSEWHERE), "from anywhere, with a passkey"


@story
async def test_an_unknown_name_is_told_apart_by_no_answer(tmp_path):
    async with small(tmp_path, bare=True) as house:
        people = house.service.people
        await house.service.operators.add_as("root", ["admin"], [], PASSWORD, "setup")
        await accepted(house, "ana", Authenticator())
        said = set()
        for name, code in (("root", ""), ("ana", ""), ("nobody", ""), ("", ""), ("ana", "123456")):
            with pytest.raises(AuthenticationError) as refused:
                await people.sign_in(name, "a wrong password", code, ELSEWHERE)
            said.add((type(refused.value), str(refused.value)))
        assert len(said) == 1
        asked = json.loads(people.begin_passkey_sign_in().options)
        assert asked["allowCredentials"] == [], "whose passkeys there are is nobody's business"


class Counting(QuickPasswords):
    """Notes what it was asked to verify: that is where the time goes."""

    def __init__(self):
        self.asked = []

    def verify(self, password, hashed):
        self.asked.append(password)
        return super().verify(password, hashed)


@pytest.mark.parametrize("name", ["ana", "key", "nobody", ""])
def test_an_unknown_name_is_told_apart_by_no_time(name):
    """One slow verification for each; that it is as slow for nobody is a test of `argon2`."""
    passwords = Counting()
    people = Registered(account("ana"), password=passwords.hash(PASSWORD))
    people.change_people(PutOperator(account("key"), ""))
    secret, _ = sign_in.checked(
        name, "a wrong password", "", ELSEWHERE, known=people, passwords=passwords,
        now=START, entropy=bytes(96),
    )  # fmt: skip
    assert secret is None and passwords.asked == ["a wrong password"]
