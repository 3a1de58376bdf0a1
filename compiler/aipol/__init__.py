"""Compile one AI-usage policy into what each enforcement point understands."""

__version__ = "0.1.0"
