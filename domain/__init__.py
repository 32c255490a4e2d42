"""The pure core: decisions over plain data, without I/O, clock or Temporal. Imports nothing of ours."""
