"""``foretell store``."""
