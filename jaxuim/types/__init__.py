"""Shared vocabulary: declarations, the catalogue of names, statuses. Imports no JAX."""
