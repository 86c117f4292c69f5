"""A multi-turn clinical scenario simulator. See docs/architecture.md for the floors and who may import whom."""

__version__ = "0.1.0"
