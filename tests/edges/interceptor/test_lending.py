"""What is put on requests inside TLS and what is taken out of them, with a real client."""

import json

from tests.edges.egress.proxying import story
from tests.edges.interceptor.intercepting import SECRET, VALUE, intercepting


@story
async def test_a_credential_is_lent_to_exactly_its_host_and_its_line(tmp_path):
    async with intercepting(tmp_path) as house:
        mine = ("-H", "Authorization: Bearer mine")
        code, text = await house.curl(*mine, "https://api.test/v1/a")
        assert code == 0 and f"authorization: {VALUE}\r\n" in text and "mine" not in text
        # Another line of policy, which lends nothing: what the client says is its own.
        code, text = await house.curl(*mine, "https://api.test/plain/a")
        assert code == 0 and "Bearer mine" in text and VALUE not in text
        # Another host, for which policy names it and the settings do not.
        code, text = await house.curl(*mine, "https://far.test/")
        refused = json.loads(text)
        assert (refused["status"], refused["category"]) == (503, "credential")
        assert VALUE not in text
        assert [e.resource for e in await house.events("egress:close")] == [
            "Host::api.test"
        ] * 4 + ["Host::far.test"] * 2


@story
async def test_a_credential_is_nowhere_in_the_record(tmp_path):
    async with intercepting(tmp_path) as house:
        code, _ = await house.curl("https://api.test/v1/a")
        assert code == 0
        store = house.house.service.running.store
        closed = [e for e in await house.events("egress:close") if e.action == "net:request"]
        assert [e.detail["changed"] for e in closed] == [["credential api"]]
        leaves = b"".join(store.leaf(event.id).body for event in await house.events())
        assert b"api.test" in leaves
        assert VALUE.encode() not in leaves and b"of-the-deployment" not in leaves


@story
async def test_secrets_are_masked_where_policy_says_so_and_what_cannot_be_stays_here(tmp_path):
    async with intercepting(tmp_path) as house:
        said = json.dumps({"note": "grün", "key": SECRET})
        code, text = await house.curl("-d", said, "https://mask.test/x")
        assert code == 0 and SECRET not in text
        assert json.loads(text.partition("\r\n\r\n")[2])["key"] == "[secret: aws-access-key]"
        chunked = ("-H", "Transfer-Encoding: chunked", "-d", said)
        code, text = await house.curl(*chunked, "https://mask.test/x")
        assert code == 0 and SECRET not in text and "[secret: aws-access-key]" in text
        for closed in await house.events("egress:close"):
            if closed.action == "net:request":
                assert closed.detail["changed"] == ["masked 1"]
        code, text = await house.curl(f"https://mask.test/x?key={SECRET}")
        assert json.loads(text)["category"] == "mask"
        (refused,) = await house.events("egress:refuse")
        assert refused.detail["category"] == "mask" and SECRET not in str(refused.detail)
