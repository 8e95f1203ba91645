"""A transition matrix as text: parsed and checked without JAX."""

NEAREST = "nearest"


def parse_matrix(text: str, classes: int) -> list[list[float]]:
    """Return the rows of a transition matrix, parted by ``;``, numbers by spaces.

    Raises:
        ValueError: unless it has K rows of K numbers of at least 0 that sum to 1.

    >>> parse_matrix("0.9 0.1; 0 1", 2)
    [[0.9, 0.1], [0.0, 1.0]]
    """
    wanted = f"{classes} rows of {classes} numbers, rows parted by ; and numbers by spaces"
    try:
        rows = [[float(number) for number in row.split()] for row in text.split(";")]
    except ValueError:
        raise ValueError(f"matrix = {text!r} is neither {NEAREST!r} nor {wanted}") from None
    if [len(row) for row in rows] != [classes] * classes:
        raise ValueError(
            f"matrix = {text!r} has rows of {[len(row) for row in rows]}, not {wanted}"
        )
    if not all(min(row) >= 0 and abs(sum(row) - 1) < 1e-6 for row in rows):
        raise ValueError(f"matrix = {text!r} must hold numbers of at least 0 that sum to 1 by row")
    return rows
