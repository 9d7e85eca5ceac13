"""Containers: the gateway has no network at all; what it may reach comes over unix sockets.

Two relays carry them: one beside the gateway turns a loopback port into a socket in a shared
folder, one beside Clawband turns it back. Works with any program that reads compose files.
"""

import json
from collections.abc import Sequence
from typing import Final

from clawband.containment import seccomp
from clawband.containment.definition import Definition

SHARED_GROUP: Final = 64_122
"""Of workspaces, in the images: both users are in it."""

IMAGES: Final = """\
# Clawband, and the gateway on top of it: the launcher is at the same place in both.
ARG PYTHON=python:3.13-slim-bookworm
ARG NODE=node:24-bookworm-slim

FROM ${PYTHON} AS clawband
COPY . /src
RUN pip install --no-cache-dir --require-hashes -r /src/requirements/runtime.txt \\
    && pip install --no-cache-dir --no-deps --no-build-isolation /src \\
    && mv /src/plugin /opt/plugin && rm -rf /src \\
    && install -d -m 0700 -o 64119 -g 64119 /var/lib/clawband \\
    && install -d -m 1777 /link
USER 64119:64119
WORKDIR /var/lib/clawband
CMD ["clawband", "serve"]

FROM ${NODE} AS node
ARG OPENCLAW=2026.9.6
RUN npm install --global --ignore-scripts openclaw@${OPENCLAW}

FROM clawband AS openclaw
USER root
COPY --from=node /usr/local /opt/node
ENV PATH=/opt/node/bin:/usr/local/bin:/usr/bin:/bin
RUN install -d -m 0700 -o {gateway} -g {gateway} /state \\
    && install -d -m 2770 -o {gateway} -g 64122 /workspaces \\
    && install -d -m 0755 -o {commands} -g {commands} /run/clawband
USER {gateway}:{gateway}
WORKDIR /state
ENV HOME=/state OPENCLAW_STATE_DIR=/state OPENCLAW_CONFIG_PATH=/state/openclaw.json
CMD ["sh", "-c", "umask 0007 && exec openclaw gateway run"]
"""
_SERVICE: Final = """\
  {name}:
    image: {image}
    build: {{ context: ., dockerfile: Containerfile, target: {image} }}
    user: "{user}:{user}"
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"{seccomp}]
    pids_limit: {pids}
    tmpfs: ["/tmp:rw,nosuid,nodev,mode=1777"]
"""


def files(definition: Definition) -> dict[str, str]:
    """`ports`, `inbound` and the users are the definition's; paths are the images' own."""
    users = {"gateway": definition.gateway.uid, "commands": definition.commands.uid}
    image = IMAGES
    for who, uid in users.items():
        image = image.replace(f"{{{who}}}", str(uid))
    return {
        "Containerfile": image,
        "compose.yaml": _compose(definition),
        "seccomp-gateway.json": _json(seccomp.profile(launcher=False)),
        "seccomp-commands.json": _json(seccomp.profile(launcher=True)),
    }


def _compose(definition: Definition) -> str:
    gateway, commands = definition.gateway.uid, definition.commands.uid
    ports, inbound = definition.ports, definition.inbound
    out = [f"unix:/link/{port}.sock=127.0.0.1:{port}" for port in ports]
    into = [f"127.0.0.1:{port}=unix:/link/in-{port}.sock" for port in inbound]
    back = [f"127.0.0.1:{port}=unix:/link/{port}.sock" for port in ports]
    door = [f"unix:/link/in-{port}.sock=127.0.0.1:{port}" for port in inbound]
    plugin = ["unix:/link/gateway.sock=unix:/var/lib/clawband/var/gateway.sock"]
    beside = "0.0.0.0:8630=127.0.0.1:8620"
    return "".join(
        [
            "# The gateway has no network. Its console is Clawband's, at 127.0.0.1:8620.\n",
            "name: clawband\nservices:\n",
            _service("clawband", "clawband", 64_119),
            '    ports: ["127.0.0.1:8620:8630"]\n',
            "    volumes: [clawband:/var/lib/clawband]\n",
            _service("link-out", "clawband", 64_119),
            '    network_mode: "service:clawband"\n    depends_on: [clawband]\n',
            "    volumes: [clawband:/var/lib/clawband, link:/link]\n",
            _command([beside, *out, *into, *plugin]),
            _service("openclaw", "openclaw", gateway, "gateway", 512),
            "    network_mode: none\n    depends_on: [link-out]\n",
            f'    group_add: ["{SHARED_GROUP}"]\n',
            "    volumes: [state:/state, workspaces:/workspaces, door:/run/clawband, link:/link]\n",
            _service("link-in", "clawband", gateway),
            '    network_mode: "service:openclaw"\n    depends_on: [openclaw]\n',
            "    volumes: [link:/link]\n",
            _command([*back, *door]),
            _service("commands", "openclaw", commands, "commands", 512),
            '    network_mode: "service:openclaw"\n    depends_on: [openclaw]\n',
            f'    group_add: ["{SHARED_GROUP}"]\n',
            "    volumes: [workspaces:/workspaces, door:/run/clawband]\n",
            "    command: [sh, -c, 'umask 0007 && exec python -I -m clawband.launcher.spawner "
            f"{gateway} /run/clawband/commands-of-{gateway}.sock']\n",
            "volumes: { clawband: {}, link: {}, state: {}, workspaces: {}, door: {} }\n",
        ]
    )


def _service(name: str, image: str, user: int, profile: str = "", pids: int = 64) -> str:
    seccomp_file = f', "seccomp=./seccomp-{profile}.json"' if profile else ""
    return _SERVICE.format(name=name, image=image, user=user, seccomp=seccomp_file, pids=pids)


def _command(pairs: Sequence[str]) -> str:
    return f"    command: {json.dumps(['clawband', 'contain', 'relay', *pairs])}\n"


def _json(profile: object) -> str:
    return json.dumps(profile, indent=2) + "\n"
