"""`clawband budgets`, before a real server."""

from pathlib import Path

from tests.edges.cli.terminal import server
from tests.simulators.budgets import BUDGETED


def test_what_is_left_of_each_budget(tmp_path: Path) -> None:
    with server(tmp_path) as terminal:
        none = terminal("budgets")
        assert none.code == 0 and "no workflow in force has a budget" in none.out
        folder = tmp_path / "with-budgets"
        folder.mkdir()
        for name, text in BUDGETED.items():
            (folder / name).write_text(text)
        assert terminal("policy", "publish", str(folder)).code == 0
        assert terminal.turn("crm_read", {"customer": "17"})["verdict"] == "permit"
        money, pace = terminal("budgets", "--json").json
        assert (pace["used"], pace["left"], money["left"]) == (1, 4, 20_000)
        head, *rows = terminal("budgets").out.splitlines()
        assert head.split() == ["workflow", "budget", "for", "used", "left"]
        (line,) = [row.split() for row in rows if "pace" in row]
        assert line[:4] == ["support", "pace", "workflow", "20%"]
