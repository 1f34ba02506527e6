"""What an editor puts together: fields, conditions, pieces, fees, rules, paragraphs.

The names of the children are the names of the definition (`catalogue.shape`), so that `convert` walks both side by
side. Nothing is required here: an incomplete draft is kept, and `faults` says what is missing.
"""
