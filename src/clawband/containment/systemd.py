"""systemd units: users, a network namespace with one link, the gateway, its commands, Clawband.

The gateway's configuration stays as it is: what it names on loopback is carried over the link by
systemd's own socket proxy.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from clawband.containment.definition import Definition, Link
from clawband.containment.firewall import ruleset

NETNS: Final = "/run/netns/{name}"
NFT: Final = "/etc/clawband/{name}.nft"
PROXYD: Final = "/usr/lib/systemd/systemd-socket-proxyd"

HARDENED: Final = """\
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=tmpfs
PrivateTmp=yes
PrivateDevices=yes
PrivateIPC=yes
PrivateMounts=yes
ProtectHostname=yes
ProtectClock=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectProc=invisible
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
KeyringMode=private
UMask=0077
SystemCallArchitectures=native
SystemCallFilter=@system-service seccomp{more}
SystemCallFilter=~@keyring @privileged @resources io_uring_setup io_uring_enter io_uring_register \
process_vm_readv process_vm_writev userfaultfd kcmp setns unshare
SystemCallErrorNumber=EPERM
"""
LANDLOCK: Final = "landlock_create_ruleset landlock_add_rule landlock_restrict_self"
# Node compiles what it runs: memory that is written and then executed must stay possible.
JIT: Final = "# MemoryDenyWriteExecute= is missing on purpose: Node's compiler needs such memory.\n"


def files(
    definition: Definition, link: Link, command: Sequence[str], around: Mapping[str, str]
) -> dict[str, str]:
    """`around`: `python`, `spawner`, `clawband` (its program), `folder` (with clawband.toml) and
    `state` (its state folder)."""
    name = f"openclaw-{definition.name}"
    found = {
        f"sysusers.d/{name}.conf": _users(definition),
        f"tmpfiles.d/{name}.conf": _folders(definition),
        f"clawband/{name}.nft": ruleset(definition, link),
        f"system/{name}-link.service": _link(name, link),
        f"system/{name}.service": _gateway(name, definition, link, command, around),
        f"system/{name}-commands.socket": _door(name, definition),
        f"system/{name}-commands.service": _commands(name, definition, link, around),
        f"system/{name}-watch.service": _watch(name, definition, around),
        "system/clawband.service": _clawband(around),
    }
    for port in definition.ports:
        listen = f"ListenStream={link.outside}:{port}\nBindToDevice={link.device}"
        found |= _carried(f"{name}-out-{port}", name, listen, f"127.0.0.1:{port}")
    for port in definition.inbound:
        listen = f"ListenStream=127.0.0.1:{port}"
        found |= _carried(f"{name}-in-{port}", name, listen, f"{link.inside}:{port}")
    for number, path in enumerate(definition.sockets):
        listen = (
            f"ListenStream=/run/clawband/{name}-{number}.sock\n"
            f"SocketUser={definition.gateway.name}\nSocketMode=0600"
        )
        found |= _carried(f"{name}-socket-{number}", name, listen, path)
    return found


def _users(definition: Definition) -> str:
    return (
        f'u {definition.gateway.name} - "OpenClaw" - -\n'
        f'u {definition.commands.name} - "commands of OpenClaw" - -\n'
        'u clawband - "Clawband" - -\n'
    )


def _folders(definition: Definition) -> str:
    """Workspaces belong to both: what one of them makes, the other may change."""
    both = ",".join(f"user:{each.name}:rwX" for each in (definition.gateway, definition.commands))
    defaults = ",".join(f"default:{each}" for each in both.split(","))
    owner = definition.gateway.name
    return "".join(
        [
            "d /run/clawband 0755 root root -\n",
            *(f"Z {path} - {owner} {owner} -\n" for path in definition.write),
            *(f"z {path} 0440 {owner} clawband -\n" for path in definition.private),
            *(f"A+ {path} - - - - {both},{defaults}\n" for path in definition.shared),
        ]
    )


def _link(name: str, link: Link) -> str:
    inside = f"/usr/sbin/ip netns exec {name}"
    steps = (
        f"/usr/sbin/ip netns add {name}",
        f"/usr/sbin/ip link add {link.device} type veth peer name eth0 netns {name}",
        f"/usr/sbin/ip addr add {link.outside}/30 dev {link.device}",
        f"/usr/sbin/ip link set {link.device} up",
        f"/usr/sbin/ip -n {name} link set lo up",
        f"/usr/sbin/ip -n {name} addr add {link.inside}/30 dev eth0",
        f"/usr/sbin/ip -n {name} link set eth0 up",
        f"/usr/sbin/ip -n {name} route add default via {link.outside}",
        # A machine without IPv6 has no way out by it either; with it, attempts are to be seen.
        f"-/usr/sbin/ip -n {name} -6 addr add fd86::2/64 dev eth0 nodad",
        f"-/usr/sbin/ip -n {name} -6 route add default dev eth0",
        f"{inside} /usr/sbin/sysctl -q net.ipv4.conf.eth0.route_localnet=1",
        f"{inside} /usr/sbin/nft -f {NFT.format(name=name)}",
    )
    starts = "".join(f"ExecStart={step}\n" for step in steps)
    return (
        f"[Unit]\nDescription=The only way out of {name}\n\n"
        f"[Service]\nType=oneshot\nRemainAfterExit=yes\n{starts}"
        f"ExecStop=/usr/sbin/ip netns delete {name}\n"
    )


def _gateway(
    name: str,
    definition: Definition,
    link: Link,
    command: Sequence[str],
    around: Mapping[str, str],
) -> str:
    sockets = "".join(
        f"BindPaths=/run/clawband/{name}-{number}.sock:{path}\n"
        for number, path in enumerate(definition.sockets)
    )
    needed = " ".join(
        [
            f"{name}-link.service",
            f"{name}-commands.socket",
            *(f"{name}-out-{port}.socket" for port in definition.ports),
            *(f"{name}-socket-{number}.socket" for number, _ in enumerate(definition.sockets)),
        ]
    )
    writable = (*definition.write, *definition.shared)
    return (
        f"[Unit]\nDescription=OpenClaw gateway {definition.name}, contained\n"
        f"Requires={needed}\nAfter={needed} clawband.service\n\n"
        f"[Service]\nUser={definition.gateway.name}\nGroup={definition.gateway.name}\n"
        f"Environment=OPENCLAW_CONFIG_PATH={definition.config}\n"
        f"Environment=OPENCLAW_STATE_DIR={definition.write[0]} HOME={definition.write[0]}\n"
        f"ExecStart={' '.join(command)}\nRestart=on-failure\n"
        f"NetworkNamespacePath={NETNS.format(name=name)}\n"
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\n"
        f"IPAddressDeny=any\nIPAddressAllow=localhost {link.outside} {link.inside}\n"
        f"TemporaryFileSystem={around['state']}:ro\n"
        + _bound("BindPaths", writable)
        + _bound("BindReadOnlyPaths", (*definition.read, *definition.private))
        + sockets
        + JIT
        + HARDENED.format(more="")
        + "\n[Install]\nWantedBy=multi-user.target\n"
    )


def _door(name: str, definition: Definition) -> str:
    return (
        f"[Unit]\nDescription=Where {name} hands its commands over\n\n"
        f"[Socket]\nListenStream=/run/clawband/commands-of-%U.sock\n".replace(
            "%U", str(definition.gateway.uid)
        )
        + f"SocketUser={definition.gateway.name}\nSocketMode=0600\n"
        "\n[Install]\nWantedBy=sockets.target\n"
    )


def _commands(name: str, definition: Definition, link: Link, around: Mapping[str, str]) -> str:
    hidden = " ".join((*definition.write, *definition.private, definition.config))
    return (
        f"[Unit]\nDescription=Commands of {name}, as another user\n"
        f"Requires={name}-link.service\nAfter={name}-link.service\n\n"
        f"[Service]\nUser={definition.commands.name}\nGroup={definition.commands.name}\n"
        f"ExecStart={around['python']} -I -S {around['spawner']} {definition.gateway.uid}\n"
        f"NetworkNamespacePath={NETNS.format(name=name)}\n"
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6\n"
        f"IPAddressDeny=any\nIPAddressAllow=localhost {link.outside} {link.inside}\n"
        f"InaccessiblePaths={' '.join(f'-{each}' for each in hidden.split())}\n"
        f"TemporaryFileSystem={around['state']}:ro\n"
        + _bound("BindPaths", definition.shared)
        + _bound("BindReadOnlyPaths", definition.read)
        + HARDENED.format(more=f" {LANDLOCK} pidfd_getfd")
    )


def _watch(name: str, definition: Definition, around: Mapping[str, str]) -> str:
    """Hears what the firewall drops; the one right it keeps is needed for that."""
    users = f"--user {definition.gateway.name} --command-user {definition.commands.name}"
    only = HARDENED.replace("CapabilityBoundingSet=\n", "CapabilityBoundingSet=CAP_NET_ADMIN\n")
    only = only.replace("AmbientCapabilities=\n", "AmbientCapabilities=CAP_NET_ADMIN\n")
    return (
        f"[Unit]\nDescription=What tries to leave {name}\n"
        f"Requires={name}-link.service\nAfter={name}-link.service clawband.service\n\n"
        "[Service]\nUser=clawband\nGroup=clawband\n"
        f"ExecStart={around['clawband']} -C {around['folder']} contain watch"
        f" --credential {next(iter(definition.private), '')} {users}\nRestart=on-failure\n"
        f"NetworkNamespacePath={NETNS.format(name=name)}\n"
        "RestrictAddressFamilies=AF_UNIX AF_NETLINK\nMemoryDenyWriteExecute=yes\n"
        + only.format(more="")
        + "\n[Install]\nWantedBy=multi-user.target\n"
    )


def _clawband(around: Mapping[str, str]) -> str:
    return (
        "[Unit]\nDescription=Clawband\nAfter=network-online.target\nWants=network-online.target\n\n"
        "[Service]\nUser=clawband\nGroup=clawband\n"
        f"ExecStart={around['clawband']} -C {around['folder']} serve\nRestart=on-failure\n"
        "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\n"
        f"ReadWritePaths={around['state']}\n"
        "MemoryDenyWriteExecute=yes\n"
        + HARDENED.format(more="")
        + "\n[Install]\nWantedBy=multi-user.target\n"
    )


def _carried(unit: str, name: str, listen: str, target: str) -> dict[str, str]:
    """A socket, and systemd's proxy from it to where it leads."""
    return {
        f"system/{unit}.socket": (
            f"[Unit]\nDescription={unit}\nRequires={name}-link.service\n"
            f"After={name}-link.service\n\n"
            f"[Socket]\n{listen}\n\n[Install]\nWantedBy=sockets.target\n"
        ),
        f"system/{unit}.service": (
            f"[Unit]\nDescription={unit}\nRequires={unit}.socket\n\n"
            f"[Service]\nUser=clawband\nExecStart={PROXYD} {target}\n"
            "RestrictAddressFamilies=AF_UNIX AF_INET\nMemoryDenyWriteExecute=yes\n"
            + HARDENED.format(more="")
        ),
    }


def _bound(directive: str, paths: Sequence[str]) -> str:
    return "".join(f"{directive}={path}\n" for path in paths)
