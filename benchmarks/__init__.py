"""How fast, measured so that it can be repeated (docs/benchmarks.md). No part of the installed package."""
