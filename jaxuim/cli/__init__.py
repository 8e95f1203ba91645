"""The command line: each command is a module with ``add_parser`` and ``main``."""
