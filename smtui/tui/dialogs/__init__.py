"""Questions: modal screens that know nothing and return a value."""
