"""Seeing that reps meet on a customer, or that they are about to: detectors, what they found, and what it opens."""
