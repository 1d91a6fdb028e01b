import {
  DeliveryError,
  headline,
  linesOf,
  needed,
  PATIENCE,
  type Send,
  settingOf,
} from './channel.ts';

/** A mail by SMTP. Its Message-ID is that of the message, so that a mail sent twice can be recognized. */
export const sendByEmail: Send = async (channel, message, reach) => {
  const { createTransport } = await import('nodemailer');
  const user = settingOf(channel.user, reach);
  const port = channel.port ?? (channel.tls === false ? 587 : 465);
  const transport = createTransport({
    host: needed(channel, 'host', reach),
    ...{ port, secure: channel.tls ?? port === 465 },
    ...(user !== undefined && { auth: { user, pass: settingOf(channel.password, reach) ?? '' } }),
    ...{ connectionTimeout: PATIENCE, greetingTimeout: PATIENCE, socketTimeout: PATIENCE },
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  try {
    await transport.sendMail({
      ...{ from: needed(channel, 'from', reach), to: needed(channel, 'to', reach) },
      subject: headline(message),
      text: linesOf(message).join('\n'),
      messageId: `<${message.id}@coppice.invalid>`,
    });
  } catch (error) {
    if (error instanceof DeliveryError) throw error;
    const { code, responseCode } = error as { code?: string; responseCode?: number };
    throw new DeliveryError(
      `the mail was not sent: ${[code, responseCode].filter(Boolean).join(' ')}`,
    );
  } finally {
    transport.close();
  }
};
