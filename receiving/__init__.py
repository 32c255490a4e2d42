"""What a worker process does with what other systems report: mailboxes read, reports seen through."""
