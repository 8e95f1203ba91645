"""Checks that a wheel holds only the package, and that the sdist holds everything to rebuild it."""

import sys
import tarfile
import zipfile
from pathlib import Path


def tracked_sources(root: Path) -> set[str]:
    """Every source file of the package in the checkout, as paths with forward slashes."""
    return {
        path.relative_to(root).as_posix()
        for path in (root / "jaxuim").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def check_wheel(path: Path, sources: set[str]) -> list[str]:
    """Return what is wrong with the wheel's contents."""
    names = {name for name in zipfile.ZipFile(path).namelist() if not name.endswith("/")}
    package = {name for name in names if not name.split("/")[0].endswith(".dist-info")}
    problems = [f"{name} is in the wheel and not in jaxuim/" for name in sorted(package - sources)]
    problems += [f"{name} is missing from the wheel" for name in sorted(sources - package)]
    if not any(name.endswith("licenses/LICENSE") for name in names):
        problems.append("the wheel has no licence text")
    return problems


def check_sdist(path: Path, sources: set[str], root: Path) -> list[str]:
    """Return what is missing from the sdist."""
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = sources | {"conftest.py", "setup.cfg", "pyproject.toml", "Makefile", "LICENSE"}
    for folder in ("tests", "sweeps", "benchmarks", "theory"):
        wanted |= {file.relative_to(root).as_posix() for file in (root / folder).rglob("*.py")}
        wanted |= {file.relative_to(root).as_posix() for file in (root / folder).rglob("*.toml")}
    return [f"{name} is missing from the sdist" for name in sorted(wanted - names)]


def main(wheel: str, sdist: str) -> int:
    """Print every problem and return the exit code."""
    root = Path(__file__).parent.parent
    sources = tracked_sources(root)
    problems = check_wheel(Path(wheel), sources) + check_sdist(Path(sdist), sources, root)
    for problem in problems:
        sys.stderr.write(problem + "\n")
    sys.stdout.write(f"{len(sources)} files of the package, {len(problems)} problems\n")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
