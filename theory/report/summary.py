"""What a claim came to: how many of its comparisons agree, and which do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from theory.study import verdict
from theory.study.claim import Claim, Exponent, Outcome, Row, Speed, Tip


@dataclass(frozen=True)
class Summary:
    """All comparisons of a claim; ``lacking`` names parts that have not been computed."""

    claim: Claim
    rows: tuple[Row, ...]
    tips: tuple[Tip, ...]
    exponents: tuple[Exponent, ...]
    speeds: tuple[Speed, ...]
    lacking: tuple[str, ...]
    seconds: float

    @property
    def simulated(self) -> tuple[Row, ...]:
        """Rows that a Monte-Carlo simulation is held against."""
        return tuple(row for row in self.rows if row.error is not None)

    @property
    def computed(self) -> tuple[Row, ...]:
        """Rows that a deterministic computation is held against."""
        return tuple(row for row in self.rows if row.error is None)

    @property
    def disagreements(self) -> list[str]:
        """The names of comparisons that did not come out as predicted, speed apart."""
        return [
            *(row.name for row in self.rows if not verdict.row_agrees(row)),
            *(tip.name for tip in self.tips if not verdict.tip_agrees(tip)),
            *(e.name for e in self.exponents if not verdict.exponent_agrees(e)),
        ]

    @property
    def comparisons(self) -> int:
        """How many comparisons were made."""
        return len(self.rows) + len(self.tips) + len(self.exponents)

    @property
    def verdict(self) -> str:
        """One word or two: agrees, disagrees, or incomplete."""
        if self.disagreements:
            return "disagrees"
        return "incomplete" if self.lacking else "agrees"

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        text = f"{self.comparisons - len(self.disagreements)} of {self.comparisons} agree"
        if self.disagreements:
            text += f"; not: {'; '.join(self.disagreements)}"
        if self.lacking:
            text += f"; not computed: {', '.join(self.lacking)}"
        return text


def summarise(
    claim: Claim, parts: Mapping[str, Outcome], wanted: Sequence[str], seconds: float
) -> Summary:
    """Return the summary of a claim from its parts' outcomes."""
    found = list(parts.values())
    return Summary(
        claim,
        rows=tuple(row for o in found for row in o.rows),
        tips=tuple(tip for o in found for tip in o.tips),
        exponents=tuple(e for o in found for e in o.exponents),
        speeds=tuple(s for o in found for s in o.speeds),
        lacking=tuple(name for name in wanted if name not in parts),
        seconds=seconds,
    )
