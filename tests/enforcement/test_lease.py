"""Leases: which permitted call explains a connection of the gateway."""

from datetime import UTC, datetime

from clawband.enforcement.lease import CONNECTIONS, LIFE, OPEN, Book, Lease, Target

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEWS = Target("news.example", 443)


def lease(call="c1", agent="sample/support", targets=(NEWS,), gateway="sample"):
    return Lease(
        gateway=gateway, agent=agent, tool="web_fetch", session="s", run="r", call=call, trace="t",
        who="telegram:1", cause="dec_1", targets=frozenset(targets), expires=NOW + LIFE,
    )  # fmt: skip


def book(*leases):
    found = Book()
    for each in leases:
        found.open(each)
    return found


def test_only_the_named_target_of_the_same_gateway():
    kept = book(lease())
    assert kept.naming("sample", NEWS, NOW)
    assert kept.naming("sample", Target("news.example", 80), NOW) is None
    assert kept.naming("sample", Target("evil.example", 443), NOW) is None
    assert kept.naming("other", NEWS, NOW) is None


def test_it_ends_with_the_call():
    kept = book(lease())
    assert kept.close("sample", "r", "c1").call == "c1"
    assert kept.naming("sample", NEWS, NOW) is None
    assert kept.close("sample", "r", "c1") is None


def test_it_ends_with_its_time():
    kept = book(lease())
    assert kept.naming("sample", NEWS, NOW + LIFE) is None
    assert len(kept) == 0


def test_it_is_used_up():
    one = lease()
    kept = book(one)
    for _ in range(CONNECTIONS):
        kept.naming("sample", NEWS, NOW).used += 1
    assert kept.naming("sample", NEWS, NOW) is None


def test_the_oldest_with_something_left_is_used_first():
    first, second = lease("c1"), lease("c2")
    kept = book(first, second)
    assert kept.naming("sample", NEWS, NOW) is first
    first.used = CONNECTIONS
    assert kept.naming("sample", NEWS, NOW) is second


def test_all_of_an_agent_or_a_gateway_end_at_once():
    kept = book(lease("c1"), lease("c2", agent="sample/lead"), lease("c3", gateway="other"))
    assert kept.end(agent="sample/lead") == 1
    assert kept.end(gateway="sample") == 1
    assert len(kept) == 1


def test_too_many_are_fewer_not_more():
    kept = book(*(lease(f"c{n}") for n in range(OPEN + 5)))
    assert len(kept) == OPEN
    assert kept.close("sample", "r", "c0") is None
