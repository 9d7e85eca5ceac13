"""Letters reach a real SMTP server; whatever goes wrong is either a fate or `UnavailableError`."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from socket import AF_INET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clawband.adapters import smtp
from clawband.adapters.smtp import Smtp, written
from clawband.edges.interceptor.authority import Authority
from clawband.model.errors import UnavailableError
from clawband.model.mail import Mail
from clawband.model.notice import Message
from clawband.ports.notices import Fate, Tried
from tests.simulators.mail_server import PASSWORD, USER, MailServer
from tests.simulators.small import story

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
LETTER = Message(
    id="let_1", to="ada@example.com", subject="Clawband: one thing waits — für dich",
    text="Waits for an approval: sample/support.\nhttp://localhost:8620/approvals/apr_1\n", at=AT,
)  # fmt: skip


def to(port, **how):
    values = {"host": "localhost", "sender": "clawband@example.com", "tls": "none", **how}
    return Mail(port=port, **values)


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A certificate authority of one's own, and a server's certificate that it signed."""
    folder = tmp_path_factory.mktemp("authority")
    made = Authority.open(folder)
    pem = folder / "ours.pem"
    pem.write_text(made.pem)
    return str(pem), made.context


@pytest.fixture
def password():
    return lambda: PASSWORD


@story
async def test_a_letter_arrives_whole():
    with MailServer() as server:
        assert await Smtp(to(server.port)).send(LETTER) == Tried(Fate.SENT)
        (taken,) = server.letters
    assert (taken.sender, taken.to) == ("clawband@example.com", "ada@example.com")
    assert taken.subject == LETTER.subject and taken.text.splitlines() == LETTER.text.splitlines()
    head = taken.letter
    assert head["Message-ID"] == "<let_1@example.com>"
    assert head["From"] == "Clawband <clawband@example.com>"
    assert head["Auto-Submitted"] == "auto-generated"
    assert head["Date"] == "Sun, 22 Nov 2026 09:00:00 +0000"
    assert head.get_content_type() == "text/plain"


@story
async def test_it_goes_encrypted_and_signed_in(authority, password):
    ours, context = authority
    with MailServer(trust=context("localhost"), tls="starttls", signed_in=True) as server:
        mail = to(server.port, tls="starttls", user=USER)
        assert await Smtp(mail, ours, password).send(LETTER) == Tried(Fate.SENT)
    assert [each.encrypted for each in server.letters] == [True]


@story
async def test_it_goes_over_a_connection_that_is_encrypted_from_the_start(authority):
    ours, context = authority
    with MailServer(trust=context("localhost"), tls="tls") as server:
        assert await Smtp(to(server.port, tls="tls"), ours).send(LETTER) == Tried(Fate.SENT)
    assert [each.to for each in server.letters] == ["ada@example.com"]


@pytest.mark.parametrize("tls", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", ["authority", "name"])
def test_a_certificate_that_is_not_the_servers_gets_nothing(tls, wrong, authority):
    ours, context = authority
    host = "other.example" if wrong == "name" else "localhost"

    async def told():
        with MailServer(trust=context(host), tls=tls) as server:
            with pytest.raises(UnavailableError, match=r"cannot be used.*[Cc]ertificate"):
                await Smtp(to(server.port, tls=tls), ours if wrong == "name" else "").send(LETTER)
            assert server.letters == []

    asyncio.run(told())


@story
async def test_a_server_that_hides_its_encryption_gets_neither_password_nor_letter(password):
    heard = []

    async def serve(reader, writer):
        writer.write(b"220 mail.example\r\n")
        while line := await reader.readline():
            heard.append(line)
            writer.write(b"250-mail.example\r\n250 AUTH PLAIN LOGIN\r\n")

    async with listening(serve) as port:
        mail = to(port, tls="starttls", user=USER)
        with pytest.raises(UnavailableError, match="STARTTLS"):
            await Smtp(mail, password=password).send(LETTER)
    assert heard and all(line.upper().startswith((b"EHLO", b"QUIT")) for line in heard)


@story
async def test_a_refused_sign_in_is_the_servers_word(password, authority):
    ours, context = authority
    with MailServer(trust=context("localhost"), tls="starttls", signed_in=True) as server:
        mail = to(server.port, tls="starttls", user="somebody")
        with pytest.raises(UnavailableError, match="535") as refused:
            await Smtp(mail, ours, password).send(LETTER)
        assert PASSWORD not in str(refused.value)
        assert server.letters == []


@pytest.mark.parametrize(
    ("answer", "fate", "said"),
    [
        ("rcpt 450 try later", Fate.LATER, "450 try later"),
        ("rcpt 550 no mailbox ada@example.com", Fate.NEVER, "550 no mailbox …"),
        ("data 451 busy", Fate.LATER, "451 busy"),
        ("data 554 we do not like it", Fate.NEVER, "554 we do not like it"),
    ],
)
def test_what_the_server_says_of_one_letter_is_its_fate(answer, fate, said):
    async def told():
        with MailServer() as server:
            server.answers.append(answer)
            courier = Smtp(to(server.port))
            tried = await courier.send(LETTER)
            assert tried == Tried(fate, f"the mail server answered {said}")
            assert await courier.send(LETTER) == Tried(Fate.SENT)

    asyncio.run(told())


@story
async def test_a_server_that_closes_is_no_fate_of_the_letter():
    with MailServer() as server:
        server.answers.append("rcpt 421 going down")
        with pytest.raises(UnavailableError, match="421 going down"):
            await Smtp(to(server.port)).send(LETTER)


@story
async def test_nobody_there():
    async with listening(lambda *_: None) as port:
        pass
    with pytest.raises(UnavailableError, match=f"localhost:{port}"):
        await Smtp(to(port)).send(LETTER)


@pytest.mark.parametrize(
    "says", [b"", b"nonsense\r\n", b"220" + b"x" * 100_000, b"220-a\r\n" * 20_000, b"\xff\xfe\r\n"]
)
def test_a_server_that_says_nonsense_is_left(says):
    async def serve(_reader, writer):
        writer.write(says)
        await writer.drain()

    async def told():
        async with listening(serve) as port:
            with pytest.raises(UnavailableError, match="cannot be used"):
                await Smtp(to(port)).send(LETTER)

    asyncio.run(told())


@story
async def test_a_server_that_hangs_is_let_go_of_at_once():
    connected = asyncio.Event()

    async def serve(reader, _writer):
        connected.set()
        await reader.read()

    async with listening(serve) as port:
        sending = asyncio.ensure_future(Smtp(to(port)).send(LETTER))
        async with asyncio.timeout(smtp.STEP_SECONDS / 2):
            await connected.wait()
        for _ in range(100):  # turns of the loop, whatever they take: it waits for a greeting now
            await asyncio.sleep(0)
        sending.cancel()
        # Half a step: not even the wait that was going on is waited for.
        await asyncio.wait([sending], timeout=smtp.STEP_SECONDS / 2)
        assert sending.cancelled()


def test_a_password_that_cannot_be_read_is_said():
    def none():
        raise UnavailableError("the password cannot be read")

    with pytest.raises(UnavailableError, match="the password cannot be read"):
        asyncio.run(Smtp(to(1, user=USER), password=none).send(LETTER))


@pytest.mark.parametrize("place", ["subject", "to", "id"])
@pytest.mark.parametrize("value", ["x\r\nBcc: eve@evil.example", "x\n", "\r", "x\u2028", "\n\n"])
def test_a_header_that_would_be_two_is_never_written(place, value):
    evil = replace(LETTER, **{place: value})
    tried = asyncio.run(Smtp(to(1)).send(evil))
    assert tried.fate is Fate.NEVER and "cannot be written" in tried.why


@settings(max_examples=60)
@given(st.text(max_size=200), st.text(max_size=400))
def test_whatever_a_letter_says_its_headers_are_ours(subject, text):
    try:
        raw = written(replace(LETTER, subject=subject, text=text), "a@b.example", "b.example")
    except ValueError:
        return
    made = message_from_bytes(raw, policy=policy.default)
    ours = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"]
    assert sorted(made.keys()) == sorted([*ours, "Content-Type", "Content-Transfer-Encoding"])
    assert raw.isascii() and all(len(line) <= 998 for line in raw.split(b"\r\n"))


@asynccontextmanager
async def listening(serve):
    """A server that speaks as `serve` does; its port."""

    async def to_its_end(reader, writer):
        try:
            await serve(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(to_its_end, "localhost", 0, family=AF_INET)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
