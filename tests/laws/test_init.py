"""The package's front: every public name resolves, and effects need no JAX."""

import subprocess
import sys

import pytest

from jaxuim import laws


def test_every_public_name_resolves_and_is_no_module():
    for name in laws.__all__:
        assert type(getattr(laws, name)).__name__ != "module", name
    assert set(laws.__all__) <= set(dir(laws))


def test_unknown_name():
    with pytest.raises(AttributeError, match="no attribute 'forecst'"):
        _ = laws.forecst


def test_effects_and_power_do_not_import_jax():
    code = (
        "import sys; from jaxuim.laws import detectable_effect, inherited_effect;"
        "detectable_effect(1.0, 8); raise SystemExit('jax' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
