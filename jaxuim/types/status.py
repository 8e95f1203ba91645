"""Statuses of rows: numerical failure is data on a row, never an exception."""

OK = "ok"
DIVERGED = "diverged"  # the run's or the adaptation's weights are not finite
NOT_CONVERGED = "not_converged"  # a fit ended before its tolerance
NOT_APPLICABLE = "not_applicable"  # what the measure needs is lacking, or it is undefined here
STATUSES = (OK, DIVERGED, NOT_CONVERGED, NOT_APPLICABLE)
