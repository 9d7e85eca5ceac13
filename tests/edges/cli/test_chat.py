"""One's own chats at a terminal: linked, used, listed, unlinked."""

import httpx

from tests.edges.cli.terminal import Terminal

CHAT = "sample:telegram:7001"


def said(terminal: Terminal, text: str) -> str:
    """What the plugin passes on from a chat, and the answer to it."""
    end = "telegram:7001"
    event = {
        "channel": "telegram", "senderId": "7001", "from": end, "to": end, "args": text,
        "authorized": True, "internal": False,
    }  # fmt: skip
    answer = httpx.post(
        f"{terminal.url}/gateway/v1/command",
        json={"v": 1, "boot": "b", "event": event, "ctx": {"sessionKey": "agent:support:x:1"}},
        headers={"authorization": f"Bearer {terminal.credential}"},
    )
    return str(answer.raise_for_status().json()["text"])


def test_a_chat_is_linked_used_listed_and_unlinked(terminal):
    assert "no chat is yours" in terminal("--as", "olga", "chat", "list").out
    shown = terminal("--as", "olga", "chat", "link")
    assert "as olga" in said(terminal, shown.out.strip().removeprefix("/clawband "))
    assert "confirm it" in terminal("--as", "olga", "chat", "list").out
    confirmed = terminal("--as", "olga", "chat", "confirm", CHAT)
    assert confirmed.code == 0 and f"linked: {CHAT}" in confirmed.out
    (kept,) = terminal("--as", "olga", "chat", "list", "--json").json["chats"]
    assert kept["id"] == CHAT and kept["linked"]
    assert said(terminal, "") == "Nothing waits for you here."
    again = terminal("--as", "olga", "chat", "confirm", CHAT)
    assert again.code == 4 and "linked already" in again.err
    assert terminal("chat", "unlink", CHAT).code == 3, "ada's it is not"
    assert terminal("--as", "olga", "chat", "unlink", CHAT).out == f"unlinked: {CHAT}\n"
    assert "linked to nobody" in said(terminal, "")
    assert terminal("--as", "olga", "chat", "link", "--json").json["code"]
