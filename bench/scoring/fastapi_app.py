"""What one would write oneself: FastAPI around the same run()."""
import importlib
import os

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

script = importlib.import_module(os.environ["SCRIPT"])
script.init()
app = FastAPI()


@app.post("/score")
async def score(request: Request):
    return JSONResponse(script.run((await request.body()).decode()))


@app.get("/")
def health():
    return "Healthy"
