"""Training the listener's matcher on consultations written for this project (docs/fidelity.md)."""
