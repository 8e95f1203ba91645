"""The package is declared once, ships what it should, and the documents agree with it."""

import configparser
import os
import re
import tomllib
from importlib.metadata import entry_points, metadata
from importlib.resources import files
from pathlib import Path

import pytest

import jaxuim

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
MAKE_TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.M))
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "benchmarks/README.md")


def test_setup_cfg_holds_tools_only():
    """``[tool:pytest]`` would be ignored in silence; metadata would contradict pyproject.toml."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg")
    allowed = re.compile(r"importlinter(:contract:\w+)?|mypy(-.+)?|coverage:\w+")
    assert parser.sections()
    assert [name for name in parser.sections() if not allowed.fullmatch(name)] == []


def test_no_tool_is_configured_twice():
    assert {"pytest", "ruff"} <= set(PYPROJECT["tool"])
    assert not {"mypy", "coverage", "importlinter"} & set(PYPROJECT["tool"])


def test_project_metadata():
    assert PROJECT["name"] == "jaxuim"
    assert PROJECT["license"] == "Apache-2.0"
    assert PROJECT["requires-python"] == ">=3.11"
    assert PROJECT["dynamic"] == ["version"]
    assert {"cuda", "tpu", "test"} <= set(PROJECT["optional-dependencies"])
    required = {re.split(r"[<>=\[]", item)[0] for item in PROJECT["dependencies"]}
    assert {"jax", "flax", "optax", "importlib_resources"} <= required
    assert not {"tensorflow", "torch"} & required


def test_every_requirement_has_a_lower_bound():
    assert [item for item in PROJECT["dependencies"] if ">=" not in item] == []


def test_entry_point_is_importable():
    (script,) = entry_points(group="console_scripts", name="jaxuim")
    assert callable(script.load())


def test_installed_version_is_the_version():
    assert metadata("jaxuim")["Version"] == jaxuim.__version__


def test_type_information_is_shipped():
    assert files("jaxuim").joinpath("py.typed").is_file()


def test_changelog_and_citation_name_the_version():
    assert f"## [{jaxuim.__version__}]" in (ROOT / "CHANGELOG.md").read_text()
    citation = (ROOT / "CITATION.cff").read_text()
    assert f"\nversion: {jaxuim.__version__}\n" in citation
    assert "arXiv:2402.01909" in citation
    assert "\nlicense: Apache-2.0\n" in citation


def test_licence_is_apache():
    assert "Apache License\n" in (ROOT / "LICENSE").read_text()


@pytest.mark.skipif("JAXUIM_TESTED" not in os.environ, reason="tests an editable install")
def test_the_wheel_is_what_is_tested():
    """A continuous-integration run names the environment that holds the wheel."""
    tested = Path(os.environ["JAXUIM_TESTED"]).resolve()
    assert tested in Path(jaxuim.__file__).resolve().parents


@pytest.mark.parametrize("document", DOCUMENTS)
def test_documents_name_existing_make_targets(document):
    named = set(re.findall(r"`?\bmake ([a-z]+)\b`", (ROOT / document).read_text()))
    named |= set(re.findall(r"^    make ([a-z]+)", (ROOT / document).read_text(), flags=re.M))
    assert named <= MAKE_TARGETS


def test_readme_names_both_commands():
    readme = (ROOT / "README.md").read_text()
    assert "make run" in readme
    assert "make test" in readme


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_between_documents_lead_somewhere(document):
    path = ROOT / document
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_library_example_of_the_readme_runs():
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.S)
    exec(compile(example, "README.md", "exec"), {})
