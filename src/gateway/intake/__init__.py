"""How bytes of users come in: in order, in parts, looked at in a sandbox."""
