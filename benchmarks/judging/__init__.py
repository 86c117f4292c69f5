"""The project's gold set for judging, and what is measured on it."""
