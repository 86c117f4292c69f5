"""Judges that were trained here: a classifier that needs no GPU, and a small language model tuned with LoRA."""
