"""The language of assignment rules: conditions, methods and territories as data, and what they are compiled to."""
