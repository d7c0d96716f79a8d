import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { stopHome } from '@farled/standalone';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ROOT } from './harness/server.ts';

/** What scikit-learn itself answers for the rows that the quick start scores. */
const PREDICT = `
import joblib, sys
model = joblib.load(sys.argv[1])
print(model.predict([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]]).tolist())
`;

describe('npm start -- --once', () => {
  let home: string;
  let environments: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'farled-'));
    environments = join(tmpdir(), 'farled-test-environments');
  });

  afterAll(async () => {
    await stopHome(home);
    await rm(home, { recursive: true, force: true });
  });

  async function npmStart(): Promise<{ code: number | null; said: string }> {
    const child = spawn('npm', ['start', '--', '--once'], {
      cwd: ROOT,
      env: {
        ...process.env,
        FARLED_HOME: home,
        FARLED_ENVIRONMENTS: environments,
        FARLED_PORT: '0',
        FARLED_SCORING_PORT: '0',
        FARLED_AZUREML_PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    child.stderr.on('data', (chunk) => (said += chunk));
    const [code] = (await once(child, 'exit')) as [number | null];
    return { code, said };
  }

  const prediction = (said: string): unknown => JSON.parse(/Prediction +(.*)/.exec(said)?.[1] ?? 'null');

  test('deploys the sample and prints the prediction that scikit-learn gives', async () => {
    const { code, said } = await npmStart();
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(said).toMatch(/Service myservice is Healthy/);
    expect(said).toMatch(/Primary key +\S{32}/);
    expect(said).toMatch(/^curl -s http:\/\/127\.0\.0\.1:\d+\/api\/v1\/service\/myservice\/score/m);
    const python = /Interpreter (\S+)/.exec(said)?.[1] ?? '';
    const model = join(home, 'quickstart', 'diabetes', 'sklearn_regression_model.pkl');
    const { stdout } = await promisify(execFile)(python, ['-c', PREDICT, model]);
    expect(prediction(said)).toEqual(JSON.parse(stdout));
  }, 600_000);

  test('uses everything again the second time, and gives the same answer', async () => {
    const { code, said } = await npmStart();
    expect({ code, said }).toMatchObject({ code: 0 });
    expect(said).not.toMatch(/Training|Deploying/);
    expect(said).toMatch(/Model mymodel:1 is registered/);
    expect(prediction(said)).toHaveLength(2);
  }, 120_000);

  test('refuses an option that it does not know', async () => {
    const result = await promisify(execFile)('npm', ['start', '--', '--twice'], { cwd: ROOT }).catch(
      (error: { code: number; stderr: string }) => error,
    );
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('--twice') });
  });
});
