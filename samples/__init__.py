"""The shipped example: an invented sales organisation, the leads it receives, and the program that wrote them."""
