"""Writes a model of the named library into a folder, as its users would: y = 2 x, more or less."""
import os
import sys

import numpy

library, folder = sys.argv[1:]
rows = numpy.array([[float(number), 0.0] for number in range(20)])
twice = rows[:, 0] * 2

if library == "xgboost":
    import xgboost

    data = xgboost.DMatrix(rows, label=twice, feature_names=["size", "age"])
    xgboost.train({"max_depth": 3}, data, num_boost_round=50).save_model(os.path.join(folder, "model.ubj"))
elif library == "lightgbm":
    import lightgbm

    data = lightgbm.Dataset(rows, label=twice, feature_name=["size", "age"])
    settings = {"min_data_in_leaf": 1, "min_data_in_bin": 1, "verbose": -1}
    lightgbm.train(settings, data, num_boost_round=100).save_model(os.path.join(folder, "model.txt"))
elif library == "mlflow":
    import mlflow
    import pandas
    from mlflow.models import infer_signature
    from sklearn.linear_model import LinearRegression

    frame = pandas.DataFrame(rows, columns=["size", "age"])
    model = LinearRegression().fit(frame, twice)
    mlflow.sklearn.save_model(model, os.path.join(folder, "model"), signature=infer_signature(frame, twice))
else:
    import tensorflow

    class Twice(tensorflow.Module):
        @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, 2], tensorflow.float32, name="x")])
        def __call__(self, x):
            return {"y": tensorflow.reduce_sum(x, axis=1) * 2.0}

    tensorflow.saved_model.save(Twice(), os.path.join(folder, "model"))
