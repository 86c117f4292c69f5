from tests.evaluation.conftest import books, dialogues

__all__ = ["books", "dialogues"]
