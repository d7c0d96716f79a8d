/** How a model is served that comes without an entry script: decided from its framework and the names of its files. Pure. */
import { FarledError, type Model } from '@farled/contract';

/** Modules of `farled_models`, the runtime's own. */
export type ServingKind = 'scikit_learn' | 'onnx' | 'xgboost' | 'lightgbm' | 'mlflow' | 'tensorflow';

export interface Serving {
  readonly kind: ServingKind;
  /** File or folder to load, below the folder of the model's version; «.» is that folder itself. */
  readonly path: string;
}

/** Endings of files, and the marks of folders, that each kind is known by. */
const PICKLED = ['.joblib', '.pkl', '.pickle', '.sav', '.skops'];
const BOOSTED = ['.ubj', '.json', '.model', '.xgb', '.bst'];
const MLFLOW_MARK = 'MLmodel';
const SAVED_MODEL_MARK = 'saved_model.pb';

const SCRIPT_INSTEAD = 'Deploy with an inference config: an entry script that loads the model, and an environment.';

/**
 * @throws FarledError BadArgument for files that tell nothing, or several things; NotSupportedYet for a framework whose
 * models are no use without code.
 */
export function chooseServing(model: Pick<Model, 'id' | 'framework' | 'files'>): Serving {
  const mlflow = folderOf(model, MLFLOW_MARK);
  if (mlflow !== null) {
    return { kind: 'mlflow', path: mlflow };
  }
  switch (model.framework) {
    case 'ScikitLearn':
      return { kind: 'scikit_learn', path: onlyFile(model, PICKLED) };
    case 'Onnx':
      return { kind: 'onnx', path: onlyFile(model, ['.onnx']) };
    case 'TensorFlow':
    case 'TfKeras':
      return { kind: 'tensorflow', path: savedModel(model) };
    case 'PyTorch':
      throw new FarledError(
        'NotSupportedYet',
        `Model "${model.id}" is of PyTorch, whose files can't be used without the code of their classes.`,
        { suggestion: `${SCRIPT_INSTEAD} Or export it to ONNX, and register that with the framework Onnx.` },
      );
    case 'Custom':
    case 'Multi':
      return byFiles(model);
  }
}

/** The one model of a service without an entry script. @throws FarledError BadArgument. */
export function onlyModel(ids: readonly string[]): string {
  const [only, ...more] = ids;
  if (only === undefined || more.length > 0) {
    const named = only === undefined ? 'none is named' : `${ids.length} are named: ${ids.join(', ')}`;
    throw new FarledError('BadArgument', `Without an entry script a service serves exactly one model; ${named}.`, {
      suggestion: 'Name one model, or deploy with an inference config.',
    });
  }
  return only;
}

/** Kinds whose file is told from any other by how it begins. @throws FarledError BadArgument when it begins otherwise. */
export function checkBeginning(modelId: string, { kind, path }: Serving, beginning: Uint8Array): void {
  const text = Buffer.from(beginning).toString('latin1');
  if (kind === 'xgboost' && !text.slice(0, 200).includes('learner')) {
    throw unreadable(modelId, path, 'XGBoost', 'Save it with booster.save_model("model.ubj").');
  }
  if (kind === 'lightgbm' && !/^tree\r?\n/.test(text)) {
    throw unreadable(modelId, path, 'LightGBM', 'Save it with booster.save_model("model.txt").');
  }
}

function unreadable(modelId: string, path: string, library: string, how: string): FarledError {
  return new FarledError(
    'BadArgument',
    `The file "${path}" of model "${modelId}" is none that ${library} writes, so there is nothing to serve it by.`,
    { suggestion: `${how} Or deploy with an inference config.` },
  );
}

function byFiles(model: Pick<Model, 'id' | 'framework' | 'files'>): Serving {
  const saved = folderOf(model, SAVED_MODEL_MARK);
  if (saved !== null) {
    return { kind: 'tensorflow', path: saved };
  }
  const kinds = [
    ['onnx', ['.onnx']],
    ['xgboost', BOOSTED],
    ['lightgbm', ['.txt']],
  ] as const;
  for (const [kind, endings] of kinds) {
    const [only, ...more] = filesEnding(model, endings);
    if (only !== undefined && more.length === 0) {
      return { kind, path: only };
    }
  }
  const pickled = filesEnding(model, PICKLED)[0];
  throw new FarledError(
    'BadArgument',
    `Model "${model.id}" is of framework ${model.framework}, and its files (${listed(model)}) do not say how to serve it.`,
    {
      suggestion:
        pickled === undefined
          ? SCRIPT_INSTEAD
          : `Register it with the framework ScikitLearn if "${pickled}" is a model of scikit-learn; else: ${SCRIPT_INSTEAD}`,
    },
  );
}

function savedModel(model: Pick<Model, 'id' | 'framework' | 'files'>): string {
  const folder = folderOf(model, SAVED_MODEL_MARK);
  if (folder === null) {
    throw new FarledError(
      'BadArgument',
      `Model "${model.id}" is of framework ${model.framework} and has no SavedModel: there is no ${SAVED_MODEL_MARK} among ${listed(model)}.`,
      {
        suggestion: `Save it with tf.saved_model.save() or model.export(), and register the folder. Else: ${SCRIPT_INSTEAD}`,
      },
    );
  }
  return folder;
}

function onlyFile(model: Pick<Model, 'id' | 'framework' | 'files'>, endings: readonly string[]): string {
  const [only, ...more] = filesEnding(model, endings);
  if (only === undefined || more.length > 0) {
    const what =
      only === undefined ? `no file that ends in ${endings.join(', ')}` : `several: ${[only, ...more].join(', ')}`;
    throw new FarledError(
      'BadArgument',
      `Model "${model.id}" is of framework ${model.framework}, and must have one file with the model; it has ${what}.`,
      { suggestion: `Register one such file. Else: ${SCRIPT_INSTEAD}` },
    );
  }
  return only;
}

function filesEnding({ files }: Pick<Model, 'files'>, endings: readonly string[]): string[] {
  return files.map(({ path }) => path).filter((path) => endings.some((ending) => path.toLowerCase().endsWith(ending)));
}

/** The folder of the mark that lies nearest the top. */
function folderOf({ files }: Pick<Model, 'files'>, mark: string): string | null {
  const [first] = files
    .map(({ path }) => path)
    .filter((path) => path === mark || path.endsWith(`/${mark}`))
    .toSorted((a, b) => a.split('/').length - b.split('/').length);
  if (first === undefined) {
    return null;
  }
  return first === mark ? '.' : first.slice(0, -mark.length - 1);
}

const SHOWN = 5;

function listed({ files }: Pick<Model, 'files'>): string {
  const names = files.slice(0, SHOWN).map(({ path }) => path);
  return files.length > SHOWN ? `${names.join(', ')} and ${files.length - SHOWN} more` : names.join(', ');
}
