"""Backlight: watch autograd think. ``import backlight`` loads no torch; recording does."""

__version__ = "0.1.0"
