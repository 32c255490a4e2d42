"""The shipped policy files: rules that a manager can read."""
