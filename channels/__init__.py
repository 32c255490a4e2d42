"""How messages leave the house: webhooks, e-mail, chat tools."""
