"""The layers hold, every module says what it is for, and starting costs nothing heavy."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import jaxuim

ROOT = Path(__file__).parent.parent
PACKAGE = Path(jaxuim.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
THEORY = sorted((ROOT / "theory").rglob("*.py"))
SCRIPTS = sorted(
    file for folder in ("benchmarks", "tests", "theory") for file in (ROOT / folder).rglob("*.py")
)
LONGEST_FILE = 300
COMPUTING = ("jax", "flax", "optax", "orbax", "scipy", "sklearn", "tensorflow_datasets")
HEAVY = (*COMPUTING, "pandas", "xarray", "matplotlib", "plotly")
LIGHT_MODULES = (
    "jaxuim",
    "jaxuim.types.registry",
    "jaxuim.sweep.spec",
    "jaxuim.sweep.plan",
    "jaxuim.cli.main",
)


def relative(path: Path) -> str:
    """The path below the checkout or the environment, for test names."""
    base = PACKAGE.parent if PACKAGE in path.parents or path.parent == PACKAGE else ROOT
    return path.relative_to(base).as_posix()


def heavy_imports_of(code: str) -> set[str]:
    """Which heavy packages a fresh interpreter has loaded after running ``code``."""
    report = f"\nimport sys; print('LOADED', *[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code + report], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_modules_were_found():
    assert len(MODULES) > 30


def test_import_contracts(tmp_path):
    linter = Path(sys.executable).with_name("lint-imports")
    command = str(linter) if linter.exists() else shutil.which("lint-imports")
    if command is None:
        pytest.skip("import-linter is not installed")
    done = subprocess.run(
        [command, "--config", str(ROOT / "setup.cfg"), "--cache-dir", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},  # theory is never installed
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("path", [*MODULES, *THEORY], ids=relative)
def test_first_line_says_what_the_module_is_for(path):
    docstring = ast.get_docstring(ast.parse(path.read_text()))
    assert docstring, "no docstring"
    first, _, rest = docstring.partition("\n")
    assert first.rstrip().endswith((".", "?", "!"))
    assert not rest or rest.startswith("\n"), "the first sentence does not end on the first line"


@pytest.mark.parametrize("path", [*MODULES, *SCRIPTS], ids=relative)
def test_files_stay_short(path):
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("module", LIGHT_MODULES)
def test_starting_imports_nothing_heavy(module):
    assert heavy_imports_of(f"import {module}") == set()


def test_planning_imports_no_jax():
    """``jaxuim plan`` answers before JAX could even have been imported."""
    sweep = ROOT / "sweeps" / "smoke.toml"
    code = f"from jaxuim.cli.main import main; main(['plan', {str(sweep)!r}])"
    assert heavy_imports_of(code) == set()


def test_heavy_imports_are_noticed():
    """The check above can fail: a module that computes does load JAX."""
    assert "jax" in heavy_imports_of("import jaxuim.train.ensemble")
