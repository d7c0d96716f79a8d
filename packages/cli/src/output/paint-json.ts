/** Colours for JSON on a terminal. */
import { styleText } from 'node:util';

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function paintJson(json: string): string {
  return json.replaceAll(TOKEN, (token: string, text: string | undefined, colon: string | undefined) => {
    if (text === undefined) {
      return paint('yellow', token);
    }
    return colon === undefined ? paint('green', token) : `${paint('blue', text)}${colon}`;
  });
}

function paint(color: 'yellow' | 'green' | 'blue', text: string): string {
  return styleText(color, text, { validateStream: false });
}
