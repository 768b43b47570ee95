"""Pages and figures for people."""

from foretell.report.page import page

__all__ = ["page"]
