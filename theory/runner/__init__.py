"""Runs the parts of claims: what is missing, in parallel processes, stored one by one."""
