"""`clawband login` without a password: a code here, a yes in a browser."""

import re
import subprocess
import sys

from tests.edges.cli.terminal import Terminal
from tests.simulators.doors import served_house


def test_a_code_is_shown_and_the_sign_in_kept(alone: Terminal, tmp_path) -> None:
    with served_house(tmp_path / "house") as house:
        command = [sys.executable, "-m", "clawband", "-C", str(alone.folder), "--server", house.url]
        with subprocess.Popen(
            [*command, "login"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                assert process.stderr and process.stdout
                said = process.stderr.readline()
                found = re.search(r"open \S+/me/terminal and type (\S+), within ten minutes", said)
                assert found, said
                person = house.run(house.inside.in_browser("viewer"))
                house.run(house.inside.service.terminals.approve(found[1], person))
                assert process.stdout.read() == "signed in as viewer (viewer)\n"
                assert process.wait(30) == 0
            finally:
                process.kill()  # or what is asked for would be waited for, ten minutes
        assert alone("--server", house.url, "whoami").out.startswith("viewer (viewer) at ")
        sessions = alone("--server", house.url, "sessions", "list", "--json").json["sessions"]
        (here,) = [each for each in sessions if each["current"]]
        assert here["method"] == "another sign-in"
        assert re.match(r"clawband/\S+ on \S+", here["agent"])
