"""The only package that names concrete adapters: settings in, a running Clawband out.

- `parts`: the service from its ports.
- `serving`: its doors, its timetable, its start and its end.
"""

import logging

from clawband.bootstrap.parts import build, inspect
from clawband.bootstrap.serving import opened, running, serve

__all__ = ["build", "inspect", "opened", "running", "serve"]

logging.getLogger("clawband").addHandler(logging.NullHandler())
