"""The pages of leaks: reported, carried on, closed when the value is dead or somebody answers."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from clawband.edges.console.leaks import SAYS, clock
from clawband.model.leak import Leak, Step
from clawband.model.secret import Plan, Secret
from tests.edges.console.browsing import Page
from tests.edges.console.shop import HOSTILE

PLACE = "/secrets/leaks"


@pytest.fixture(scope="module", autouse=True)
def kept(own):
    service, cleo = own.shop.service, own.shop.as_("cleo")
    for name in ("crm/key", "old/key"):
        asked = Secret(name=name, environment="dev", kind="k", owner="cleo", purpose="p",
                       plan=Plan(driver="memory"), added=own.shop.clock.now())  # fmt: skip
        own.served.run(service.secrets.add(asked, cleo))
        own.served.run(service.secrets.put(name, b"the second one", cleo))


def look(house, path=PLACE, name="ana"):
    answer = house.as_(name).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def opened(own, secret, who="dov"):
    answer = own.post(who, f"{PLACE}/open", secret=secret, how=f"in a chat {HOSTILE}")
    assert re.fullmatch(rf"{PLACE}/\w+", answer.headers["location"])
    return answer.headers["location"]


def test_from_the_report_to_the_dead_value(own):
    assert "No leak is open" in Page(look(own)).text
    assert 'value="crm/key"' in look(own, f"{PLACE}?secret=crm/key")
    path = opened(own, "crm/key")
    html = look(own, path)
    text = Page(html).text
    assert HOSTILE not in html and "crm/key has leaked: 0 of 7 steps done" in text
    (ticking,) = [each for each in Page(html).all("time") if "data-clock" in each.attributes]
    assert re.search(r"(60:00|59:\d\d) left", text) and ticking.attributes["datetime"]
    assert "1 leak is open" in Page(look(own)).text
    assert path in look(own, "/") and path in look(own, "/secrets")
    for step in ("contain", "notify", "review", "copies", "trace", "rotate"):
        assert own.post("dov", f"{path}/take", step=step).status_code == 303
    leaks, service = own.shop.service.leaks, own.shop.service
    leak = leaks.get(path.rpartition("/")[2], own.shop.as_("ana")).value
    own.served.run(service.rotations.settled(leak.rotation))
    own.served.run(leaks.tick())
    assert "5 of 7 steps done" in Page(look(own, path)).text, "nobody has a mailbox here"
    for step, says in (("notify", "told on the phone"), ("copies", "searched by hand")):
        assert own.post("dov", f"{path}/mark", step=step, says=says).status_code == 303
    text = Page(look(own, path)).text
    assert "7 of 7 steps done" in text and "Its rotation, step by step" in text
    assert own.post("dov", f"{path}/close").status_code == 303
    text = Page(look(own, path)).text
    assert "The leak of crm/key is closed" in text and "the value is dead" in text
    assert f'action="{path}' not in look(own, path), "there is nothing left to do"


def test_it_is_accepted_with_a_name_and_a_reason(own):
    path = opened(own, "old/key")
    done = {"step": "review", "says": "the provider's own log has nothing"}
    assert own.post("dov", f"{path}/mark", **done).status_code == 303
    failed = {"step": "copies", "says": "a disk is away", "result": "failed"}
    assert own.post("dov", f"{path}/mark", **failed).status_code == 303
    assert own.post("dov", f"{path}/assign", step="trace", owner="bo").status_code == 303
    text = Page(look(own, path)).text
    assert "the provider's own log" in text.lower() and "bo answers for it" in text
    assert "failed" in text and "A disk is away" in text
    assert own.post("dov", f"{path}/close").status_code == 409
    assert own.post("dov", f"{path}/close", accept="it opens a test system").status_code == 303
    assert "It opens a test system" in Page(look(own, path)).text
    assert "accepted" in Page(look(own)).text


def test_what_is_refused(own):
    path = opened(own, "old/key")
    for who in ("bo", "vi"):
        assert f"{path}/take" not in look(own, path, who)
        assert own.post(who, f"{path}/take", step="contain").status_code == 403
        assert own.post(who, f"{PLACE}/open", secret="crm/key", how="x").status_code == 403
    assert own.post("dov", f"{path}/take", step="prove").status_code == 400
    assert own.post("dov", f"{path}/take", step="dance").status_code == 400
    assert own.post("dov", f"{path}/mark", step="review", says=" ").status_code == 400
    assert own.post("dov", f"{PLACE}/open", secret="old/key", how="x").status_code == 409
    assert own.post("dov", f"{PLACE}/open", secret="none", how="x").status_code == 404
    assert own.as_("ana").get(f"{PLACE}/none").status_code == 404


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(3_600, "60:00"), (61, "1:01"), (9, "0:09"), (0, "0:00"), (-75, "−1:15")],
)
def test_the_clock_goes_on(seconds, shown):
    now = datetime(2026, 11, 22, tzinfo=UTC)
    leak = Leak(secret="s", environment="dev", versions=(1,), how="h", by="b", opened=now,
                due=now + timedelta(seconds=seconds), tasks=())  # fmt: skip
    assert clock(leak, now) == shown


def test_each_step_has_its_words():
    assert set(SAYS) == set(Step)
