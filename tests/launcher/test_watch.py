"""The supervisor at its two services, and at its reports."""

import sys
import textwrap

from clawband.launcher.probe import supervision

AGAIN = "GET http://service.invalid/ HTTP/1.1\\r\\nhost: service.invalid\\r\\n\\r\\n"


def inside(server, code):
    """What a Python program prints in the launcher; `PROXY` is its one way out."""
    program = server.folder / "program.py"
    program.write_text(
        f"import socket, threading, os, select\nPROXY = ('127.0.0.1', {server.port})\n"
        f"ASK = b'{AGAIN}'\n" + textwrap.dedent(code)
    )
    ran = server.run(f"{sys.executable} -I -S program.py")
    assert ran.stderr == ""
    return ran.stdout.strip()


def test_this_machine_can_supervise(server):
    assert supervision() is (dict(server_facts(server))["notify"] == "1")


def server_facts(server):
    server.run("true")
    return server.redeemed[-1]


def test_the_proxy_is_reached_from_a_blocking_socket(server):
    code = """
        line = socket.create_connection(PROXY)
        line.sendall(ASK)
        print(line.makefile().read()[-17:], line.getpeername() == PROXY)
        print(line.getsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, 16) == bytes(16))
    """
    assert inside(server, code) == "through the proxy True\nTrue"
    assert server.blocked == []


def test_the_proxy_is_reached_without_waiting(server):
    code = """
        line = socket.socket()
        line.setblocking(False)
        said = line.connect_ex(PROXY)
        poll = select.poll()
        poll.register(line, select.POLLOUT)
        poll.poll(5000)
        print(said in (0, 115), line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
    """
    assert inside(server, code) == "True 0"


def test_the_proxy_is_reached_from_every_thread_and_family(server):
    code = """
        said = []
        def ask():
            line = socket.socket(socket.AF_INET6)
            line.connect(('::ffff:127.0.0.1', PROXY[1]))
            said.append(line.getpeername()[1] == PROXY[1])
        threads = [threading.Thread(target=ask) for _ in range(8)]
        for each in threads: each.start()
        for each in threads: each.join()
        print(said.count(True))
    """
    assert inside(server, code) == "8"


def test_a_connected_socket_cannot_be_turned_elsewhere(server):
    code = f"""
        line = socket.create_connection(PROXY)
        try: line.connect(('127.0.0.2', {server.port}))
        except OSError as error: print(error.errno)
        try: line.connect(PROXY)
        except OSError as error: print(error.errno)
    """
    assert inside(server, code) == "13\n106"
    assert server.blocked == [f"connect 127.0.0.2:{server.port}"]


def test_nonsense_is_an_error_and_no_end(server):
    code = """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        line = socket.socket()
        for descriptor, address, length in ((line.fileno(), None, 16), (line.fileno(), None, 1),
            (line.fileno(), b'x', 4096), (line.fileno(), 8, 16), (-1, b'\\x02\\x00', 2)):
            result = libc.connect(descriptor, address, length)
            print(result, ctypes.get_errno())
        good = b'\\x02\\x00' + PROXY[1].to_bytes(2, 'big') + bytes([127, 0, 0, 1]) + bytes(8)
        for descriptor in (-1, 999, 0, os.open('.', os.O_RDONLY)):
            result = libc.connect(descriptor, good, 16)
            print(result, ctypes.get_errno() in (9, 88))
    """
    said = inside(server, code).splitlines()
    assert [line.split()[0] for line in said] == ["-1"] * 9
    assert [line.split()[1] for line in said[5:]] == ["True"] * 4


def test_a_unix_socket_may_listen_in_the_workspace_and_tcp_not(server):
    code = """
        one = socket.socket(socket.AF_UNIX)
        one.bind('here')
        one.listen()
        try: socket.socket().listen()
        except OSError as error: print(error.errno)
        a, b = socket.socketpair()
        a.send(b'pair')
        print(b.recv(4))
    """
    assert inside(server, code) == "13\nb'pair'"
    assert server.blocked == ["listen"]


def test_name_services_are_refused_in_silence(server):
    code = """
        for path in ('/var/run/nscd/socket', '/run/docker.sock'):
            print(socket.socket(socket.AF_UNIX).connect_ex(path))
    """
    assert inside(server, code) == "2\n13"
    assert server.blocked == ["unix /run/docker.sock"]


def test_reports_that_are_lost_come_with_the_end(server):
    """No answer while the command runs: the attempt is stopped all the same, and told later."""
    code = f"print(socket.socket().connect_ex(('127.0.0.2', {server.port})))"
    server.deaf = 1
    assert inside(server, code) == "13"
    assert server.blocked == [f"connect 127.0.0.2:{server.port}"]
