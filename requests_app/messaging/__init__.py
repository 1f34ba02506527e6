"""What citizens are told, and by which way: e-mail and SMS.

`notices` writes the words and puts them in the outbox; `delivery` holds the outbox handlers; `sms` is
the one interface to whoever carries SMS.
"""
