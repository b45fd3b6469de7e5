"""Questions written from the report alone, before the data they test, and what a right reply must hold.

`cases` reads them and judges replies, `conversation` talks to a served assistant, `measure` prints figures by set and
kind. Half of the cases (`tuning`) may be looked at; the other half is kept aside and only counted.
"""
