"""How well the counterpart listens: replaying labelled consultations and whole runs (docs/fidelity.md)."""
