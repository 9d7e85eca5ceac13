"""A confined command waits for the tickets of the commands after it.

Every command may read the command lines of all processes; one that redeems another's ticket would
have its command and its credential.
"""

import os
import subprocess
import sys
import time

from clawband.launcher.wire import TICKET
from tests.launcher.conftest import server  # noqa: F401
from tests.simulators.launch_server import RUN

SEEN, MARK = "seen-by-every-command", "ticket-of-the-next-command"
THIEF = f"""
import os, sys
found = set()
sys.stdout.write("waiting\\n"); sys.stdout.flush()
while not os.path.exists("over"):
    for each in filter(str.isdigit, os.listdir("/proc")):
        for name in ("cmdline", "environ"):
            try:
                with open(f"/proc/{{each}}/{{name}}", "rb") as file:
                    text = file.read()
            except OSError:
                continue
            found |= {{mark for mark in ("{SEEN}", "{MARK}") if mark.encode() in text}}
print(sorted(found))
"""


def test_a_command_reads_no_ticket_of_the_next_one(server):  # noqa: F811
    (server.folder / "thief.py").write_text(THIEF)
    command = f"{sys.executable} -I -S thief.py"
    thief = server.start(command, stdout=subprocess.PIPE, text=True)
    assert thief.stdout.readline() == "waiting\n"
    server.command = "true"
    line = f"{sys.executable} -I -S {RUN} {server.port} # {SEEN}"
    given = {**os.environ, TICKET.decode(): MARK}
    until = time.monotonic() + 2
    while time.monotonic() < until:
        # As the gateway runs it: a shell, with the variables of the call.
        ran = subprocess.run(["/bin/sh", "-c", f"{line}; :"], cwd=server.folder, env=given)
        assert ran.returncode == 0
    (server.folder / "over").touch()
    out, _ = thief.communicate(timeout=60)
    assert out == f"['{SEEN}']\n"
    assert {dict(each)["ticket"] for each in server.redeemed} == {"ticket", MARK}
