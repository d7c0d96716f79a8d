"""Writes an ONNX model without the package `onnx`: y = x * w + b, for rows of three numbers."""
import struct
import sys


def varint(number):
    out = b""
    while True:
        out += bytes([number & 127 | (128 if number > 127 else 0)])
        number >>= 7
        if number == 0:
            return out


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def tensor(name, dims, values):
    raw = struct.pack("<{}f".format(len(values)), *values)
    return b"".join(field(1, dim) for dim in dims) + field(2, 1) + field(8, name) + field(9, raw)


def value_info(name, dims):
    shape = b"".join(field(1, field(2, dim) if isinstance(dim, str) else field(1, dim)) for dim in dims)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def node(kind, inputs, output):
    return b"".join(field(1, each) for each in inputs) + field(2, output) + field(4, kind)


def model(weights, bias):
    graph = (
        field(1, node("MatMul", ["x", "w"], "xw"))
        + field(1, node("Add", ["xw", "b"], "y"))
        + field(2, "linear")
        + field(5, tensor("w", [3, 1], weights))
        + field(5, tensor("b", [1], [bias]))
        + field(11, value_info("x", ["n", 3]))
        + field(12, value_info("y", ["n", 1]))
    )
    return field(1, 8) + field(8, field(1, "") + field(2, 13)) + field(7, graph)


with open(sys.argv[1], "wb") as file:
    file.write(model([1.0, 2.0, 3.0], 0.5))
