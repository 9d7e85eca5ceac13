"""`CLAWBAND_TICKET=… python -I -S run.py PORT`: runs what the ticket stands for, confined."""

import posix
import sys


def _fail(kind: type[BaseException], error: BaseException, trace: object) -> None:
    """Whatever went wrong, the command was not run: one line, and the exit status that says so."""
    text = f"clawband: {str(error) or kind.__name__}\n"
    posix.write(2, text.encode("utf-8", "surrogateescape"))
    posix._exit(126)


sys.excepthook = _fail
sys.path.append(__file__.rpartition("/clawband/")[0])

from clawband.launcher.command import main  # noqa: E402  (the path comes first)

main(sys.argv[1:])
