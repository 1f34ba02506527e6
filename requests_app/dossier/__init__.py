"""The file of a case as the office holds it: gathered at once, opened with a reason, amended, compared with others.

Nothing here moves a case: `workflow` does. Each act is one transaction whose journal line is last.
"""
