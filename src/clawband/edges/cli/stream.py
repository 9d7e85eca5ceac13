"""The live stream of durable events (server-sent events, WHATWG HTML §9.2)."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from clawband.edges.cli.client import Client

PREFIX = "data: "


@contextmanager
def opened(client: Client) -> Iterator[Iterator[dict[str, Any]]]:
    """The stream, already connected: what happens after entering is in it."""
    with client.stream("/stream") as lines:
        yield (json.loads(line[len(PREFIX) :]) for line in lines if line.startswith(PREFIX))
