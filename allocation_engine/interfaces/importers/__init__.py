"""Importers turn other systems' files into events: `annex_a` reads the inspection workbook, `pseudonyms` hides people."""
