"""What the checks of a connection cost: `python benchmarks/network.py [--json]`.

Each row is the median of the microseconds of one call; h11 and llhttp (httptools) beside our own
reader of heads, `ipaddress` beside our own filter, which it is a part of.
"""

import argparse
import json
import platform
import ssl
import statistics
import sys
from collections.abc import Callable
from ipaddress import ip_address
from time import perf_counter

import h11
import httptools

from clawband.network import addresses, forward, head, hello, hosts, urls
from clawband.network.chunks import Chunks

ROUNDS = 4_000
CONNECT = (
    b"CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n"
    b"Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic Zm9vOmJhcg==\r\n\r\n"
)
GET = (
    b"GET http://api.example.com/v1/items?page=2 HTTP/1.1\r\nHost: api.example.com\r\n"
    b"User-Agent: node\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\nAccept-Language: en\r\n"
    b"Connection: keep-alive\r\nProxy-Authorization: Basic Zm9vOmJhcg==\r\n"
    b"Content-Type: application/json\r\nContent-Length: 12\r\nX-Trace: 1\r\n\r\n"
)
OK = (
    b"HTTP/1.1 200 OK\r\nServer: x\r\nDate: Mon, 23 Nov 2026 09:00:00 GMT\r\n"
    b"Content-Type: text/html\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
)
BODY = (b"4000\r\n" + b"x" * 0x4000 + b"\r\n") * 4


def real_hello() -> bytes:
    sent = ssl.MemoryBIO()
    client = ssl.create_default_context().wrap_bio(
        ssl.MemoryBIO(), sent, server_hostname="api.example.com"
    )
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return sent.read()


class Told:
    """Takes what llhttp reads."""

    def __init__(self) -> None:
        self.fields: list[tuple[bytes, bytes]] = []

    def on_url(self, target: bytes) -> None:
        self.target = target

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((name, value))


def by_h11(data: bytes) -> object:
    server = h11.Connection(h11.SERVER)
    server.receive_data(data)
    return server.next_event()


def median(call: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return statistics.median(times) * 1e6


def rows() -> dict[str, Callable[[], object]]:
    read = head.request(GET)
    assert isinstance(read, head.Request)
    opening, public = real_hello(), ip_address("93.184.215.14")
    hidden = ip_address("64:ff9b::a9fe:a9fe")
    return {
        "head: CONNECT, 3 fields": lambda: head.request(CONNECT),
        "head: GET, 10 fields": lambda: head.request(GET),
        "head: GET, 10 fields, h11": lambda: by_h11(GET),
        "head: GET, 10 fields, llhttp": lambda: httptools.HttpRequestParser(Told()).feed_data(GET),
        "head: response, 5 fields": lambda: head.response(OK, "GET"),
        "what goes on, 10 fields": lambda: forward.request(read, "clawband"),
        "chunks: 64 KB": lambda: Chunks().feed(BODY),
        f"ClientHello, {len(opening)} bytes": lambda: hello.read(opening),
        "host": lambda: hosts.read("api.example.com"),
        "URL": lambda: urls.split("https://api.example.com/v1/items?page=2"),
        "address, public": lambda: addresses.verdict(public),
        "address, public, from text": lambda: addresses.verdict("93.184.215.14"),
        "`ipaddress.ip_address` alone": lambda: ip_address("93.184.215.14"),
        "address, hidden and refused": lambda: addresses.verdict(hidden),
    }


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--json", action="store_true")
    as_json = options.parse_args().json
    found = {name: round(median(call), 2) for name, call in rows().items()}
    if as_json:
        json.dump(found, sys.stdout, indent=2)
        return
    print(f"Python {platform.python_version()}, {ROUNDS} rounds, median\n")
    print("| check | µs |\n|---|---:|")
    for name, took in found.items():
        print(f"| {name} | {took} |")


if __name__ == "__main__":
    main()
