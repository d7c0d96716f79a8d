"""The Python side of a replica: loads the entry script and scores requests that the front sends over a socket.

Standard library only, for every Python from 3.7 on: it runs inside the user's own environment.
"""
