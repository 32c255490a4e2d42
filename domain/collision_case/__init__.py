"""The case in which reps met on a customer: what is proposed, who decides, and what then happens."""
