import ipaddr from 'ipaddr.js';

/** Four numbers without leading zeros; the API server refuses 10.1, 0x0a.0.0.1 and 010.0.0.1. */
const fourNumbers = /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/;

/** Whether a text is one IPv4 or IPv6 address as the API server takes it. */
export function isAddress(text: unknown): text is string {
  if (typeof text !== 'string') return false;
  if (text.includes(':')) return ipaddr.IPv6.isValid(text) && !text.includes('%');
  return fourNumbers.test(text) && text.split('.').every((byte) => Number(byte) <= 255);
}
