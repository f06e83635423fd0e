import type { Schema } from './schema.ts';

const int32 = { minimum: -2147483648, maximum: 2147483647 };

// Go's base64 decoder, which reads []byte fields, skips line breaks anywhere.
const breaks = '[\\r\\n]*';
const digit = `[A-Za-z0-9+/]${breaks}`;
const base64 = `^${breaks}(?:(?:${digit}){4})*(?:(?:${digit}){2}=${breaks}=${breaks}|(?:${digit}){3}=${breaks})?$`;

// Go's ParseCIDR, but that it takes any order of digits and colons for an IPv6 address.
const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])';
const ipv4Cidr = `${octet}(?:\\.${octet}){3}/(?:3[0-2]|[12]?[0-9])`;
const ipv6Cidr = '[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*/(?:12[0-8]|1[01][0-9]|[1-9]?[0-9])';

/** An integer of 32 bits or a string: a port number or a port name, a count or a percentage. */
export const intOrString: Schema = { type: ['integer', 'string'], ...int32 };

/**
 * What resource.ParseQuantity takes, and that is lenient: it reads "Mi" as zero. This takes a bit
 * more, without a single digit: nothing but spaces, and suffixes like "Pi" and "e-97".
 */
export const quantity: Schema = {
  type: ['string', 'number'],
  minLength: 1,
  pattern: '^\\s*[-+]?[0-9]*\\.?[0-9]*(?:[numkMGTPE]|[KMGTPE]i|[eE][-+]?[0-9]+)?\\s*$',
};

/** A time that must be written with exactly six digits of a second. */
export const microTime: Schema = {
  type: 'string',
  format: 'date-time',
  pattern: '\\.[0-9]{6}(?:Z|[-+][0-9:]{5})$',
};

/**
 * The keywords that an OpenAPI format adds. int64 gets no limits: kubeconform reads numbers as
 * float64, which would round the largest int64 over its limit.
 */
const formats: Record<string, Schema> = {
  int32,
  int64: {},
  float: {},
  double: {},
  byte: { pattern: base64 },
  'date-time': { format: 'date-time' },
  date: { format: 'date' },
  // kubeconform replaces this format with Go's durations
  duration: { format: 'duration' },
  email: { format: 'email' },
  hostname: { format: 'hostname' },
  ipv4: { format: 'ipv4' },
  ipv6: { format: 'ipv6' },
  cidr: { pattern: `^(?:${ipv4Cidr}|${ipv6Cidr})$` },
  // the API server does not know this one, and so does not check it
  'idn-hostname': {},
  uri: { format: 'uri' },
  password: {},
};

/** The keywords that stand for an OpenAPI format. An unknown one stops the script. */
export function formatKeywords(format: unknown): Schema {
  const keywords = formats[String(format)];
  if (keywords === undefined) {
    throw new Error(`unknown format ${format}: say in scalars.ts what it means`);
  }
  return keywords;
}
