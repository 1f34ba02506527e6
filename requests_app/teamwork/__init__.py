"""Working as an office: on whose desk each case lies, who stands in for whom, and one act on many cases.

`assigning` gives and gives back; `balancing` spreads the pile over who is present; `absences` names substitutes;
`batches` does one act on up to 500 cases, row by row, in the worker; `row_acts` is what each batch may do.
"""
