"""TLS of a front door: the versions that are spoken, and a renewal that nobody notices."""

import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest

from clawband.adapters.certificates.authority import VaultAuthority
from clawband.adapters.vaults.master import LocalMaster
from clawband.adapters.vaults.own import OwnVault
from tests.edges.ingress.fronting import fronted, head_of, rest

HELLO = b"\x81\x85\x00\x00\x00\x00hello"


class Renewing:
    """Implements `ports.doors.Certificates` with our own authority."""

    def __init__(self, folder):
        now = datetime.now(UTC)
        vault = OwnVault(folder / "vault", LocalMaster(b"m" * 32))
        self._authority = VaultAuthority(vault, ["shop.localhost"])
        self.root = self._authority.root(now)
        self.renew()

    def renew(self):
        now = datetime.now(UTC)
        self.shown = self._authority.server(["shop.localhost"], now + timedelta(days=30), now)

    def of(self, door):
        return self.shown

    def context(self, version=ssl.TLSVersion.TLSv1_3):
        context = ssl.create_default_context(cadata=self.root)
        context.minimum_version = context.maximum_version = version
        return context


@pytest.fixture
def certificates(tmp_path):
    return Renewing(tmp_path)


def shaken(front, context):
    """Once the door shows something."""
    for _ in range(100):
        try:
            return front.connect(context)
        except (ConnectionError, ssl.SSLEOFError):
            threading.Event().wait(0.05)
    raise AssertionError("there was never a handshake")


def serial(client):
    return client.getpeercert()["serialNumber"]


def get(client, front, cookie, more="Connection: close"):
    client.sendall(
        f"GET / HTTP/1.1\r\nHost: {front.host}\r\nCookie: {cookie}\r\n{more}\r\n\r\n".encode()
    )


def test_it_speaks_tls_1_3_and_nothing_older(tmp_path, certificates):
    with fronted(tmp_path / "s", certificates) as front:
        with shaken(front, certificates.context()) as client:
            assert client.version() == "TLSv1.3" and client.selected_alpn_protocol() is None
        with pytest.raises((ssl.SSLError, ConnectionError)):
            front.connect(certificates.context(ssl.TLSVersion.TLSv1_2))


def test_where_it_is_asked_tls_1_2_too_with_what_keeps_secrets_forward(tmp_path, certificates):
    with fronted(tmp_path / "s", certificates, tls="1.2") as front:
        shaken(front, certificates.context()).close()
        with shaken(front, certificates.context(ssl.TLSVersion.TLSv1_2)) as client:
            assert client.cipher()[0].startswith("ECDHE") and "GCM" in client.cipher()[0]
        weak = certificates.context(ssl.TLSVersion.TLSv1_2)
        weak.set_ciphers("ECDHE-ECDSA-AES128-SHA256")
        with pytest.raises((ssl.SSLError, ConnectionError)):
            front.connect(weak)


def test_a_renewal_drops_no_connection(tmp_path, certificates):
    """A WebSocket, a kept connection and a load of new ones, while it is renewed twice."""
    context, seen, wrong, over = certificates.context(), set(), [], threading.Event()
    with fronted(tmp_path / "s", certificates) as front:
        cookie, _ = front.came()

        def load():
            while not over.is_set():
                try:
                    with front.connect(context) as client:
                        get(client, front, cookie)
                        if b" 200 OK" not in rest(client):
                            wrong.append("no answer")
                        seen.add(serial(client))
                except OSError as error:
                    wrong.append(repr(error))

        shaken(front, context).close()
        with front.connect(context) as kept, _websocket(front, context, cookie) as talking:
            first = serial(kept)
            threads = [threading.Thread(target=load) for _ in range(3)]
            for each in threads:
                each.start()
            for count in (2, 3):
                certificates.renew()
                while len(seen) < count:
                    talking.sendall(HELLO)
                    assert talking.recv(100) == b"\x81\x05hello"
            over.set()
            for each in threads:
                each.join()
            get(kept, front, cookie)
            assert b" 200 OK" in rest(kept) and serial(kept) == serial(talking) == first
    assert wrong == [] and len(seen) == 3


def _websocket(front, context, cookie):
    client = front.connect(context)
    fields = (
        "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", f"Origin: {front.door.origin}",
    )  # fmt: skip
    client.sendall(
        f"GET /ws HTTP/1.1\r\nHost: {front.host}\r\nCookie: {cookie}\r\n".encode()
        + "\r\n".join((*fields, "", "")).encode()
    )
    assert head_of(client).startswith(b"HTTP/1.1 101 ")
    return client
