"""MLflow model folders that have the flavor python_function."""
from . import inputs
from .served import Served


class Model(Served):
    def load(self, path):
        import mlflow
        import pandas

        self.pandas = pandas
        self.release = mlflow.__version__
        self.model = mlflow.pyfunc.load_model(path)
        self.signature = self.model.metadata.get_input_schema()
        is_table = self.signature is not None and not self.signature.is_tensor_spec()
        self.names = self.signature.input_names() if is_table and self.signature.has_input_names() else None
        self.is_tensor = self.signature is not None and self.signature.is_tensor_spec()

    def described(self):
        return "MLflow {}".format(self.release)

    def answer(self, body):
        features = self.features(body)
        from mlflow.exceptions import MlflowException

        try:
            return {"predictions": inputs.plain(self.model.predict(features))}
        except (MlflowException, ValueError) as error:
            # What the signature, or the model, says of features that it can't use.
            raise inputs.BadInput(str(error))

    def features(self, body):
        """The bodies of MLflow's own server, and those of all models here."""
        if "dataframe_split" in body:
            return self.table(inputs.rows_of({"data": body["dataframe_split"]}))
        if "dataframe_records" in body:
            return self.table(inputs.rows_of({"data": body["dataframe_records"]}))
        if "instances" in body or "inputs" in body:
            return self.tensors(body["instances"] if "instances" in body else body["inputs"])
        rows = inputs.rows_of(body, None if self.names is None else len(self.names))
        return self.tensors(rows.rows) if self.is_tensor else self.table(rows)

    def table(self, rows):
        columns = self.names if rows.columns is None else rows.columns
        if columns is not None:
            inputs.check_columns(rows.rows, list(columns))
        frame = self.pandas.DataFrame(rows.rows, columns=columns)
        for spec in self.signature.inputs if self.names is not None else []:
            # JSON writes 5 for 5.0, and MLflow takes no whole number for another one.
            if spec.name in frame and getattr(spec.type, "name", None) in ("float", "double"):
                try:
                    frame[spec.name] = frame[spec.name].astype(spec.type.to_numpy())
                except (TypeError, ValueError):
                    pass  # MLflow says what is wrong with it.
        return frame

    def tensors(self, value):
        import numpy

        if self.names is not None and isinstance(value, list):
            return self.table(inputs.rows_of({"data": value}, len(self.names)))
        if isinstance(value, dict):
            return {name: numpy.array(each) for name, each in value.items()}
        dtype = self.signature.numpy_types()[0] if self.is_tensor else None
        return inputs.matrix(value, dtype)

    def schemas(self):
        names = self.names
        row = [0.0] * (len(names) if names else 1)
        declared = {
            "type": "object",
            "properties": {
                "dataframe_split": {"type": "object"},
                "dataframe_records": {"type": "array", "items": {"type": "object"}},
                "instances": {"type": "array", "items": {}},
                "inputs": {},
                "data": {"type": "array", "items": {}},
                "columns": {"type": "array", "items": {"type": "string"}},
            },
            "example": {"dataframe_split": {"columns": names, "data": [row]}} if names else {"data": [row]},
        }
        return declared, {"type": "object", "properties": {"predictions": {"type": "array", "items": {}}}}
