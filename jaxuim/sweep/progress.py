"""The progress of a run for a person: models done, model-steps a second, time left."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, Task, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text


class Progress:
    """Counts models and model-steps; draws a bar if it was given one."""

    def __init__(self, bar: Bar | None, models: int, steps: int) -> None:
        self.models, self.total = 0, models
        self._bar = bar
        self._task = None if bar is None else bar.add_task("", total=max(steps, 1), models="")
        self.advance()

    def advance(self, *, steps: int = 0, models: int = 0) -> None:
        """Note that so many more model-steps and models are done."""
        self.models += models
        if self._bar is not None and self._task is not None:
            text = f"{self.models}/{self.total} models"
            self._bar.update(self._task, advance=steps, models=text)


class _Rate(ProgressColumn):
    """Model-steps a second."""

    def render(self, task: Task) -> Text:
        """Return the rate as text."""
        return Text(f"{task.speed:,.0f} model-steps/s" if task.speed else "compiling")


class _Models(ProgressColumn):
    """Models done."""

    def render(self, task: Task) -> Text:
        """Return the count as text."""
        return Text(str(task.fields["models"]))


@contextmanager
def make_progress(models: int, steps: int, *, shown: bool) -> Iterator[Progress]:
    """Yield a counter, drawn on standard error if ``shown``."""
    if not shown:
        yield Progress(None, models, steps)
        return
    columns = (BarColumn(), _Models(), _Rate(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), speed_estimate_period=60.0) as bar:
        yield Progress(bar, models, steps)
