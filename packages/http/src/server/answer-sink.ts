/** Where the answer of another server goes. */
import type { ResponseHead } from '../http1/response-head.ts';

export interface AnswerSink {
  answerHead(head: ResponseHead, status: number): void;
  /** False when that is much for now: `onAnswerDrain` says when there is room again. */
  answerBody(bytes: Buffer, start: number, end: number): boolean;
  answerEnd(): void;
  /** Nothing more comes for a while: what is held back goes out. */
  answerFlush(): void;
}
