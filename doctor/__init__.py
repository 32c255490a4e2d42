"""``oneowner doctor``: finds the usual troubles of an installation, and says what to do about each."""
