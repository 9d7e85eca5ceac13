"""From root to a user without any right, for ever."""

import os
import platform

from clawband.adapters.kernel import calls
from clawband.containment import seccomp
from clawband.containment.definition import Account

UMASK = 0o077


def become(account: Account, *, launcher: bool) -> int:
    """This process from now on: no capability, no new privilege, filtered calls, this user.

    `launcher`: it starts launchers, see `seccomp.program`; 0 then, else the descriptor of who is
    told of refused calls. The filter comes last: it needs no right once
    privileges are fixed, and it must not see our own preparations.
    """
    calls.drop_capabilities()
    os.setgroups([])
    os.setresgid(account.gid, account.gid, account.gid)
    os.setresuid(account.uid, account.uid, account.uid)
    os.umask(UMASK)
    calls.no_new_privileges()
    program = seccomp.program(platform.machine(), launcher=launcher)
    return calls.filter_calls(program, listen=not launcher)
