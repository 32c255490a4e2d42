"""The workshop behind ``domain.matching``: made-up customers, noise, training, judging. Only its commands use it."""
