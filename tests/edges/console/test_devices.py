"""What a browser is called: a few that people have, and what says nothing."""

import pytest

from clawband.edges.console.devices import called

AGENTS = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0": "Firefox on Linux",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0": "Edge on Windows",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/26.0 Safari/605.1.15": "Safari on Mac",
    "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
    "Mobile Safari/537.36": "Chrome on Android",
    "curl/8.5.0": "Something that does not say what it is",
    "": "Something that does not say what it is",
}


@pytest.mark.parametrize("agent", AGENTS)
def test_names(agent):
    assert called(agent) == AGENTS[agent]


def test_a_terminal_is_one_whatever_it_says():
    assert called("Mozilla/5.0 Firefox/1", terminal=True) == "A terminal"
