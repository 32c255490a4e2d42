"""What is measured for the business: facts out of events, figures out of facts, targets for figures."""
