"""SavedModels of TensorFlow, with the bodies of TensorFlow Serving's REST API."""
from . import inputs
from .served import Served

SIGNATURE = "serving_default"


class Model(Served):
    def load(self, path):
        import tensorflow

        self.tensorflow = tensorflow
        self.saved = tensorflow.saved_model.load(path)
        names = sorted(self.saved.signatures)
        if not names:
            raise ValueError("The SavedModel has no signature, and so nothing that could be called: export it with one")
        self.name = SIGNATURE if SIGNATURE in names else names[0]
        self.call = self.saved.signatures[self.name]
        self.specs = self.call.structured_input_signature[1]

    def described(self):
        return "TensorFlow {}, signature {}".format(self.tensorflow.__version__, self.name)

    def answer(self, body):
        wanted = body.get("signature_name", self.name)
        if wanted != self.name:
            raise inputs.BadInput("The signature that is served is {!r}, not {!r}".format(self.name, wanted))
        if "inputs" in body:
            given = body["inputs"]
            outputs = self.results(given if isinstance(given, dict) else {self.only(): given})
            return {"outputs": outputs if len(outputs) > 1 else next(iter(outputs.values()))}
        rows = body["instances"] if "instances" in body else inputs.rows_of(body).rows
        if isinstance(rows, list) and rows and all(isinstance(row, dict) and set(row) == set(self.specs) for row in rows):
            outputs = self.results({name: [row[name] for row in rows] for name in self.specs})
        else:
            outputs = self.results({self.only(): rows})
        if len(outputs) == 1:
            return {"predictions": next(iter(outputs.values()))}
        return {"predictions": [dict(zip(outputs, values)) for values in zip(*outputs.values())]}

    def only(self):
        if len(self.specs) != 1:
            raise inputs.BadInput("The model has the inputs {}: name them".format(", ".join(self.specs)))
        return next(iter(self.specs))

    def results(self, given):
        unknown = sorted(set(given) ^ set(self.specs))
        if unknown:
            raise inputs.BadInput(
                "Inputs are missing or unknown: {}; the model has {}".format(", ".join(unknown), ", ".join(self.specs))
            )
        tensorflow = self.tensorflow
        try:
            tensors = {
                name: tensorflow.constant(value, dtype=self.specs[name].dtype) for name, value in given.items()
            }
            for name, tensor in tensors.items():
                if not self.specs[name].shape.is_compatible_with(tensor.shape):
                    raise ValueError(
                        "The input {!r} must be {}; it is {}".format(name, self.specs[name].shape, tensor.shape)
                    )
        except (TypeError, ValueError) as error:
            raise inputs.BadInput(str(error))
        try:
            results = self.call(**tensors)
        except tensorflow.errors.InvalidArgumentError as error:
            raise inputs.BadInput(error.message)
        return {name: value.numpy().tolist() for name, value in results.items()}

    def schemas(self):
        values = {}
        for name, spec in self.specs.items():
            dims = spec.shape.as_list() if spec.shape.rank is not None else [1]
            value = "" if spec.dtype == self.tensorflow.string else 0
            for dim in reversed(dims[1:]):
                value = [value] * (dim or 1)
            values[name] = value
        example = list(values.values())[0] if len(values) == 1 else values
        declared = {
            "type": "object",
            "properties": {"instances": {"type": "array", "items": {}}, "inputs": {}, "data": {"type": "array", "items": {}}},
            "example": {"instances": [example]},
        }
        return declared, {"type": "object", "properties": {"predictions": {"type": "array", "items": {}}}}
