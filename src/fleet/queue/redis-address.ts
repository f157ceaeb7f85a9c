import { AssayError, messageOf, UsageError } from '../../errors.js';
import { readWhole } from '../../files/read-whole.js';
import { keepSecret, shownText } from '../../http/credentials.js';

/** How to connect to the Redis server of the queue. */
export interface RedisAddress {
  host: string;
  port: number;
  db: number;
  username?: string;
  password?: string;
  tls?: TlsFiles;
  /** For people: without credentials. */
  shown: string;
}

/** Texts in PEM: the authorities to trust instead of the usual ones, and the client's certificate and key. */
export interface TlsFiles {
  ca?: string;
  cert?: string;
  key?: string;
}

/** Files that belong to a queue's address. */
export interface QueueFiles {
  passwordFile?: string | undefined;
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
}

const FORM = 'write it like redis://10.0.0.5:6379/0, or rediss:// for TLS';

/**
 * Address of the queue, and how to log in. A password is never an argument, since every user of the machine
 * could read it there: it is in the environment or in a file.
 *
 * @param flag `--queue`; without it the URL is in ASSAY_QUEUE, and may contain a password
 * @param files of TLS and of `--queue-password-file`; without the latter the password is in
 * ASSAY_QUEUE_PASSWORD
 * @throws UsageError when there is no URL, or the URL cannot be used
 */
export async function redisAddressOf(
  flag: string | undefined,
  { passwordFile, ...tls }: QueueFiles = {},
  env: NodeJS.ProcessEnv = process.env,
): Promise<RedisAddress> {
  const text = flag ?? env['ASSAY_QUEUE'];
  const name = flag === undefined ? 'ASSAY_QUEUE' : '--queue';
  if (text === undefined || text === '') {
    throw new UsageError('no queue is named', { advice: 'give --queue redis://HOST, or set ASSAY_QUEUE' });
  }
  const url = parse(text, name);
  if (flag !== undefined && url.password !== '') {
    throw new UsageError(`${name} must not hold a password: every user of this machine can read arguments`, {
      advice: 'set ASSAY_QUEUE_PASSWORD, or give --queue-password-file',
    });
  }
  const db = url.pathname.replace(/^\//, '') || '0';
  if (!/^\d+$/.test(db))
    throw new UsageError(`${name}: "${db}" is no number of a database`, { advice: FORM });
  const password =
    passwordFile === undefined
      ? env['ASSAY_QUEUE_PASSWORD'] || decoded(url.password)
      : (await readFile('password', passwordFile)).replace(/\r?\n$/, '');
  keepSecret(password);
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 6379 : Number(url.port),
    db: Number(db),
    ...(url.username !== '' && { username: decoded(url.username) }),
    ...(password !== '' && { password }),
    ...(await tlsOf(url, tls)),
    shown: shownRedis(url),
  };
}

function shownRedis({ protocol, host, pathname, username, password }: URL): string {
  return `${protocol}//${username === '' && password === '' ? '' : '***@'}${host}${pathname}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that begins no escape is allowed in a password.
    return text;
  }
}

function parse(text: string, name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && ['redis:', 'rediss:'].includes(url.protocol) && url.hostname !== '') return url;
  throw new UsageError(`${name}: "${shownText(text)}" is no Redis URL`, { advice: FORM });
}

async function tlsOf({ protocol }: URL, { ca, cert, key }: QueueFiles): Promise<{ tls?: TlsFiles }> {
  if (protocol !== 'rediss:') {
    if (ca === undefined && cert === undefined && key === undefined) return {};
    throw new UsageError('certificates belong to a rediss:// queue', { advice: FORM });
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError('--queue-cert and --queue-key belong together');
  }
  return {
    tls: {
      ...(ca !== undefined && { ca: await readFile('authority', ca) }),
      ...(cert !== undefined && { cert: await readFile('certificate', cert) }),
      ...(key !== undefined && { key: await readFile('key', key) }),
    },
  };
}

async function readFile(what: string, path: string): Promise<string> {
  try {
    return String(await readWhole(path, 1));
  } catch (error) {
    throw new AssayError(`cannot read the queue's ${what} file ${path}: ${messageOf(error)}`);
  }
}
