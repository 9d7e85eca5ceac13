"""Certificates over the operators' API: what is told, and that no key ever is."""

from cryptography.hazmat.primitives.serialization import Encoding

from clawband.adapters.certificates import pem
from tests.edges.api.calling import calling, is_problem
from tests.simulators import certified
from tests.simulators.small import story


def asked():
    return pem.request(pem.fresh(), []).public_bytes(Encoding.PEM).decode()


@story
async def test_from_a_request_to_the_end_of_its_certificate(tmp_path):
    async with calling(tmp_path, certified=certified.of()) as caller:
        body = {"gateway": "sample", "request": asked(), "days": 30}
        given = (await caller.operate("POST", "/certificates", body)).json()
        trust = (await caller.operate("GET", "/certificates/trust")).json()["trust"]
        assert given["trust"] == trust and given["chain"].count("BEGIN CERTIFICATE") == 2
        answer = await caller.operate("GET", "/certificates", role="viewer")
        found = {each["use"]: each for each in answer.json()["certificates"]}
        assert set(found) == {"server", "gateway", "issuer"} and "PRIVATE" not in answer.text
        assert found["gateway"]["names"] == ["clawband://gateway/sample"]
        assert found["server"]["renewal"] < found["server"]["until"]
        serial = found["gateway"]["serial"]
        end = f"/certificates/{serial}/revoke"
        is_problem(await caller.operate("POST", end, {"because": ""}), 400)
        assert (await caller.operate("POST", end, {"because": "sold"})).json() == {"ok": True}
        answer = await caller.operate("GET", "/certificates")
        (revoked,) = [each for each in answer.json()["certificates"] if each.get("revoked")]
        assert (revoked["serial"], revoked["why"]) == (serial, "sold")


@story
async def test_a_door_shows_another_one_at_once(tmp_path):
    async with calling(tmp_path, certified=certified.of()) as caller:
        before = caller.house.service.certificates.renewals.named("shop")
        made = (await caller.operate("POST", "/certificates/shop/renew")).json()["certificate"]
        assert caller.house.service.certificates.renewals.named("shop") != before
        assert made["by"] == "admin"
        is_problem(await caller.operate("POST", "/certificates/other/renew"), 404)


@story
async def test_what_is_wrongly_asked_is_a_problem(tmp_path):
    async with calling(tmp_path, certified=certified.of()) as caller:
        for body in ({}, {"gateway": "sample"}, {"gateway": "sample", "request": "x"},
                     {"gateway": "sample", "request": asked(), "days": 366}):  # fmt: skip
            is_problem(await caller.operate("POST", "/certificates", body), 400)
        unknown = {"gateway": "other", "request": asked()}
        is_problem(await caller.operate("POST", "/certificates", unknown), 404)
