"""The command line: each verb a few lines over a function that a library user can call."""
