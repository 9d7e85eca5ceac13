"""What is put on requests inside TLS and what is taken out of them, with a real client."""

import json

from tests.edges.egress.proxying import story
from tests.edges.interceptor.intercepting import MANIFEST, SECRET, VALUE, intercepting
from tests.simulators.small import WORKFLOWS

GATEWAY = """
gateway = "sample"
owner = "tests"
purpose = "the channel of the gateway itself"
environment = "dev"

[[standing]]
name = "channel"
purpose = "the bot"
hosts = ["bot.test"]
addresses = ["127.0.0.0/8"]
credential = "bot"
"""


@story
async def test_a_credential_is_lent_to_exactly_its_host_and_its_line(tmp_path):
    async with intercepting(tmp_path) as house:
        mine = ("-H", "Authorization: Bearer mine")
        code, text = await house.curl(*mine, "https://api.test/v1/a")
        assert code == 0 and f"authorization: {VALUE}\r\n" in text and "mine" not in text
        # Another line of policy, which lends nothing: what the client says is its own.
        code, text = await house.curl(*mine, "https://api.test/plain/a")
        assert code == 0 and "Bearer mine" in text and VALUE not in text
        # Another host, for which policy names it and its targets do not.
        code, text = await house.curl(*mine, "https://far.test/")
        refused = json.loads(text)
        assert (refused["status"], refused["category"]) == (403, "credential")
        assert VALUE not in text
        used = [each for each in await house.events("secret:lend") if each.outcome == "put on"]
        (lent,), (kept) = used, await house.events("secret:refuse")
        assert (lent.resource, lent.agent, lent.detail["host"]) == (
            "Secret::api", "sample/desk", "api.test",
        )  # fmt: skip
        assert [each.detail["host"] for each in kept] == ["far.test"]
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


@story
async def test_a_placeholder_goes_nowhere_but_where_its_value_goes(tmp_path):
    async with intercepting(tmp_path) as house:
        lending = house.house.service.lending
        api, bot = (lending.placeholder(each, house.house.gateway) for each in ("api", "bot"))
        code, text = await house.curl(f"https://bot.test/bot{bot}/send?chat=1")
        assert code == 0 and "GET /botbot-of-the-deployment/send?chat=1" in text
        code, text = await house.curl("-H", f"Authorization: Bearer {api}", "https://api.test/v1/a")
        assert code == 0 and VALUE in text and api not in text
        for wrong in (
            ("-H", f"X-Other: {api}", "https://api.test/v1/a"),
            ("-d", f"key={api}", "https://api.test/v1/a"),
            (f"https://api.test/v1/a?key={api}",),
            ("-H", f"Authorization: Bearer {bot}", "https://other.test/plain/a"),
            (f"https://bot.test/bot{bot}/send?text={bot}",),
        ):
            told = json.loads((await house.curl(*wrong))[1])
            assert (told["status"], told["category"]) == (403, "placeholder"), wrong
        for wrong in (
            f"https://bot.test/bot{api}/send",
            f"https://bot.test/{bot}",
            "https://bot.test/",
        ):
            told = json.loads((await house.curl(wrong))[1])
            assert (told["status"], told["category"]) == (403, "credential"), wrong
        refused = await house.events("secret:refuse")
        assert len(refused) == 8 and {each.agent for each in refused} == {"sample/desk"}
        everything = b"".join(
            house.house.service.running.store.leaf(each.id).body for each in await house.events()
        )
        assert b"of-the-deployment" not in everything


@story
async def test_a_new_value_needs_no_restart_and_a_removed_one_opens_nothing(tmp_path):
    async with intercepting(tmp_path) as house:
        secrets, by = house.house.service.secrets, house.house.signed("admin")
        await secrets.put("api", b"another", by)
        assert "authorization: Bearer another\r\n" in (await house.curl("https://api.test/v1/a"))[1]
        await secrets.put("api", b"two\nlines", by)
        told = json.loads((await house.curl("https://api.test/v1/a"))[1])
        assert (told["status"], told["category"]) == (503, "credential")
        await secrets.remove("api", by)
        told = json.loads((await house.curl("https://api.test/v1/a"))[1])
        assert (told["status"], told["category"]) == (403, "credential")


@story
async def test_a_value_is_put_on_what_the_gateway_itself_sends(tmp_path):
    async with intercepting(tmp_path) as house:
        others = {name: text for name, text in WORKFLOWS.items() if "[[standing]]" not in text}
        files = {**others, "desk.toml": MANIFEST, "gateway.toml": GATEWAY}
        await house.house.service.policies.publish_as(files, "setup", "x")
        mark = house.house.service.lending.placeholder("bot", house.house.gateway)
        who = f"gateway.sample:{house.egress.callers.password('sample')}"
        urls = [f"https://bot.test/bot{mark}/poll?{number}" for number in range(2)]
        code, text = await house.curl_as(who, *urls)
        assert code == 0 and text.count("GET /botbot-of-the-deployment/poll") == 2
        assert mark not in text
        told = json.loads((await house.curl_as(who, "https://bot.test/bot123:me/poll"))[1])
        assert (told["status"], told["category"]) == (403, "credential")
        # An agent may have named it, in a reply or a prompt.
        code, text = await house.curl_as(who, "-d", f"text={mark}", f"https://bot.test/bot{mark}/x")
        assert code == 0 and text.endswith(f"text={mark}")
        told = json.loads((await house.curl_as(who, f"https://bot.test/bot{mark}/x?{mark}"))[1])
        assert told["category"] == "placeholder"
        assert len(await house.events("secret:lend")) == 4
