"""Run inside the launcher: one attempt to get out. `python -I -S attempts.py NAME [ARGUMENT...]`.

Every attempt raises `OSError` where it is stopped, and returns where it got through. Numbers of
system calls are those of x86-64 or, from 424 on, of every machine.
"""

import ctypes
import errno
import mmap
import os
import signal
import socket
import struct
import sys
import threading

LIBC = ctypes.CDLL(None, use_errno=True)
HERE = b"127.0.0.2"
X86 = os.uname().machine == "x86_64"
MSG_FASTOPEN = 0x20000000


def call(number, *arguments):
    """One system call; raises `OSError`."""
    given = [each if isinstance(each, bytes) else ctypes.c_long(each) for each in arguments]
    result = LIBC.syscall(ctypes.c_long(number), *given)
    if result == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def own(x86, other):
    return x86 if X86 else other


def trace():
    call(own(101, 117), 16, launcher(), 0, 0)


def read_memory():
    here = ctypes.create_string_buffer(8)
    vector = struct.pack("QQ", ctypes.addressof(here), 8)
    call(own(310, 270), launcher(), vector, 1, vector, 1, 0)


def launcher():
    return int(os.environ["LAUNCHER"])


def launcher_memory():
    os.open(f"/proc/{launcher()}/mem", os.O_RDONLY)


def launcher_environment():
    with open(f"/proc/{launcher()}/environ", "rb") as file:
        file.read()


def launcher_descriptors():
    os.readlink(f"/proc/{launcher()}/fd/2")


def launcher_folder():
    os.listdir(f"/proc/{launcher()}/cwd/")


def kill_launcher():
    os.kill(launcher(), signal.SIGKILL)


def kill_gateway(pid):
    os.kill(int(pid), signal.SIGKILL)


def kill_gateway_by_descriptor(pid):
    signal.pidfd_send_signal(os.pidfd_open(int(pid)), signal.SIGKILL)


def take_descriptor(pid):
    call(438, os.pidfd_open(int(pid)), 1, 0)


def limit_gateway(pid):
    call(own(302, 261), int(pid), 7, struct.pack("QQ", 0, 0), 0)


# Attempts that are one system call.
SINGLE = {
    "io_uring": (425, 8, bytes(120)),
    "unshare": (own(272, 97), 0x10000000),
    "clone_namespace": (own(56, 220), 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0),
    "clone3_namespace": (435, struct.pack("Q", 0x10000000) + bytes(80), 88),
    "mount": (own(165, 40), b"none\0", b"/tmp\0", b"tmpfs\0", 0, 0),
    "change_root": (own(161, 51), b".\0"),
    "new_mount": (430, b"tmpfs\0", 0),
    "bpf": (own(321, 280), 0, bytes(128), 128),
    "perf": (own(298, 241), bytes(128), 0, -1, -1, 0),
    "fault_handling": (own(323, 282), 1),
    "keys": (own(250, 219), 0, -3, 0),
    "other_personality": (own(135, 92), 0x0040000),
    "open_by_number": (own(304, 265), -100, bytes(128), 0),
    "type_into_terminal": (own(16, 29), 0, 0x5412, b"x"),
    # `socket` under the number of the x32 ABI.
    "x32_system_call": (0x40000000 + 41, 2, 2, 0),
}


def join_namespace():
    call(own(308, 268), os.open("/proc/self/ns/net", os.O_RDONLY), 0)


def own_supervisor():
    program = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0x7FC00000))
    call(own(317, 277), 1, 8, struct.pack("QQ", 1, ctypes.addressof(program)))


def setuid(binary, secret):
    """A program with a set-user-id bit, run by us, is still us."""
    text = os.popen(f"{binary} {secret} 2>&1").read()
    if "ermission denied" in text or "not permitted" in text:
        raise PermissionError(errno.EACCES, text)


def udp(port):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", (HERE, int(port)))


def udp6(port):
    socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b"x", ("::1", int(port)))


def raw_socket():
    socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)


def packet():
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW)


def netlink():
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)


def vsock():
    socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM)


def sctp():
    socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132)


def look_up():
    """Data as a name: what would tell a name server `c2VjcmV0`."""
    socket.getaddrinfo("c2VjcmV0.clawband.invalid", 80)


def connect(port):
    socket.create_connection((HERE, int(port)), 5)


def connect6(port):
    socket.create_connection(("::ffff:127.0.0.2", int(port)), 5)


def connect_other_port(port):
    socket.create_connection(("127.0.0.1", int(port)), 5)


def connect_many(count):
    for port in range(1, int(count) + 1):
        socket.socket().connect_ex((HERE, port))


def connect_unix(path):
    socket.socket(socket.AF_UNIX).connect(path)


def connect_abstract(name):
    socket.socket(socket.AF_UNIX).connect("\0" + name)


def unix_datagram(path):
    socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"x", path)


def datagram_pair(path):
    one, _ = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    one.sendto(b"x", path)


def fast_open(port):
    socket.socket().sendto(b"x", MSG_FASTOPEN, (HERE, int(port)))


def fast_open_message(port):
    socket.socket().sendmsg([b"x"], [], MSG_FASTOPEN, (HERE, int(port)))


def send_to_address(port):
    socket.socket().sendto(b"x", (HERE, int(port)))


def message_to_address(port):
    socket.socket().sendmsg([b"x"], [], 0, (HERE, int(port)))


def late_fast_open(port):
    line = socket.socket()
    line.setsockopt(socket.IPPROTO_TCP, 30, 1)  # TCP_FASTOPEN_CONNECT
    line.connect((HERE, int(port)))
    line.send(b"x")


def listen():
    socket.create_server(("127.0.0.1", 0))


def listen_unbound():
    socket.socket().listen()


def switched_address(proxy, port):
    """Changes the address while the call is being looked at, over and over."""
    good, bad = (
        list(struct.pack(">H", int(to)) + socket.inet_aton(host))
        for to, host in ((proxy, "127.0.0.1"), (port, "127.0.0.2"))
    )
    head = struct.pack("<H", socket.AF_INET)
    memory = (ctypes.c_ubyte * 16).from_buffer_copy(head + bytes(14))
    done = threading.Event()
    sys.setswitchinterval(0.0001)

    def change():
        while not done.is_set():
            memory[2:8] = bad
            memory[2:8] = good

    threading.Thread(target=change).start()
    try:
        for turn in range(60):
            with socket.socket() as line:
                memory[2:8] = bad if turn % 2 else good
                LIBC.connect(line.fileno(), memory, 16)
    finally:
        done.set()
    raise PermissionError(errno.EACCES, "whatever came of it")


def old_system_call():
    """`int 0x80`, the 32-bit way: socketcall would be number 102."""
    machine_code(b"\xb8\x66\x00\x00\x00\xcd\x80\xc3")


def machine_code(code):
    memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(code)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    ctypes.CFUNCTYPE(ctypes.c_int)(address)()


def inherited(number):
    os.read(int(number), 1)


def from_memory(secret):
    """A program without a file is confined as well."""
    memory = os.memfd_create("cat")
    with open("/usr/bin/cat", "rb") as file:
        os.write(memory, file.read())
    if os.spawnv(os.P_WAIT, f"/proc/self/fd/{memory}", ["cat", secret]):
        raise PermissionError(errno.EACCES, secret)


if __name__ == "__main__":
    try:
        if sys.argv[1] in SINGLE:
            call(*SINGLE[sys.argv[1]])
        else:
            globals()[sys.argv[1]](*sys.argv[2:])
    except OSError as stopped:
        print("stopped:", stopped)
    else:
        print("got through")
