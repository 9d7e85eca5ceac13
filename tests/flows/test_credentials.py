"""Second factors: enrolled, used, taken away, and what is withheld without one."""

from datetime import timedelta

import pyotp
import pytest

from clawband.flows import credentials, sessions
from clawband.flows.credentials import MAX_PASSKEYS, ONE_TIME, PASSKEY, RECOVERY
from clawband.identity import one_time, passkeys
from clawband.identity.assurance import Method
from clawband.identity.passkeys import Registered as Made
from clawband.identity.session import Seen
from clawband.model.errors import AuthenticationError, ConflictError, InputError, NotFoundError
from clawband.model.people import Rules
from clawband.model.person import Role
from clawband.ports.unit import PutOperator, Unit
from tests.flows.registered import Registered, account
from tests.simulators.authenticator import Authenticator
from tests.simulators.clocks import START, CountedEntropy

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE = pyotp.TOTP(SECRET).at(START)
CODES = one_time.codes(CountedEntropy().bytes(100))
WHEN = {"now": START, "entropy": bytes(96)}
CHALLENGE = b"c" * 56


def people(role=Role.ADMIN):
    return Registered(account(role=role), account("bob", role), password="hash")


def passkey(known, name="ana", id="key", **more):
    unit = credentials.add_passkey(
        name, Made(id, b"k", 0, False), more.get("label", "laptop"), documents=known, **WHEN
    )
    known.take(unit)
    return passkeys.index(id)


def device(known, name="ana"):
    unit = credentials.add_one_time(name, SECRET, CODE, documents=known, **WHEN)
    known.take(unit)


def codes(known, name="ana"):
    known.take(credentials.renew_codes(name, CODES, documents=known, **WHEN))


def test_a_passkey_belongs_to_one_person():
    known = people()
    passkey(known)
    with pytest.raises(ConflictError, match="known already"):
        passkey(known, "bob")
    assert credentials.enrolled("ana", known) and not credentials.enrolled("bob", known)


def test_labels_are_shown_so_they_are_plain_and_short():
    known = people()
    passkey(known, label="  my \n laptop " + "x" * 100)
    (kept,) = credentials.of("ana", known)
    assert kept.value.label.startswith("my laptop xxx") and len(kept.value.label) == 60
    passkey(known, id="two", label=" ")
    with pytest.raises(InputError, match="visible"):
        passkey(known, id="three", label="a\u202eb")


def test_nobody_collects_passkeys():
    known = people()
    for number in range(MAX_PASSKEYS):
        passkey(known, id=f"k{number}")
    with pytest.raises(ConflictError, match="more than"):
        passkey(known, id="one too many")


def test_a_device_is_kept_when_its_first_code_was_right():
    known = people()
    with pytest.raises(AuthenticationError, match="code is wrong"):
        credentials.add_one_time("ana", SECRET, "000000", documents=known, **WHEN)
    assert not ONE_TIME.all(known)
    device(known)
    assert credentials.prove("ana", CODE, known, START) is None, "that code was used to enrol"
    with pytest.raises(ConflictError, match="already"):
        device(known)


def test_of_two_who_use_one_code_at_once_one_comes_in():
    known = people()
    device(known)
    later = START + timedelta(seconds=30)
    code = pyotp.TOTP(SECRET).at(later)
    one, two = (credentials.prove("ana", code, known, later) for _ in "ab")
    assert one and two and one.method is Method.CODE
    known.take(Unit([], list(one.changes)))
    with pytest.raises(ConflictError):
        known.take(Unit([], list(two.changes)))


def test_a_recovery_code_stands_in_once():
    known = people()
    with pytest.raises(ConflictError, match="no second factor"):
        codes(known)
    device(known)
    codes(known)
    assert not any(code.replace("-", "") in str(known.kept) for code in CODES)
    proof = credentials.prove("ana", CODES[0], known, START)
    assert proof and proof.method is Method.RECOVERY
    known.take(Unit([], list(proof.changes)))
    assert credentials.prove("ana", CODES[0], known, START) is None
    assert credentials.prove("bob", CODES[1], known, START) is None
    assert len(RECOVERY.get("ana", known).value.codes) == 9
    codes(known)
    assert len(credentials.held("ana", known).recovery.codes) == 10, "new ones end the old ones"


def test_a_passkey_says_whose_it_is_and_its_count_is_kept():
    known, soft, rules = people(), Authenticator(), Rules()
    made = passkeys.register(
        soft.create(passkeys.creation("ana", (), CHALLENGE, rules)), CHALLENGE, rules
    )
    known.take(credentials.add_passkey("ana", made, "", documents=known, **WHEN))
    said = soft.get(passkeys.request((), CHALLENGE, rules))

    def recognise(credential):
        return credentials.recognise(credential, CHALLENGE, documents=known, rules=rules, now=START)

    name, proof = recognise(said)
    assert (name, proof.method) == ("ana", Method.PASSKEY)
    known.take(Unit([], list(proof.changes)))
    assert PASSKEY.all(known)[0].value.count == soft.count
    with pytest.raises(AuthenticationError, match="not right"):
        recognise(said)
    with pytest.raises(AuthenticationError, match="does not know"):
        recognise(said.replace(made.credential, "bm9uZQ"))


def test_the_last_second_factor_of_a_privileged_account_stays():
    known = people()
    first = passkey(known)
    device(known)
    codes(known)

    def remove(id, name="ana"):
        known.take(credentials.remove(name, id, known=known, **WHEN))

    with pytest.raises(NotFoundError):
        remove(first, "bob")
    for other in ("none", "one-time", "recovery"):
        with pytest.raises(NotFoundError):
            remove(other, "bob")
    remove("recovery")
    remove(first)
    with pytest.raises(ConflictError, match="last second factor"):
        remove("one-time")
    first = passkey(known)
    remove("one-time")
    with pytest.raises(ConflictError, match="last second factor"):
        remove(first)


def test_a_viewer_may_go_back_to_a_password_but_not_to_nothing():
    known = people(Role.VIEWER)
    device(known)
    known.take(credentials.remove("ana", "one-time", known=known, **WHEN))
    known.take(Unit([], [PutOperator(account("bob", Role.VIEWER), "")]))
    key = passkey(known, "bob")
    with pytest.raises(ConflictError):
        credentials.remove("bob", key, known=known, **WHEN)


@pytest.mark.parametrize(
    ("role", "invited", "required", "has", "waits"),
    [(Role.ADMIN, False, False, False, False), (Role.ADMIN, False, True, False, True),
     (Role.ADMIN, True, False, False, True), (Role.ADMIN, False, False, True, True),
     (Role.VIEWER, True, True, False, False)],
)  # fmt: skip
def test_where_one_is_needed_privileged_roles_wait_for_it(role, invited, required, has, waits):
    known, entropy = people(role), CountedEntropy()
    rules = Rules(second_factor="required" if required else "enrolled")
    if invited:
        known.take(Unit([], [credentials.INVITED.new("ana", True)]))
    if has:
        passkey(known)

    def come_in(method):
        secret, unit = sessions.enter(
            "ana", method, Seen(), known=known, now=START,
            entropy=entropy.bytes(96),
        )  # fmt: skip
        known.take(unit)
        return credentials.weighed(
            sessions.who(secret, known=known, used=None, now=START), known, rules
        )

    assert come_in(Method.PASSWORD).operator.roles == (frozenset() if waits else {role})
    assert come_in(Method.PASSWORD).second_factor is has
    assert come_in(Method.PASSKEY).operator.roles == {role}
    machine = come_in(Method.MACHINE)
    assert machine.operator.roles == {role} and not machine.second_factor


def test_everything_of_somebody_can_be_forgotten():
    known = people()
    passkey(known)
    passkey(known, "bob", "other")
    device(known)
    codes(known)
    known.take(Unit([], [credentials.INVITED.new("ana", True)]))
    gone = [*credentials.forgotten("ana", known), *credentials.uninvited("ana", known)]
    known.take(Unit([], gone))
    assert [each.kind for each in known.kept.values()] == ["passkey"]
    assert credentials.forgotten("ana", known) == credentials.uninvited("ana", known) == []
