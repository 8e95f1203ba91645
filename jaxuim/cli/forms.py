"""The list of laws for ``jaxuim fit``, and the check that a law and the columns go together."""

import argparse
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxuim.cli.reading import Table
    from jaxuim.laws import Form


class ListForms(argparse.Action):
    """``--forms`` and ``--form help`` print the laws and stop; ``--form NAME`` is stored."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Store the name of a law, or print all of them."""
        if self.nargs == 0 or values == "help":
            print(described())
            parser.exit()
        setattr(namespace, self.dest, values)


def described() -> str:
    """Return every law with its inputs, formula and parameters."""
    from jaxuim.laws import FORMS

    blocks = []
    for form in FORMS.values():
        lines = [f"{form.name} ({', '.join(form.inputs)})", f"    {form.formula}"]
        for coefficient in form.coefficients:
            text = f"{coefficient.name}: {coefficient.doc}" if coefficient.doc else coefficient.name
            lines += textwrap.wrap(text, 92, initial_indent=" " * 6, subsequent_indent=" " * 10)
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def chosen(name: str) -> "Form":
    """Return a law by name.

    Raises:
        ValueError: there is none; the sentence lists all.
    """
    from jaxuim.laws import FORMS
    from jaxuim.sweep.errors import suggest

    if name not in FORMS:
        raise ValueError(f"--form {name!r}: no such law{suggest(name, FORMS)}")
    return FORMS[name]


def arranged(form: "Form", columns: Sequence[str]) -> list[str]:
    """Return the columns in the order of the law's inputs: by name where all agree, else as given.

    Raises:
        ValueError: the law has another number of inputs.
    """
    if len(columns) != len(form.inputs):
        names = ",".join(form.inputs)
        raise ValueError(
            f"--x {','.join(columns)!r}: law {form.name!r} has "
            f"{len(form.inputs)} input{'s' * (len(form.inputs) > 1)} ({names}), "
            f"{len(columns)} column{'s' * (len(columns) > 1)} given"
        )
    lower = {name.lower(): name for name in columns}
    if set(lower) == {name.lower() for name in form.inputs}:
        return [lower[name.lower()] for name in form.inputs]
    return list(columns)


def check_domain(form: "Form", columns: Sequence[str], table: "Table") -> None:
    """Raise ``ValueError`` with the first row where an input lies outside the law's domain."""
    for column, domain in zip(columns, form.domains, strict=True):
        values = table.numbers(column, "--x")
        outside = {"positive": values <= 0, "non-negative": values < 0, "real": values != values}
        if outside[domain].any():
            at = int(outside[domain].argmax())
            raise ValueError(
                f"{table.source}: --x {column!r}, row {table.rows[at]}: is {values[at]:g} but law "
                f"{form.name!r} is defined for {domain} values only"
            )
