"""``foretell text``: language on the command line."""
