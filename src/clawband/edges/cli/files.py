"""Reading what people wrote: policy folders, manifests, checkpoints."""

from collections.abc import Mapping
from pathlib import Path

from clawband.model.errors import InputError, NotFoundError
from clawband.policy.sets import PolicyError

SUFFIXES = (".cedar", ".toml")
MAX_BYTES = 1 << 20
WITNESS_SEPARATOR = "\n\x1e\n"


def policies(folder: Path) -> Mapping[str, str]:
    """The policy files of a folder by name. Raises `NotFoundError` when there are none."""
    if not folder.is_dir():
        raise NotFoundError(
            f"there is no folder `{folder}`",
            remedy="make it, or name another one: `clawband policy check FOLDER`",
        )
    paths = sorted(path for path in folder.iterdir() if path.suffix in SUFFIXES)
    if not paths:
        raise NotFoundError(
            f"there is no `*.cedar` and no `*.toml` in `{folder}`",
            remedy="put a workflow manifest there; `examples/workflows` has some",
        )
    return {path.name: text(path) for path in paths}


def text(path: Path) -> str:
    """A text file as it is. Raises `NotFoundError` or `InputError`."""
    try:
        data = path.read_bytes()
        if len(data) > MAX_BYTES:
            raise InputError(f"`{path}` has {len(data)} bytes, expected at most {MAX_BYTES}")
        return data.decode()
    except FileNotFoundError as error:
        raise NotFoundError(f"there is no file `{path}`", remedy="correct the name") from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"`{path}` is not UTF-8 at byte {error.start}", remedy="save it as UTF-8"
        ) from error
    except OSError as error:
        raise InputError(
            f"`{path}` cannot be read: {error.strerror}", remedy="name a file you may read"
        ) from error


def checkpoints(paths: tuple[Path, ...]) -> list[str]:
    """Signed notes: one to a file, or all of a witness file."""
    notes: list[str] = []
    for path in paths:
        *kept, rest = text(path).split(WITNESS_SEPARATOR)
        # What follows the last separator of a witness was cut off while it was written.
        notes += kept or [rest]
    return notes


def problems(error: PolicyError) -> list[str]:
    """`file:line: message`, one each, as editors and people expect it."""
    return [str(problem) for problem in error.problems]
