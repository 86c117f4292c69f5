from tests.evaluation.conftest import books, dialogues, runs, server

__all__ = ["books", "dialogues", "runs", "server"]
