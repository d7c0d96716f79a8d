"""Trains the model of the documentation's sample: Ridge on scikit-learn's diabetes data.

Usage: python train.py <folder>   writes sklearn_regression_model.pkl there
"""
import os
import sys

import joblib
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

x, y = load_diabetes(return_X_y=True)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2, random_state=0)
model = Ridge(alpha=0.03).fit(x_train, y_train)
path = os.path.join(sys.argv[1], 'sklearn_regression_model.pkl')
joblib.dump(model, path)
print('R2 on the test rows is {:.3f}'.format(model.score(x_test, y_test)))
