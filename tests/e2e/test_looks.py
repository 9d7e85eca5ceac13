"""Every page of the console: wide enough, legible, accessible (axe-core), in light and in dark."""

import re
from collections.abc import Iterator

import pytest

from clawband.edges.console.routes import PAGES
from tests.e2e.seats import desk
from tests.edges.console.browsing import addresses
from tests.edges.console.serving import Served, served
from tests.edges.console.week import lived

NO_PAGE = {
    "/activity/stream",
    "/doors/{name}/enter",
    "/events/{id}/proof",
    "/go",
    "/palette",
    "/me/openid",
    "/prove/openid",
}
"""What answers with something that is no page: a stream, files, ways to somewhere else."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("looks")) as opened:
        yield opened


@pytest.fixture(scope="module")
def paths(shop) -> list[str]:
    more = ["/me/terminal", "/me/mail/gone", "/nowhere"]
    return [*addresses(shop.shop), *shop.run(lived(shop.shop)), *more]


def test_no_page_is_left_out(paths):
    def looked_at(page: str) -> bool:
        deep = re.sub(r"\\\{\w+:path\\}", ".+", re.escape(page))
        pattern = re.compile(re.sub(r"\\\{[^}]*\\}", "[^/]+", deep))
        return any(pattern.fullmatch(path.partition("?")[0]) for path in paths)

    left_out = {page for page in PAGES if not looked_at(page)}
    assert left_out == NO_PAGE, "add an address to browsing.py or week.py"


@pytest.mark.timeout(1_800)  # every page, in each width and theme
def test_every_page_fits_is_legible_and_accessible(browser, shop, paths, axe):
    with desk(browser, shop.url, "ana", axe) as ana, desk(browser, shop.url, "bo", axe) as bo:
        flaws = []
        for path in paths:
            at = bo if path.startswith("/approvals") else ana
            at.open(path)
            flaws += at.flaws(re.sub(r"\W+", "-", path).strip("-")[:60] or "now")
        assert flaws == [], "\n".join(map(str, flaws))
        assert [each for each in ana.complaints + bo.complaints if "404" not in each] == []
