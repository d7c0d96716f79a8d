"""Writes models of scikit-learn into a folder, as their users would."""
import os
import pickle
import sys

import joblib
import numpy
import pandas
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

folder = sys.argv[1]
rows = numpy.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
joblib.dump(LogisticRegression().fit(rows, [0, 0, 1, 1]), os.path.join(folder, "classifier.joblib"), compress=3)
with open(os.path.join(folder, "line.pkl"), "wb") as file:
    pickle.dump(LinearRegression().fit(rows[:, :1], rows[:, 1] * 2), file)
frame = pandas.DataFrame({"size": [1.0, 2.0, 3.0], "age": [1.0, 0.0, 5.0]})
pipeline = make_pipeline(make_column_transformer((StandardScaler(), ["size"])), LinearRegression())
joblib.dump(pipeline.fit(frame, frame["size"] * 10), os.path.join(folder, "named.joblib"))
