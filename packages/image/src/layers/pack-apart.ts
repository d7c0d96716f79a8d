/** The process that packs one large layer. */
import { answerApart } from '../apart.ts';
import { packLayer, type PackRequest } from './pack.ts';

answerApart((request: PackRequest) => packLayer(request, new AbortController().signal));
