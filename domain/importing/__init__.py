"""Import of customers that a company already has: columns guessed, rows cleaned, completed and grouped. Pure."""
