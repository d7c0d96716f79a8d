/** `--query`: a JMESPath expression over the result. */
import { FarledError } from '@farled/contract';
import { search } from 'jmespath';

/** What is wrong whatever the expression is applied to. */
const SPELLING_ERRORS = ['LexerError', 'ParserError', 'SyntaxError'];

/** Fails before the command runs, not after it, when the expression is wrong. */
export function checkQuery(expression: string): void {
  try {
    search(null, expression);
  } catch (error) {
    if (SPELLING_ERRORS.includes((error as Error).name)) {
      throw wrong(expression, error);
    }
  }
}

export function applyQuery(value: unknown, expression: string): unknown {
  try {
    return search(value, expression) as unknown;
  } catch (error) {
    throw wrong(expression, error);
  }
}

function wrong(expression: string, error: unknown): FarledError {
  return new FarledError('BadArgument', `--query "${expression}" can't be used: ${(error as Error).message}.`, {
    suggestion:
      "Write a JMESPath expression, like state, [0].name or [?state=='Healthy'].name; see https://jmespath.org.",
    cause: error,
  });
}
