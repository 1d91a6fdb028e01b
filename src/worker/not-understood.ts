import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { defaultPayloadConverter, METADATA_ENCODING_KEY } from '@temporalio/common';

/** Longer than the name of any encoding; it is somebody else's text. */
const NAME_LENGTH = 100;

const nameOf = (payload: Payload): string => {
  const encoding = payload.metadata?.[METADATA_ENCODING_KEY];
  return encoding ? Buffer.from(encoding).toString('utf8').slice(0, NAME_LENGTH) : 'none';
};

/** What stands in the place of a payload that can't be read: no message of Coppice's has this form, so each refuses it. */
const standIn = (payload: Payload): Payload =>
  defaultPayloadConverter.toPayload({ notUnderstood: `payload with encoding ${nameOf(payload)}` });

function isReadable(payload: Payload): boolean {
  try {
    defaultPayloadConverter.fromPayload(payload);
    return true;
  } catch {
    return false;
  }
}

/**
 * Hands on what can't be read, such as a signal of a client that encrypts or sends broken JSON, as something that is
 * not understood. Without it the workflow task would fail, and be tried again for ever.
 */
const unreadable: PayloadCodec = {
  encode: async (payloads) => payloads,
  decode: async (payloads) =>
    payloads.map((payload) => (isReadable(payload) ? payload : standIn(payload))),
};

export const dataConverter: DataConverter = { payloadCodecs: [unreadable] };
