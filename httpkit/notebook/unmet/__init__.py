"""Why an exchange is not as it was expected to be: each function gives a message that teaches, or '' where it is.

A message says what was expected, what was got, what that means, and what to do. It quotes an exchange without its
secrets.
"""
