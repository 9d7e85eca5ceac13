"""Answers of a gateway about the workspace of its agents: one folder, as OpenClaw 2026.9.6 does."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.simulators.gateway_socket import Frame, accepts

BOOTSTRAP = ("AGENTS.md", "SOUL.md", "IDENTITY.md", "USER.md", "BOOTSTRAP.md", "MEMORY.md")


class RefusedError(Exception):
    """An answer that is an error; its kind is the first argument."""


class WorkspaceAnswers:
    """`told` is the folder the gateway names, when it is not on this machine."""

    def __init__(self, folder: Path, *, told: Path | None = None, sessions: int = 1) -> None:
        self.folder, self.told, self.sessions = folder, told or folder, sessions

    def __call__(self, frame: Frame) -> list[Frame | str]:
        method = getattr(self, frame["method"].replace(".", "_"), None)
        if method is None:
            return accepts(frame)
        try:
            said: Frame = {"ok": True, "payload": method(frame["params"])}
        except RefusedError as refused:
            detail = {"type": str(refused)}
            error = {"code": "INVALID_REQUEST", "message": str(refused), "details": detail}
            said = {"ok": False, "error": error}
        return [{"type": "res", "id": frame["id"], **said}]

    def agents_workspace_get(self, params: Frame) -> Any:
        file = {"path": params["path"], "encoding": "utf8", "content": self._text(params["path"])}
        return {"file": file}

    def agents_files_list(self, _params: Frame) -> Any:
        return {"workspace": str(self.told)}

    def agents_files_set(self, params: Frame) -> Any:
        if params["name"] not in BOOTSTRAP:
            raise RefusedError("unsupported")
        return self._put(params["name"], params)

    def sessions_list(self, _params: Frame) -> Any:
        return {"sessions": [{"key": "agent:desk:main"}] * self.sessions}

    def sessions_files_set(self, params: Frame) -> Any:
        assert params["sessionKey"] and "expectedHash" in params
        self._text(params["path"])
        return self._put(params["path"], params)

    def _text(self, path: str) -> str:
        if not (self.folder / path).is_file():
            raise RefusedError("workspace_file_not_found")
        return (self.folder / path).read_bytes().decode()

    def _put(self, path: str, params: Frame) -> Any:
        file, expected = self.folder / path, params.get("expectedHash")
        held = sha256(file.read_bytes()).hexdigest() if file.is_file() else None
        if expected is not None and expected != held:
            raise RefusedError("agent_file_conflict")
        file.write_bytes(params["content"].encode())
        return {"ok": True}
