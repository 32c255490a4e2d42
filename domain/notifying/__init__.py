"""Who is told what: rules over events, and when by which channel each person is told."""
