"""Fits of laws: problems, the solver, results, resampling and profiles."""
