"""The lock files hold what pyproject.toml asks for, by hash, and nothing about where it was found."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from visage.paths import ROOT

LOCKS = {
    "run.txt": ("build",),
    "dev.txt": ("build", "dev"),
    "rivals.txt": ("build", "rivals"),
}
PINNED = re.compile(r"^([a-z0-9._-]+)==([^ ;\\]+)", re.MULTILINE)


def lock(name: str) -> str:
    return (ROOT / "requirements" / name).read_text()


def asked(extras: tuple[str, ...]) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(item for extra in extras for item in project["optional-dependencies"][extra]),
    ]
    return [Requirement(item) for item in wanted]


@pytest.mark.parametrize("name", LOCKS)
def test_every_dependency_is_locked(name: str) -> None:
    pins: dict[str, list[str]] = {}
    for package, version in PINNED.findall(lock(name)):
        pins.setdefault(canonicalize_name(package), []).append(version)
    missing = [
        str(requirement)
        for requirement in asked(LOCKS[name])
        if not any(
            version in requirement.specifier for version in pins.get(canonicalize_name(requirement.name), [])
        )
    ]
    assert missing == [], "run `make lock`"


@pytest.mark.parametrize("name", [*LOCKS, "uv.txt"])
def test_every_pin_has_a_hash(name: str) -> None:
    entries = re.split(r"^(?=[a-z0-9])", lock(name), flags=re.MULTILINE)
    assert [entry for entry in entries if PINNED.match(entry) and "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", [*LOCKS, "uv.txt"])
def test_no_place_is_named(name: str) -> None:
    assert re.findall(r"https?:|file:|--index|--find-links|^/", lock(name), flags=re.MULTILINE) == []


@pytest.mark.parametrize("name", LOCKS)
def test_the_gpu_framework_is_left_to_the_operator(name: str) -> None:
    assert {"torch", "triton"} & {package for package, _ in PINNED.findall(lock(name))} == set()
