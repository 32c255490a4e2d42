"""Reports that people pass on: HTML that opens anywhere, tables for spreadsheets."""
