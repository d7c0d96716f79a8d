"""Serves models without an entry script: one module for each kind of model, each with a class Model(path).

Those that import what the model needs do so in init(), so that a failure is told as that of the start.
"""
