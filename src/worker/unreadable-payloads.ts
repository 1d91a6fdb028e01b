import type { DataConverter, Payload, PayloadCodec } from '@temporalio/common';
import { defaultPayloadConverter, METADATA_ENCODING_KEY } from '@temporalio/common';

/** Longer than the name of any encoding; it is somebody else's text. */
const NAME_LENGTH = 100;

const nameOf = (payload: Payload): string => {
  const encoding = payload.metadata?.[METADATA_ENCODING_KEY];
  return encoding ? Buffer.from(encoding).toString('utf8').slice(0, NAME_LENGTH) : 'none';
};

/** The value in place of a payload that can't be read. No message of Coppice has this form, so each refuses it. */
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
 * Decodes a payload that can't be read, such as one of a client that encrypts or sends broken JSON, as a value that no
 * message accepts. Otherwise the workflow task would fail, and Temporal would retry it for ever.
 */
const unreadable: PayloadCodec = {
  encode: async (payloads) => payloads,
  decode: async (payloads) =>
    payloads.map((payload) => (isReadable(payload) ? payload : standIn(payload))),
};

export const dataConverter: DataConverter = { payloadCodecs: [unreadable] };
