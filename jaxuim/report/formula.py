"""What theory expects of a tipping point: evaluates the formula in a bias declaration."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import NamedTuple

from jaxuim.types.registry import catalogue

_OPERATORS: Mapping[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


class Theory(NamedTuple):
    """A predicted tipping point: its value, the formula and what happens there."""

    value: float
    formula: str
    meaning: str
    classes: int


def evaluate(formula: str, names: Mapping[str, float]) -> float:
    """Return the value of an arithmetic formula; anything but numbers, names and + - * / ** fails.

    Raises ``ValueError`` for any other syntax or an unknown name.

    >>> round(evaluate("(K - 1)/K", {"K": 7}), 6)
    0.857143
    """

    def value(node: ast.AST) -> float:
        if isinstance(node, ast.Expression):
            return value(node.body)
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return float(node.value)
        if isinstance(node, ast.Name) and node.id in names:
            return names[node.id]
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](value(node.left), value(node.right))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -value(node.operand)
        raise ValueError(f"{formula!r} is no arithmetic formula in {', '.join(names)}")

    try:
        tree = ast.parse(formula.strip(), mode="eval")
    except SyntaxError:
        raise ValueError(f"{formula!r} is no arithmetic formula in {', '.join(names)}") from None
    return value(tree)


def expected_tipping(bias: str, classes: int | None) -> Theory | None:
    """Return the tipping point that the bias declares, or None where it declares none.

    The declaration reads ``"formula in K: what happens there"``, K being the number of
    pre-training classes.

    >>> expected_tipping("symmetric_label_noise", 7).value == 6 / 7
    True
    >>> expected_tipping("long_tail", 7) is None
    True
    """
    declared = catalogue("biases")
    if bias not in declared or not declared[bias].tipping or classes is None:
        return None
    formula, _, meaning = declared[bias].tipping.partition(":")
    value = evaluate(formula, {"K": float(classes)})
    return Theory(value, formula.strip(), meaning.strip(), classes)
