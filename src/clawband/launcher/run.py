"""`CLAWBAND_TICKET=… python -I -S run.py PORT`: runs what the ticket stands for, confined."""

import posix
import sys


def _fail(kind: type[BaseException], error: BaseException, trace: object) -> None:
    """Whatever went wrong, the command was not run: one line, and the exit status that says so."""
    text = f"clawband: {str(error) or kind.__name__}\n"
    posix.write(2, text.encode("utf-8", "surrogateescape"))
    posix._exit(126)


sys.excepthook = _fail
# This folder alone, so that nothing else of Clawband is looked for or loaded.
for name in ("clawband", "clawband.launcher"):
    package = type(sys)(name)
    package.__path__ = [__file__.rpartition("/")[0]]
    sys.modules[name] = package

from clawband.launcher.command import main  # noqa: E402  (its package comes first)

main(sys.argv[1:])
