"""Statuses of rows: numerical failure is data on a row, never an exception."""

OK = "ok"
DIVERGED = "diverged"  # the run's or the adaptation's weights are not finite
NOT_CONVERGED = "not_converged"  # a fit ended before its tolerance
NOT_APPLICABLE = "not_applicable"  # the world turned out to lack what the measure needs
STATUSES = (OK, DIVERGED, NOT_CONVERGED, NOT_APPLICABLE)
