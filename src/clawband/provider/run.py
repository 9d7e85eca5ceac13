"""`clawband-secret-provider SOCKET|URL CREDENTIAL_FILE [TLS_FOLDER]`, an exec provider of OpenClaw
(protocol 1). A URL (`https`) is that of the link, with the folder of this gateway's certificate.

The question on standard input goes to the server, its answer to standard output, both as they are.
Without a whole answer nothing is printed and the exit status is 1: then OpenClaw has no value at
all, because there is none here that could stand in.
"""

import posix
import sys
from _socket import AF_UNIX, SOCK_STREAM, socket

SECONDS = 12.0
LARGEST_QUESTION = 1 << 19
LARGEST_ANSWER = 20_000_000


def main(arguments: list[str]) -> None:
    place, credential_file, *folder = arguments
    question = _read(0, LARGEST_QUESTION)
    descriptor = posix.open(credential_file, posix.O_RDONLY)
    credential = _read(descriptor, 4096).strip()
    head = (
        b"POST /gateway/v1/secrets HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer %b\r\n"
        b"content-length: %d\r\nconnection: close\r\n\r\n"
    )
    answer = _asked(
        _linked(place, *folder) if folder else _near(place),
        head % (credential, len(question)) + question,
    )
    while answer:
        answer = answer[posix.write(1, answer) :]


def _near(place: str) -> socket:
    line = socket(AF_UNIX, SOCK_STREAM)
    line.settimeout(SECONDS)
    line.connect(place)
    return line


def _linked(url: str, folder: str) -> socket:
    """Mutual TLS. What it takes is imported only here."""
    import ssl
    from socket import create_connection
    from urllib.parse import urlsplit

    where, context = urlsplit(url), ssl.create_default_context(cafile=f"{folder}/clawband.pem")
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(f"{folder}/gateway.pem", f"{folder}/gateway.key")
    host = where.hostname or ""
    line = create_connection((host, where.port or 443), SECONDS)
    return context.wrap_socket(line, server_hostname=host)


def _asked(line: socket, request: bytes) -> bytes:
    """The body of the answer. Raises `RuntimeError` for any other than a whole 200."""
    line.sendall(request)
    parts, size = [], 0
    while (part := line.recv(65536)) and size <= LARGEST_ANSWER:
        parts.append(part)
        size += len(part)
    head, blank, body = b"".join(parts).partition(b"\r\n\r\n")
    status, *fields = head.split(b"\r\n")
    if not blank or status[:13] != b"HTTP/1.1 200 ":
        raise RuntimeError(f"the server answered {status[9:12].decode('ascii', 'replace')}")
    sizes = [each for each in fields if each.lower().startswith(b"content-length:")]
    if len(sizes) != 1 or sizes[0].partition(b":")[2].strip() != b"%d" % len(body):
        raise RuntimeError("the server's answer is cut off")
    return body


def _read(descriptor: int, most: int) -> bytes:
    parts, size = [], 0
    while (part := posix.read(descriptor, 65536)) and size <= most:
        parts.append(part)
        size += len(part)
    return b"".join(parts)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Exception as error:  # noqa: BLE001 - whatever it was, there is no value
        sys.stderr.write(f"clawband: no secret: {error}\n")
        sys.exit(1)
