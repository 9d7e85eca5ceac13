"""What the sandbox stopped, told to the server at once and once."""

from clawband.launcher import wire

LIMIT = 50
SECONDS = 2.0


class Reports:
    """The attempts of one command. What could not be told is told with the next one, or the end."""

    def __init__(self, port: int, token: str, ticket: str) -> None:
        self._port = port
        # The command knows its token; the ticket shows that it is the launcher who speaks.
        self._who = [("token", token), ("ticket", ticket)]
        self._known: set[str] = set()
        self._untold: list[str] = []
        self._further = 0

    def add(self, what: str) -> None:
        if what in self._known:
            return
        if len(self._known) >= LIMIT:
            self._further += 1
            return
        self._known.add(what)
        self._untold.append(what)
        self._tell()

    def finish(self, exit_code: int, signal: int, milliseconds: int) -> None:
        """Tells the end, which takes the credential back."""
        if self._further:
            self._untold.append(f"further {self._further}")
        if self._untold:
            self._tell()
        fields = [
            *self._who,
            ("exit", str(exit_code)),
            ("signal", str(signal)),
            ("milliseconds", str(milliseconds)),
        ]
        try:
            wire.Question(self._port, wire.END, fields, SECONDS).answer()
        except wire.RefusedError:
            # The credential then ends by its own age.
            pass

    def _tell(self) -> None:
        fields = [*self._who, *(("blocked", each) for each in self._untold)]
        try:
            wire.Question(self._port, wire.REPORT, fields, SECONDS).answer()
        except wire.RefusedError:
            return
        self._untold.clear()
