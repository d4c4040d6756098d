"""What is not good enough to be kept as a translation, and why. Pure, without a model."""
