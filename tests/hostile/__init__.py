"""Hostile input, and what Node 24.19 made of it.

`requests.json.gz` holds byte streams sent to a server, `responses.json.gz` byte streams sent to a client: smuggling,
broken framing, broken chunks, limits, upgrades, ends of the connection. With each goes what Node's own server or client
did; for a server also with every byte in a packet of its own, where that makes a difference (`default bytewise`).
"""
