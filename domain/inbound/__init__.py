"""What other systems report: calls, e-mails, forms, campaigns; how each is read, and what becomes of it."""
