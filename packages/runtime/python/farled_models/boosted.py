"""What boosters of XGBoost and LightGBM have in common: rows of numbers in, predictions out."""
from . import inputs
from .served import Served


class Boosted(Served):
    """`names` and `width` are set by load(): of the columns, None where the file does not say."""

    names = None
    width = None

    def predictions(self, features):
        raise NotImplementedError

    def answer(self, body):
        rows = inputs.rows_of(body, self.width)
        ordered = rows.rows if self.names is None else inputs.in_order(rows, self.names)
        features = inputs.matrix(ordered, float)
        if features.ndim == 1:
            features = features.reshape(1, -1)
        if self.width is not None and (features.ndim != 2 or features.shape[1] != self.width):
            shape = "x".join(map(str, features.shape))
            raise inputs.BadInput('"data" is {}; the model takes rows of {} values'.format(shape, self.width))
        return {"predict": inputs.plain(self.predictions(features))}

    def schemas(self):
        row = [0.0] * (self.width or 1)
        declared = {
            "type": "object",
            "required": ["data"],
            "properties": {
                "data": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
                "columns": {"type": "array", "items": {"type": "string"}},
            },
            "example": {"data": [row]} if self.names is None else {"columns": self.names, "data": [row]},
        }
        return declared, {"type": "object", "properties": {"predict": {"type": "array", "items": {}}}}
