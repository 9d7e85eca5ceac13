"""The link: both the credential and the certificate of one gateway, or nothing."""

import asyncio
import ssl
from contextlib import asynccontextmanager

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from clawband.adapters.certificates import pem
from clawband.adapters.certificates.authority import VaultAuthority
from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.own import OwnVault
from clawband.model.tls import LINK
from clawband.ports.doors import Shown
from tests.edges.api.calling import is_problem
from tests.edges.api.linking import HOST, linking
from tests.simulators.small import story

BEAT = {"v": 1, "boot": "b", "seq": 1, "versions": {}, "counts": {}, "refused": []}
PATH = "/gateway/v1/heartbeat"


def csr(key):
    return pem.request(key, []).public_bytes(Encoding.PEM).decode()


@asynccontextmanager
async def connection(linked, context):
    """A TLS connection, and how many bytes of a request's answer come over it."""
    reader, writer = await asyncio.open_connection(HOST, linked.port, ssl=context)
    body = b'{"v":1,"boot":"c","seq":1,"versions":{},"counts":{},"refused":[]}'
    head = (
        f"POST {PATH} HTTP/1.1\r\nhost: {HOST}\r\ncontent-length: {len(body)}\r\n"
        f"authorization: Bearer {linked.house.credential}\r\n\r\n"
    )

    async def beat():
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length: ")[2].split()[0])
        await reader.readexactly(length)
        return int(answer.split()[1]), writer.get_extra_info("ssl_object").getpeercert()

    yield beat
    writer.close()


@story
async def test_a_gateway_that_shows_its_certificate_is_answered_over_tls_1_3(tmp_path):
    async with linking(tmp_path) as linked:
        shown = await linked.given()
        async with linked.http(shown) as http:
            assert (await http.post(PATH, json=BEAT)).json() == {"ok": True}
            is_problem(await http.post(PATH, json=BEAT, headers={"authorization": ""}), 401)
        async with connection(linked, await linked.trusting(shown)) as beat:
            assert (await beat())[0] == 200
        old = await linked.trusting(shown)
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(OSError):
            await asyncio.open_connection(HOST, linked.port, ssl=old)


@story
async def test_nothing_but_the_gateways_api_is_behind_it(tmp_path):
    async with linking(tmp_path) as linked, linked.http(await linked.given()) as http:
        for path in ("/", "/login", "/api/v1/status", "/api/v1/openapi.json", "/static/x"):
            assert (await http.get(path)).status_code == 404
        upgrade = {"connection": "upgrade", "upgrade": "websocket", "sec-websocket-key": "x"}
        assert (await http.get("/", headers=upgrade)).status_code == 404


@story
async def test_without_a_certificate_of_ours_there_is_no_connection(tmp_path):
    async with linking(tmp_path) as linked:
        vault = OwnVault(tmp_path / "other", LocalMaster(b"x" * 32))
        now, key = linked.house.clock.now(), pem.fresh()
        other = VaultAuthority(vault, [HOST])
        until = now.replace(year=now.year + 1)
        false = other.gateway("sample", csr(key), until, now)
        own = linked.house.service.running.tls.authority
        door = own.server([HOST], until, now)
        over = own.gateway("sample", csr(key), now, now)
        for shown in (None, Shown(false.encode(), pem.private(key)), door,
                      Shown(over.encode(), pem.private(key))):  # fmt: skip
            async with linked.http(shown) as http:
                with pytest.raises((httpx.ReadError, httpx.ConnectError, httpx.WriteError)):
                    await http.post(PATH, json=BEAT)


@story
async def test_a_certificate_of_another_gateway_or_one_that_nobody_issued_is_refused(tmp_path):
    async with linking(tmp_path) as linked:
        await linked.house.service.gateways.enroll("other", "dev", "setup")
        async with linked.http(await linked.given("other")) as http:
            answer = is_problem(await http.post(PATH, json=BEAT), 401)
            assert "is that of the gateway `other`, not of `sample`" in answer["detail"]
        key, now = pem.fresh(), linked.house.clock.now()
        authority = linked.house.service.running.tls.authority
        made = authority.gateway("sample", csr(key), now.replace(year=now.year + 1), now)
        async with linked.http(Shown(made.encode(), pem.private(key))) as http:
            answer = is_problem(await http.post(PATH, json=BEAT), 401)
            assert "is none of ours" in answer["detail"]
        assert len(linked.house.events("request:refuse")) == 2


@story
async def test_a_revoked_certificate_ends_also_what_is_open(tmp_path):
    async with linking(tmp_path) as linked:
        house, shown = linked.house, await linked.given()
        serial = pem.facts(pem.first(shown.chain)).serial
        async with connection(linked, await linked.trusting(shown)) as beat:
            assert (await beat())[0] == 200
            admin = await house.in_browser("admin")
            await house.service.certificates.revoke(serial, "sold", admin)
            assert (await beat())[0] == 401
            house.clock.forward(days=31)


@story
async def test_one_that_ended_while_it_was_open_counts_no_longer(tmp_path):
    async with linking(tmp_path) as linked:
        shown = await linked.given(days=1)
        async with connection(linked, await linked.trusting(shown)) as beat:
            assert (await beat())[0] == 200
            linked.house.clock.forward(days=2)
            assert (await beat())[0] == 401


@story
async def test_the_next_certificate_is_taken_with_this_one(tmp_path):
    async with linking(tmp_path) as linked:
        key = pem.fresh()
        async with linked.http(await linked.given()) as http:
            asked = {"request": csr(key)}
            told = (await http.post("/gateway/v1/certificate", json=asked)).json()
            is_problem(await http.post("/gateway/v1/certificate", json={"request": "x"}), 400)
        async with linked.http(Shown(told["chain"].encode(), pem.private(key))) as http:
            assert (await http.post(PATH, json=BEAT)).json() == {"ok": True}
        assert told["trust"] == await linked.house.service.certificates.root()


@story
async def test_a_renewal_drops_no_connection(tmp_path):
    """Open ones go on with what they saw, new ones see the next certificate."""
    async with linking(tmp_path) as linked:
        context = await linked.trusting(await linked.given())
        renew = linked.house.service.certificates.renewals.renew
        async with connection(linked, context) as first:
            status, before = await first()
            async with linked.http(None):
                for _ in range(5):
                    await renew(LINK, "test")
                    async with connection(linked, context) as fresh:
                        again = await asyncio.gather(first(), fresh())
                        assert [each[0] for each in again] == [status, 200]
                        assert again[0][1] == before != again[1][1]
