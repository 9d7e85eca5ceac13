"""The workspace of one agent as a mapping: a gateway's files without a gateway."""

from clawband.model.errors import ConflictError, UnavailableError


class FolderFiles:
    """Implements `ports.gateway.GatewayFiles` for one agent. `keeps` files cannot be removed."""

    def __init__(self, files: dict[str, str], *, keeps: bool = False) -> None:
        self.files, self.keeps, self.gone = files, keeps, False

    def read(self, agent: str, path: str) -> str | None:
        if self.gone:
            raise UnavailableError("the gateway does not answer")
        return self.files.get(path)

    def write(self, agent: str, path: str, content: str, *, was: str | None) -> None:
        if self.read(agent, path) != was:
            raise ConflictError("the file is another one by now")
        self.files[path] = content

    def remove(self, agent: str, path: str, *, was: str) -> bool:
        self.write(agent, path, "", was=was)
        if not self.keeps:
            del self.files[path]
        return not self.keeps
