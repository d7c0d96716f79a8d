"""Models of scikit-learn: joblib, pickle and skops files."""
from . import inputs
from .served import Served

# What a body may name as its method; of those not named, the first that the model has.
METHODS = ["predict_proba", "predict", "transform", "predict_log_proba", "decision_function", "score_samples"]


class Model(Served):
    def load(self, path):
        import numpy
        import sklearn

        self.numpy = numpy
        self.release = sklearn.__version__
        self.model = _loaded(path)
        self.methods = [name for name in METHODS if callable(getattr(self.model, name, None))]
        if not self.methods:
            raise TypeError(
                "{} is a {}, which has none of the methods {}".format(
                    path, type(self.model).__name__, ", ".join(METHODS)
                )
            )
        self.width = getattr(self.model, "n_features_in_", None)
        names = getattr(self.model, "feature_names_in_", None)
        self.names = None if names is None else [str(name) for name in names]
        self.pandas = None if self.names is None else _pandas()

    def described(self):
        return "scikit-learn {}: {}".format(self.release, type(self.model).__name__)

    def answer(self, body):
        method = body.get("method", self.methods[0])
        if method not in self.methods:
            raise inputs.BadInput(
                "The model has no method {!r}; it has {}".format(method, ", ".join(self.methods))
            )
        features = self.features(inputs.rows_of(body, self.width))
        try:
            return {method: inputs.plain(getattr(self.model, method)(features))}
        except ValueError as error:
            # What an estimator says of features that it can't use.
            raise inputs.BadInput(str(error))

    def features(self, rows):
        if self.names is not None:
            ordered = inputs.in_order(rows, self.names)
            if self.pandas is None:
                return inputs.matrix(ordered, None)
            inputs.check_columns(ordered, self.names)
            return self.pandas.DataFrame(ordered, columns=self.names)
        if isinstance(rows.rows[0], str):
            return rows.rows  # Documents, for what makes features of them.
        try:
            features = self.numpy.array(rows.rows)
        except ValueError as error:
            raise inputs.BadInput('"data" must be rows of one length: {}'.format(error))
        if features.dtype == object:
            features = inputs.matrix(rows.rows, float)
        return features

    def schemas(self):
        row = [0.0] * (self.width or 1)
        example = {"data": [row]} if self.names is None else {"columns": self.names, "data": [row]}
        declared = {
            "type": "object",
            "required": ["data"],
            "properties": {
                "data": {"type": "array", "items": {"type": "array", "items": {}}},
                "columns": {"type": "array", "items": {"type": "string"}},
                "method": {"type": "string", "enum": self.methods},
            },
            "example": example,
        }
        answered = {"type": "object", "properties": {name: {"type": "array", "items": {}} for name in self.methods}}
        return declared, answered


def _loaded(path):
    if path.endswith(".skops"):
        import skops.io

        # What it may load is what its own owner registered: as with a pickle, which could load anything.
        return skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))
    import joblib

    return joblib.load(path)  # It reads plain pickles as well.


def _pandas():
    try:
        import pandas
    except ImportError:
        return None
    return pandas
