"""The protocol of AWS SDKs: HTTP/1.1, AWS JSON 1.1 and Signature Version 4, on the loopback interface.

Here belong requests and responses, their limits, signatures, and the order in which a request is checked. Who may
call, and what an operation does, is given by those that serve: the endpoint (`smtui.server`) and the listener of a
rotation function (`smtui.rotation`).
"""
