"""What a lead says, turned into forms that can be compared; every result keeps the raw value beside them."""
