"""The program: `python -m clawband.edges.interceptor KEYS-FOLDER AUTHORITIES-FILE`.

Standard input is the server's end of a socket pair. Over it come tunnels, each as one byte with
four descriptors (`tunnel.Ends`). It is a leash too: when it ends, so do we.
"""

import asyncio
import os
import resource
import socket
import sys
from pathlib import Path

import uvloop

from clawband.edges.interceptor.authority import Authority, trusting
from clawband.edges.interceptor.tunnel import Ends, House, serve
from clawband.model.errors import Error

READY = b"+"
ENDS = 4


async def run(house: House, channel: socket.socket) -> None:
    """Serve tunnels until the server lets go of us."""
    loop = asyncio.get_running_loop()
    tunnels: set[asyncio.Task[None]] = set()
    over = asyncio.Event()

    def come() -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(channel, 1, ENDS)
        except BlockingIOError:
            return
        except OSError:
            data, descriptors = b"", []
        if not data:
            loop.remove_reader(channel)
            over.set()
        elif len(descriptors) != ENDS:
            for each in descriptors:
                os.close(each)
        else:
            sockets = (socket.socket(fileno=each) for each in descriptors)
            task = loop.create_task(serve(house, Ends(*sockets)))
            tunnels.add(task)
            task.add_done_callback(tunnels.discard)

    channel.setblocking(False)
    loop.add_reader(channel, come)
    channel.send(READY)
    await over.wait()


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # Keys are never to be in a core dump.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))  # Four descriptors for each tunnel.
    keys, authorities = sys.argv[1:]
    try:
        house = House(Authority.open(Path(keys)), trusting(authorities))
    except Error as error:
        sys.exit(f"the interceptor cannot start: {error}")
    with socket.socket(fileno=os.dup(0)) as channel:
        uvloop.run(run(house, channel))


if __name__ == "__main__":
    main()
