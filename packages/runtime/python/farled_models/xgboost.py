"""Models that XGBoost wrote itself: .ubj and .json files."""
from .boosted import Boosted


class Model(Boosted):
    def load(self, path):
        import xgboost

        self.release = xgboost.__version__
        self.booster = xgboost.Booster(model_file=path)
        self.width = self.booster.num_features()
        self.names = self.booster.feature_names

    def described(self):
        return "XGBoost {}".format(self.release)

    def predictions(self, features):
        # The columns are in the order of the names already, and an array has none to be compared.
        return self.booster.inplace_predict(features, validate_features=False)
