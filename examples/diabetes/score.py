import json
import os

import joblib
import numpy as np


def init():
    global model
    path = os.path.join(os.environ['AZUREML_MODEL_DIR'], 'sklearn_regression_model.pkl')
    model = joblib.load(path)
    print('Loaded', path)


def run(raw_data):
    data = np.array(json.loads(raw_data)['data'])
    result = model.predict(data).tolist()
    print('Scored', len(data), 'rows')
    return result
