"""The laws that come with the library, by name."""

from jaxuim.laws.forms.breaks import BNSL1, BNSL2
from jaxuim.laws.forms.factors import CHINCHILLA, MIXING, REPEATED_DATA
from jaxuim.laws.forms.form import Coefficient, Form, raised
from jaxuim.laws.forms.inheritance import INHERITANCE
from jaxuim.laws.forms.powers import M1, M2, M3, M4, POWER, SATURATING_POWER, SHIFTED_POWER
from jaxuim.laws.forms.responses import HILL, HINGE, JUMP, LOGISTIC

__all__ = ["FORMS", "Coefficient", "Form", "raised", "resolve"]

_ONE_INPUT = (
    *(POWER, SHIFTED_POWER, SATURATING_POWER, M1, M2, M3, M4, BNSL1, BNSL2),
    *(HILL, LOGISTIC, HINGE, JUMP, MIXING),
)
_SEVERAL_INPUTS = (CHINCHILLA, REPEATED_DATA, *INHERITANCE)

FORMS: dict[str, Form] = {form.name: form for form in (*_ONE_INPUT, *_SEVERAL_INPUTS)}


def resolve(form: Form | str) -> Form:
    """Return a form given itself or its name.

    Raises:
        ValueError: the name is not in ``FORMS``.
    """
    if isinstance(form, Form):
        return form
    if form not in FORMS:
        raise ValueError(f"unknown form {form!r}; known are {', '.join(sorted(FORMS))}")
    return FORMS[form]
