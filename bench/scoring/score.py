"""The sample of the documentation: a Ridge regression on the diabetes data."""
import json

import numpy
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge


def init():
    global model
    model = Ridge(alpha=0.03).fit(*load_diabetes(return_X_y=True))


def run(raw_data):
    return model.predict(numpy.array(json.loads(raw_data)["data"])).tolist()
