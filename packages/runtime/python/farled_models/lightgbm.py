"""Models that LightGBM wrote itself: .txt files."""
from .boosted import Boosted


class Model(Boosted):
    def load(self, path):
        import lightgbm

        self.release = lightgbm.__version__
        self.booster = lightgbm.Booster(model_file=path)
        self.names = self.booster.feature_name()
        self.width = len(self.names)

    def described(self):
        return "LightGBM {}".format(self.release)

    def predictions(self, features):
        return self.booster.predict(features)
