"""Models in the ONNX format, by ONNX Runtime."""
import base64

from . import inputs
from .served import Served

# Of ONNX Runtime's types: the type of NumPy, and the number that the format has for it.
TYPES = {
    "tensor(float)": ("float32", 1),
    "tensor(uint8)": ("uint8", 2),
    "tensor(int8)": ("int8", 3),
    "tensor(uint16)": ("uint16", 4),
    "tensor(int16)": ("int16", 5),
    "tensor(int32)": ("int32", 6),
    "tensor(int64)": ("int64", 7),
    "tensor(string)": ("object", 8),
    "tensor(bool)": ("bool", 9),
    "tensor(float16)": ("float16", 10),
    "tensor(double)": ("float64", 11),
    "tensor(uint32)": ("uint32", 12),
    "tensor(uint64)": ("uint64", 13),
}
NUMBERS = {number: dtype for dtype, number in TYPES.values()}
DTYPES = {dtype: number for dtype, number in TYPES.values()}
# Those that are taken when they are there, the best first.
PROVIDERS = ["CUDAExecutionProvider", "CPUExecutionProvider"]


class Model(Served):
    def load(self, path):
        import numpy
        import onnxruntime

        self.numpy = numpy
        self.runtime = onnxruntime
        available = onnxruntime.get_available_providers()
        options = onnxruntime.SessionOptions()
        # Threads that spin while they wait take the time of whatever else runs here.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.session = onnxruntime.InferenceSession(
            path, options, providers=[name for name in PROVIDERS if name in available]
        )
        self.inputs = {each.name: each for each in self.session.get_inputs()}
        self.outputs = [each.name for each in self.session.get_outputs()]

    def described(self):
        used = ", ".join(self.session.get_providers())
        return "ONNX Runtime {} ({})".format(self.runtime.__version__, used)

    def answer(self, body):
        if "inputs" in body:
            given = body["inputs"]
            if not isinstance(given, dict):
                raise inputs.BadInput('"inputs" must be an object: the names of inputs and their values')
            wanted = body.get("outputFilter") or self.outputs
            unknown = [name for name in wanted if name not in self.outputs]
            if unknown:
                raise inputs.BadInput(
                    "The model has no output {}; it has {}".format(", ".join(unknown), ", ".join(self.outputs))
                )
        else:
            given, wanted = self.by_name(body), self.outputs
        as_tensors = any(_is_tensor(value) for value in given.values())
        results = self.results({name: self.array(name, value) for name, value in given.items()}, wanted)
        shown = self.tensor if as_tensors else inputs.plain
        return {"outputs": {name: shown(value) for name, value in zip(wanted, results)}}

    def by_name(self, body):
        """{"data": ...}: values by the names of inputs, or those of the only input."""
        data = body.get("data")
        if isinstance(data, dict) and "data" not in data:
            return data
        rows = inputs.rows_of(body)
        names = list(self.inputs)
        if rows.columns is not None and set(names) <= set(rows.columns):
            # Of each input one column.
            return {
                name: [[row[rows.columns.index(name)]] for row in rows.rows] for name in names
            }
        if len(names) != 1:
            raise inputs.BadInput('The model has the inputs {}: name them in "data"'.format(", ".join(names)))
        return {names[0]: rows.rows}

    def array(self, name, value):
        known = self.inputs.get(name)
        if known is None:
            raise inputs.BadInput("The model has no input {!r}; it has {}".format(name, ", ".join(self.inputs)))
        dtype, _ = TYPES.get(known.type, (None, None))
        if dtype is None:
            raise inputs.BadInput("The input {!r} is of the type {}, which can't be sent".format(name, known.type))
        try:
            array = self.from_tensor(value) if _is_tensor(value) else self.numpy.array(value, dtype=dtype)
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise inputs.BadInput("The input {!r} can't be read as {}: {}".format(name, dtype, error))
        return array

    def check(self, name, array):
        """A shape that does not fit is told before ONNX Runtime tells it in words of its own."""
        known = self.inputs[name].shape
        fits = len(known) == array.ndim and all(
            not isinstance(wanted, int) or wanted == has for wanted, has in zip(known, array.shape)
        )
        if not fits:
            raise inputs.BadInput(
                "The input {!r} must be {}; it is {}".format(name, _written(known), _written(array.shape))
            )

    def results(self, arrays, wanted):
        missing = [name for name in self.inputs if name not in arrays]
        if missing:
            raise inputs.BadInput("Inputs are missing: {}".format(", ".join(missing)))
        for name, array in arrays.items():
            self.check(name, array)
        errors = self.runtime.capi.onnxruntime_pybind11_state
        try:
            return self.session.run(wanted, arrays)
        except errors.InvalidArgument as error:
            raise inputs.BadInput(str(error))

    def from_tensor(self, value):
        """As ONNX Runtime Server has it: dims, dataType and rawData, in base64."""
        dtype = NUMBERS[int(value["dataType"])]
        dims = [int(dim) for dim in value["dims"]]
        return self.numpy.frombuffer(base64.b64decode(value["rawData"]), dtype=dtype).reshape(dims)

    def tensor(self, value):
        array = self.numpy.ascontiguousarray(value)
        number = DTYPES.get(str(array.dtype))
        if number is None or array.dtype == object:
            return inputs.plain(value)
        raw = base64.b64encode(array.tobytes()).decode()
        return {"dims": [str(dim) for dim in array.shape], "dataType": number, "rawData": raw}

    def schemas(self):
        examples = {}
        for name, known in self.inputs.items():
            dtype, _ = TYPES.get(known.type, ("float32", 1))
            shape = [dim if isinstance(dim, int) else 1 for dim in known.shape]
            value = self.numpy.full(shape, "" if dtype == "object" else 0, dtype=dtype)
            examples[name] = value.tolist()
        [*only] = examples
        example = {"data": examples[only[0]]} if len(only) == 1 and isinstance(examples[only[0]], list) else {"inputs": examples}
        values = {name: {} for name in self.inputs}
        declared = {
            "type": "object",
            "properties": {
                "data": {"type": "array", "items": {}},
                "inputs": {"type": "object", "properties": values},
                "outputFilter": {"type": "array", "items": {"type": "string", "enum": self.outputs}},
            },
            "example": example,
        }
        outputs = {"type": "object", "properties": {name: {} for name in self.outputs}}
        return declared, {"type": "object", "properties": {"outputs": outputs}}


def _is_tensor(value):
    return isinstance(value, dict) and "rawData" in value


def _written(shape):
    return "x".join("?" if not isinstance(dim, int) else str(dim) for dim in shape) or "a single value"
